"""`sweep dashboard`: pages over the ledger that keep themselves up to date. Reads, never writes."""
