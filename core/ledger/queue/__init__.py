"""What changes the ledger: sweeps submitted, stages claimed, ended, given back, redone and removed."""
