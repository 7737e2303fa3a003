"""Exported networks: files, model cards, and how to load them."""
