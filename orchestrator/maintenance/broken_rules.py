"""The ledger's own rules, when some are broken: what each means, and how to repair it."""

from dataclasses import dataclass
from itertools import groupby

from sqlalchemy import Engine

from prunesweep.core.ledger.queries.sweeps import wishes_for
from prunesweep.core.ledger.queue.invariants import violations

_MOST = 1_000
_SHOWN = 5
"""Stages, and sweeps, that a line names."""

ONCE_MORE = frozenset(
    {
        "a stage has an end when it has ended, and only then",
        "a DONE stage has its result",
        "only a stage that may run again has a saved state",
        "an artifact has a size, and a size an artifact",
    }
)
"""Put right by `sweep verify --repair`, where the stage is DONE: it runs once more."""

NEW_START = frozenset(
    {
        "a READY stage has only DONE parents",
        "a RUNNING stage has only parents that are or were DONE",
        "a stage whose parents are all DONE does not wait",
        "nothing waits for a parent that ended otherwise",
        "there is a lease while a stage is RUNNING, and only then",
        "a RUNNING stage has a worker, a slot and a start",
        "only a RUNNING stage is asked to stop",
        "a RUNNING stage has one open attempt, its last",
        "only a DONE stage has a result",
    }
)
"""Put right when what is not DONE gets a new start; all the others, when their stages are removed and made again."""


@dataclass(frozen=True)
class BrokenRule:
    """A ledger rule that some stages break.

    Attributes:
        rule: a key of `prunesweep.core.ledger.queue.invariants.RULES`.
        digests: of the stages that break it, up to 1,000.
        done: those of them that are DONE.
        sweeps: names of those that want them.
    """

    rule: str
    digests: tuple[str, ...]
    done: tuple[str, ...]
    sweeps: tuple[str, ...]

    @property
    def fix(self) -> str:
        """What to do, in commands."""
        if self.rule in ONCE_MORE and self.done:
            return "sweep verify --repair runs them again"
        name = self.sweeps[0] if len(self.sweeps) == 1 else "NAME"
        of = "" if len(self.sweeps) == 1 else f" (for each of {_some(self.sweeps)})"
        if not self.sweeps:
            return "submit again, under another name, the sweep that they were made for"
        if self.rule in NEW_START:
            return f"sweep cancel {name}, and once nothing of it runs sweep retry {name}{of}"
        return f"sweep cancel {name}, then sweep rm {name}{of}, and submit it again"

    @property
    def line(self) -> str:
        """The rule, the stages and what to do."""
        shown = _some([digest[:12] for digest in self.digests])
        return f"ledger breaks its rule: {self.rule}: {shown}; keep a copy of it and report it; {self.fix}"


def broken_rules(engine: Engine, sweep: int | None = None) -> tuple[BrokenRule, ...]:
    """Return every rule that is broken by a stage, or by one of this sweep."""
    found = violations(engine, _MOST)
    wishes = wishes_for(engine, {one.digest for one in found})
    mine = [one for one in found if sweep is None or sweep in wishes[one.digest]]
    rules = []
    for rule, group in groupby(mine, key=lambda one: one.rule):
        ones = list(group)
        digests = tuple(sorted({one.digest for one in ones}))
        names = sorted({name for digest in digests for name in wishes[digest].values()})
        done = tuple(sorted({one.digest for one in ones if one.state == "DONE"}))
        rules.append(BrokenRule(rule, digests, done, tuple(names)))
    return tuple(rules)


def _some(names: list[str] | tuple[str, ...]) -> str:
    more = len(names) - _SHOWN
    return ", ".join(names[:_SHOWN]) + (f" and {more:,} more" if more > 0 else "")
