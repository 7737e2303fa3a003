"""What `--help` and Tab need of each command: its name, options and help. What it does is in `cli/commands`."""
