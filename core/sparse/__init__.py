"""Fast inference of pruned networks on a CPU. Needs numpy alone: no torch, no compiler."""
