"""Text from other programs, made fit for a database column."""

from typing import overload

LOG_LENGTH = 64 * 1024
"""Characters of a log that are kept: the last ones."""


@overload
def clean(text: str) -> str: ...


@overload
def clean(text: None) -> None: ...


def clean(text: str | None) -> str | None:
    """Return the text without NUL (which PostgreSQL refuses) and lone surrogates (which no encoding can hold)."""
    if text is None:
        return None
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "replace").decode()


def tail(log: str | None) -> str | None:
    """Return the last 64 Ki characters of a log, cleaned."""
    return clean(log[-LOG_LENGTH:]) if log else None
