"""The report of a sweep: rows as text, files, figures and a page."""
