"""Charts of a sweep, drawn from report rows alone. Needs the extra `report` (Altair, vl-convert)."""
