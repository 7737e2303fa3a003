"""Cells side by side: which belong together, and what their differences show."""
