"""What is read from the ledger, for reports, status and exports."""
