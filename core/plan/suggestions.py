"""Reads a name that must be one of some, and suggests what the user may have meant."""

import difflib
from collections.abc import Iterable
from pathlib import Path

from prunesweep.core.errors import UserError


def did_you_mean(value: str, known: Iterable[str]) -> str:
    """Return `unknown; did you mean "iterative"? known: iterative, oneshot`, for the end of an error line."""
    names = sorted(known)
    near = difflib.get_close_matches(value[:100], names, n=1, cutoff=0.6)
    hint = f' did you mean "{near[0]}"?' if near else ""
    shown = ", ".join(names[:12]) + (", …" if len(names) > 12 else "")
    return f"unknown;{hint} known: {shown or 'none yet'}"


def unknown_file(value: str, field: str, known: Iterable[str]) -> UserError:
    """Return the refusal of what is neither a known name nor the path of a TOML file."""
    try:
        folder, file = Path(value).is_dir(), Path(value).is_file()
    except (OSError, ValueError):  # no path at all
        folder = file = False
    if folder:
        return UserError(field, value, "is a folder; give a file in it that ends in .toml")
    if file:
        return UserError(field, value, "its name must end in .toml")
    return UserError(field, value, did_you_mean(value, [*known, "FILE.toml"]))


def one_of(value: object, field: str, known: Iterable[str]) -> str:
    """Return the value, if it is a known name.

    Raises:
        UserError: it isn't; the message lists the known ones and the nearest.
    """
    names = list(known)
    if isinstance(value, str) and value in names:
        return value
    raise UserError(field, value, did_you_mean(str(value), names))
