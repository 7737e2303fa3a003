"""Which weights go: scores × allocation → exact, nested masks.

Knows tensors, and of ours the errors and how a plan writes an allocation.
"""
