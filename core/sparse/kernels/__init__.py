"""The inner loops as machine code: convolutions, sparse products, Winograd's transforms."""
