"""A sweep against the field's checklist: what is looked at, how it is judged, and how that is said."""
