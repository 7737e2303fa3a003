"""Programs that the command line starts in a process of their own, because they need torch or numpy."""
