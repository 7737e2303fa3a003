"""Which weights go: scores × allocation → exact, nested masks. Knows tensors, and nothing of ours but the errors."""
