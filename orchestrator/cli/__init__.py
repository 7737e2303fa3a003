"""The `sweep` command: its options, its completion, and one file per command."""
