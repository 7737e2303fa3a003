"""Ledger calls that outlast a ledger that is away."""

import threading
import time
from collections.abc import Callable
from typing import Any

from celery.utils.log import get_logger
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from tenacity import RetryCallState, Retrying, retry_if_exception, stop_when_event_set, wait_random_exponential
from tenacity.nap import sleep_using_event

logger = get_logger(__name__)

_AWAY = (OperationalError, InterfaceError, PoolTimeout)


def is_away(error: BaseException) -> bool:
    """Return True when the database could not be reached, is restarting, or was locked for too long: the call did
    nothing wrong, and may be made again. PoolTimeout: all connections of the pool wait for the ledger."""
    return isinstance(error, _AWAY) or (isinstance(error, DBAPIError) and error.connection_invalidated)


_UNASKED_SECONDS = 5.0
"""How long a stopping worker does not ask a ledger again that was away: each try may take seconds, and a trainer's last
words may be many."""


class _GivenUp:
    """The type of GIVEN_UP."""


GIVEN_UP = _GivenUp()
"""What `LedgerRetry.call` returns when the worker had to go before the ledger came back."""


class LedgerRetry:
    """Calls again and again while the ledger is away, until the worker stops. Every call must be fenced, so that a
    call whose answer was lost does no harm when it is made again."""

    def __init__(self, stopping: threading.Event) -> None:
        self._stopping = stopping
        self._given_up_at = -_UNASKED_SECONDS

    def call(self, function: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        """Return the function's result, or GIVEN_UP: the lease will run out, and another worker will continue."""
        if self._stopping.is_set() and time.monotonic() - self._given_up_at < _UNASKED_SECONDS:
            return GIVEN_UP
        retrying = Retrying(
            retry=retry_if_exception(is_away),
            wait=wait_random_exponential(multiplier=0.2, max=5.0),
            stop=stop_when_event_set(self._stopping),
            sleep=sleep_using_event(self._stopping),
            before_sleep=_log,
            retry_error_callback=self._give_up,
        )
        return retrying(function, *arguments, **named)

    def _give_up(self, state: RetryCallState) -> Any:
        self._given_up_at = time.monotonic()
        logger.error("ledger unreachable (%s) while the worker stops; its leases will expire", _reason(state))
        return GIVEN_UP


def _log(state: RetryCallState) -> None:
    if state.attempt_number == 1 and state.outcome is not None:
        logger.warning("ledger unreachable (%s); retrying", _reason(state))


def _reason(state: RetryCallState) -> str:
    error = state.outcome.exception() if state.outcome is not None else None
    lines = str(getattr(error, "orig", error)).strip().splitlines()
    return lines[0] if lines else type(error).__name__
