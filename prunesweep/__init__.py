"""The public Python API: submit, wait, results, load."""
