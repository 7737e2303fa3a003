"""One host serves a home to others: its ledger, broker and store, reached through OpenSSH only."""
