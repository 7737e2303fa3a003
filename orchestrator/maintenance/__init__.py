"""Keeping a ledger right: which of its rules are broken, and what puts them right."""
