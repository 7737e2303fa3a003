"""The command line: submits, watches, reports. Never imports torch."""
