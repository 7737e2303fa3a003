"""From a grid to running work: submission, estimates, and a worker on this machine."""
