"""What is wrong around a worker now: each trouble is logged once when it begins, and once when it is over."""

import threading

from celery.utils.log import get_logger

logger = get_logger(__name__)

_MOST_REASONS = 8
"""Reasons of one trouble that are logged; a server whose words differ each time must not fill the log."""


class Incidents:
    """Used by every thread of a worker. `what` names the part that is in trouble, e.g. `broker` or `cpu`."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._reasons: dict[str, list[str]] = {}
        self._said: dict[str, str] = {}

    def begin(self, what: str, reason: str, *, unexpected: BaseException | None = None) -> None:
        """Note a trouble; logs it unless the same was logged since it began.

        unexpected: its traceback is logged as well.
        """
        with self._lock:
            reasons = self._reasons.setdefault(what, [])
            known = reason in reasons or len(reasons) == _MOST_REASONS
            if reason in reasons:
                reasons.remove(reason)
            reasons[:] = [*reasons[-_MOST_REASONS + 1 :], reason]
        if not known:
            logger.warning("%s: %s; trying again", what, reason, exc_info=unexpected)

    def end(self, what: str) -> None:
        """Note that the trouble is over; does nothing if there was none."""
        with self._lock:
            was = self._reasons.pop(what, None)
        if was is not None:
            logger.warning("%s: works again", what)

    def say(self, what: str, text: str) -> None:
        """Note what is no trouble and a person wants to know; logs it when it changes."""
        with self._lock:
            known = self._said.get(what) == text
            self._said[what] = text
        if not known:
            logger.info("%s: %s", what, text)

    def said(self) -> dict[str, str]:
        """Return what was last said of every part."""
        with self._lock:
            return dict(self._said)

    def now(self) -> dict[str, str]:
        """Return every part in trouble with its latest reason."""
        with self._lock:
            return {what: reasons[-1] for what, reasons in self._reasons.items()}


def first_line(error: BaseException) -> str:
    """Return the error's first line, or its type's name if it has no words."""
    return str(getattr(error, "orig", None) or error).strip().partition("\n")[0][:300] or type(error).__name__
