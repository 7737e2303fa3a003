"""Sinks: a sweep's curves and results in tools that users have already, copied from the ledger."""
