"""The trainer: the only process that imports torch. Started by a slot as `python -m prunesweep.worker.trainer`."""
