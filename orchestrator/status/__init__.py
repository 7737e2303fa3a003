"""A sweep's progress: status lines, the live view, and what helps when a stage failed."""
