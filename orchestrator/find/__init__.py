"""Searches for the smallest or fastest network within a given drop of accuracy."""
