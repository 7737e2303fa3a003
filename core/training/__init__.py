"""Datasets, models and the one training loop. Needs torch."""
