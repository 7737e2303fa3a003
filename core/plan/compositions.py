"""Algorithms of a grid's own: tables of a grid file, put together from the parts of the built-in ones."""

from typing import Any

from prunesweep.core.errors import UserError
from prunesweep.core.plan import axes
from prunesweep.core.plan.algorithms import (
    ALGORITHMS,
    OF_CHANNELS,
    RECOVERIES,
    REWIND,
    SCHEDULES,
    SCORES,
    STARTS,
    TICKETS,
    Algorithm,
)
from prunesweep.core.plan.allocations import CHANNELS, parse_allocation
from prunesweep.core.plan.lineage import ANNEALS, ONCE
from prunesweep.core.plan.names import parse_name
from prunesweep.core.plan.own_scores import parse_score
from prunesweep.core.plan.patterns import read_pattern
from prunesweep.core.plan.regrowth import parse_regrowth
from prunesweep.core.plan.suggestions import did_you_mean, one_of

_WORDS = {
    "schedule": tuple(SCHEDULES),
    "recovery": tuple(RECOVERIES),
    "start": STARTS,
    "anneal": ANNEALS,
}


class KnownNames(dict[str, Any]):
    """Tables as a ledger keeps them: their names may have become built-in ones since."""


def parse_compositions(value: object) -> tuple[Algorithm, ...]:
    """Return the tables `[algorithms.NAME]`: what is left out is as in `oneshot`."""
    if not isinstance(value, dict):
        raise UserError("algorithms", value, "write a table for each: [algorithms.NAME]")
    made = []
    for name, parts in value.items():
        field = f"algorithms.{name}"
        parse_name(name, field)
        if name in ALGORITHMS and not isinstance(value, KnownNames):
            raise UserError(field, name, "is a built-in algorithm; choose another name")
        if not isinstance(parts, dict):
            raise UserError(field, parts, f"write a table: [{field}]")
        read: dict[str, Any] = {key: _part(key, word, field) for key, word in parts.items()}
        own = Algorithm(name, **read)
        _check_parts(own, field)
        made.append(own)
    return tuple(made)


def _check_parts(own: Algorithm, field: str) -> None:
    """Raise UserError for parts that do not go together."""
    if own.rewind != REWIND and own.recovery not in TICKETS:
        raise UserError(f"{field}.rewind", own.rewind, f"only {' and '.join(TICKETS)} go back to an early epoch")
    if own.anneal == ONCE and own.recovery in ("weight-rewind", "none", *TICKETS):
        fix = f"the recovery {own.recovery} has no learning-rate schedule that could span rounds; leave it out"
        raise UserError(f"{field}.anneal", ONCE, fix)
    if own.regrow and (own.recovery, own.start) != ("retrain", "initial"):
        fix = 'masks move in a training from the beginning only; give it start = "initial", recovery = "retrain"'
        raise UserError(f"{field}.regrow", own.regrow, fix)
    if own.regrow and (own.allocation in CHANNELS or read_pattern(own.allocation)):
        fix = "weights grow one by one, which breaks its pattern; choose another allocation"
        raise UserError(f"{field}.allocation", own.allocation, fix)
    if own.score in OF_CHANNELS and own.allocation not in CHANNELS:
        fix = f"ranks whole channels, not weights; give it allocation = {' or '.join(map(repr, CHANNELS))}"
        raise UserError(f"{field}.score", own.score, fix)


def _part(key: str, word: object, field: str) -> str | int:
    if key == "rewind":
        return axes.parse_count(word, f"{field}.{key}", 0, 100_000)
    if key == "allocation":
        return str(parse_allocation(word, f"{field}.{key}"))
    if key == "regrow":
        return parse_regrowth(word, f"{field}.{key}")
    if key == "score":
        return parse_score(word, f"{field}.{key}", SCORES)
    if key not in _WORDS:
        raise UserError(field, key, did_you_mean(key, ["score", "allocation", "rewind", "regrow", *_WORDS]))
    return one_of(word, f"{field}.{key}", _WORDS[key])
