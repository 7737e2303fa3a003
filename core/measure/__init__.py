"""Accuracy, size, multiply-adds and latency. Needs torch."""
