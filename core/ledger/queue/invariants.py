"""What is true of a ledger at every moment, between any two transactions: the rules, and who breaks them.

Each rule is one query for the stages that break it. Tests ask after every step, the chaos campaign during and after
its faults, and `sweep doctor` and `sweep verify` when somebody wants to know. Rules on times are not here: clocks are
stepped, and the ledger has to cope with what they say (see `prunesweep.core.ledger.db.clock`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Engine, Select, and_, exists, func, literal, not_, or_, select, union_all

from prunesweep.core.ledger.db.schema import attempts, edges, latencies, results, snapshots, stages, sweep_stages
from prunesweep.core.ledger.db.states import BROKEN, ENDED, LIVE, Outcome, State
from prunesweep.core.ledger.db.transactions import reading
from prunesweep.core.ledger.queue.cascade import NEEDS_MORE

_parent = stages.alias("above")
_did = attempts.alias("did")


@dataclass(frozen=True)
class Violation:
    """A rule that a stage breaks.

    Attributes:
        rule: a name of `RULES`.
        state: the stage's.
    """

    rule: str
    digest: str
    state: str

    def __str__(self) -> str:
        return f"{self.rule}: {self.digest[:12]} is {self.state}"


def _of(*conditions: Any) -> Select[Any]:
    return select(stages.c.digest, stages.c.state).where(*conditions)


def _with_parent(*conditions: Any) -> Any:
    """Return True for stages with such a parent."""
    above = edges.join(_parent, _parent.c.digest == edges.c.parent)
    return exists(select(literal(1)).select_from(above).where(edges.c.child == stages.c.digest, *conditions))


def _has(table: Any, *conditions: Any) -> Any:
    return exists(select(literal(1)).where(table.c.digest == stages.c.digest, *conditions))


def _is(*states: State) -> Any:
    return stages.c.state.in_(states)


_was_done = exists(select(literal(1)).where(_did.c.digest == _parent.c.digest, _did.c.outcome == Outcome.DONE.value))
_open = and_(attempts.c.digest == stages.c.digest, attempts.c.outcome.is_(None))
_holder = and_(_open, attempts.c.attempt == stages.c.attempt, attempts.c.ended_at.is_(None))
_facts = {"evaluate": results, "benchmark": latencies}

RULES: Mapping[str, Select[Any]] = {
    "a READY stage has only DONE parents": _of(_is(State.READY), NEEDS_MORE),
    # One that was DONE may run again meanwhile: who runs here has read, and checked, what it made.
    "a RUNNING stage has only parents that are or were DONE": _of(
        _is(State.RUNNING), _with_parent(_parent.c.state != State.DONE, ~_was_done)
    ),
    "a stage whose parents are all DONE does not wait": _of(_is(State.PENDING), ~NEEDS_MORE),
    "nothing waits for a parent that ended otherwise": _of(
        _is(State.PENDING), _with_parent(_parent.c.state.in_(BROKEN))
    ),
    "there is a lease while a stage is RUNNING, and only then": _of(
        _is(State.RUNNING) != stages.c.lease_until.is_not(None)
    ),
    "a RUNNING stage has a worker, a slot and a start": _of(
        _is(State.RUNNING),
        or_(stages.c.worker.is_(None), stages.c.slot.is_(None), stages.c.started_at.is_(None), stages.c.attempt < 1),
    ),
    "only a RUNNING stage is asked to stop": _of(not_(_is(State.RUNNING)), stages.c.cancel),
    "a stage has an end when it has ended, and only then": _of(
        or_(
            and_(_is(*ENDED), stages.c.ended_at.is_(None)),
            and_(_is(*LIVE), stages.c.ended_at.is_not(None)),
        )
    ),
    "a RUNNING stage has one open attempt, its last": _of(
        _is(State.RUNNING), ~exists(select(literal(1)).where(_holder))
    ),
    "every other attempt is closed": _of(
        exists(select(literal(1)).where(_open, or_(not_(_is(State.RUNNING)), attempts.c.attempt != stages.c.attempt)))
    ),
    "a closed attempt has an end": _of(_has(attempts, attempts.c.outcome.is_not(None), attempts.c.ended_at.is_(None))),
    "no attempt has a number beyond its stage's": _of(_has(attempts, attempts.c.attempt > stages.c.attempt)),
    "only a DONE stage has a result": _of(not_(_is(State.DONE)), or_(_has(results), _has(latencies))),
    "a DONE stage has its result": union_all(
        *(_of(_is(State.DONE), stages.c.kind == kind, ~_has(table)) for kind, table in _facts.items())
    )
    .subquery()
    .select(),
    "only a stage that may run again has a saved state": _of(
        _is(State.DONE, State.FAILED, State.QUARANTINED), _has(snapshots)
    ),
    "an artifact has a size, and a size an artifact": _of(
        stages.c.artifact.is_(None) != stages.c.artifact_bytes.is_(None)
    ),
    "every stage belongs to a sweep": _of(~_has(sweep_stages)),
}
"""Rule → the stages that break it: their digests and states."""

_MOST = 20


def violations(engine: Engine, most: int = _MOST) -> list[Violation]:
    """Return what is wrong with the ledger, up to `most` stages of each rule; empty if nothing is."""
    with reading(engine) as connection:
        return [
            Violation(rule, digest, state)
            for rule, query in RULES.items()
            for digest, state in connection.execute(query.limit(most))
        ]


def count_stages(engine: Engine) -> int:
    """Return how many stages the rules were asked about."""
    with reading(engine) as connection:
        return int(connection.execute(select(func.count()).select_from(stages)).scalar_one())
