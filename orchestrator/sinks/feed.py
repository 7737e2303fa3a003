"""Copies a sweep's runs into a sink, once or until the sweep has ended."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

from sqlalchemy import Engine

from prunesweep.core.ledger.queries.status import sweep_status
from prunesweep.orchestrator.sinks.runs import SinkRun, runs_of

_EVERY = 2.0
_LONGEST = 30.0
_SHARE = 10.0  # reading may take a tenth of the time at most: the workers need the ledger more


class SinkAway(Exception):
    """The sink does not take what it is given, for a reason in one line without secrets. Trying again does no harm."""


class Sink(Protocol):
    """Where runs are copied to. Each decides from what it finds there what is missing, so that nothing of ours needs
    to remember, and a copy that was cut off is completed by the next one."""

    def write(self, run: SinkRun) -> bool:
        """Bring its copy of the run up to date; True if something was written. Raises SinkAway."""
        ...


@dataclass(frozen=True)
class CopySummary:
    """What was copied to a sink.

    Attributes:
        runs: copied or found up to date.
        written: of these, those that something was written of.
        ended: nothing of the sweep is left to wait for.
    """

    runs: int
    written: int
    ended: bool


def feed(
    engine: Engine,
    sweep_id: int,
    sink: Sink,
    *,
    until_ended: bool = False,
    tell: Callable[[str], None] = lambda _: None,
) -> CopySummary:
    """Copies what the ledger holds; with `until_ended` again and again, telling `tell` when the sink goes and is back.

    Raises:
        SinkAway: and it is not to be waited for, or the sweep has ended.
    """
    sent: dict[str, SinkRun] = {}
    written: set[str] = set()
    away = False
    while True:
        started = time.monotonic()
        ended = sweep_status(engine, sweep_id).ended  # before the runs are read: the last look sees all
        runs = runs_of(engine, sweep_id)
        spent = time.monotonic() - started
        try:
            for run in runs:
                if sent.get(run.key) != run:
                    if sink.write(run):
                        written.add(run.key)
                    sent[run.key] = run
        except SinkAway as error:
            if ended or not until_ended:
                raise
            if not away:
                tell(f"{error}; trying again")
            away = True
        else:
            if away:
                tell("it is back")
            away = False
        if ended or not until_ended:
            return CopySummary(len(sent), len(written), ended)
        time.sleep(min(_LONGEST, max(_EVERY, _SHARE * spent)))
