"""Suggests what the user may have meant."""

import difflib
from collections.abc import Iterable


def did_you_mean(value: str, known: Iterable[str]) -> str:
    """`unknown; did you mean "iterative"? known: iterative, oneshot`, for the end of an error line."""
    names = sorted(known)
    near = difflib.get_close_matches(value[:100], names, n=1, cutoff=0.5)
    hint = f' did you mean "{near[0]}"?' if near else ""
    shown = ", ".join(names[:12]) + (", …" if len(names) > 12 else "")
    return f"unknown;{hint} known: {shown or 'none yet'}"
