"""Which weights go: scores × allocation × masks. Needs torch."""
