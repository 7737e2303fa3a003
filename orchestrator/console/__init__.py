"""Numbers, tables and messages as text on a terminal."""
