"""Datasets, models and the one training loop. Everything here needs torch."""
