"""Which algorithms belong together: those that differ in one part of their composition only, and so tell what it does.

A grid's controls, the report's dense reference and `sweep verdict` all ask here, so that own compositions have the same
partners as built-in ones.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from prunesweep.core.plan.algorithms import ALGORITHMS, FRESH_TICKET, TICKETS, Algorithm
from prunesweep.core.plan.lineage import EACH, ONCE

FROM_EARLIER = ("weight-rewind", *TICKETS)
"""Recoveries that go back to earlier weights in each round."""


def algorithms_of(grid: Mapping[str, Any]) -> dict[str, Algorithm]:
    """Return all algorithms that a sweep's cells may name. grid: its fields as the ledger keeps them."""
    own = (Algorithm(**parts) for parts in grid.get("algorithms", ()))
    return {**ALGORITHMS, **{algorithm.name: algorithm for algorithm in own}}


def oneshot_partner(algorithm: Algorithm, known: Iterable[Algorithm]) -> Algorithm | None:
    """Return the algorithm that makes the same choice in one round, with the same recovery; itself if none is named so,
    as any algorithm with one round is one-shot. None where the training of several rounds does not add up: a ticket
    starts from the same early weights in each of them."""
    if algorithm.recovery in FROM_EARLIER:
        return None
    wanted = _parts(replace(algorithm, schedule="oneshot", anneal=EACH))
    return next((other for other in known if _parts(other) == wanted), algorithm)


def one_schedule(algorithm: Algorithm, known: Iterable[Algorithm]) -> Algorithm | None:
    """Return the algorithm that prunes in the same rounds along one learning-rate schedule, if `algorithm` anneals in
    each round and there is a name for the other."""
    if algorithm.anneal != EACH or not algorithm.rounds:
        return None
    wanted = _parts(replace(algorithm, anneal=ONCE))
    return next((other for other in known if _parts(other) == wanted), None)


def fresh_ticket(algorithm: Algorithm, known: Iterable[Algorithm]) -> Algorithm | None:
    """Return the algorithm that trains a ticket's mask from new initial weights, if it has a name."""
    wanted = _parts(replace(algorithm, recovery=FRESH_TICKET))
    return next((other for other in known if _parts(other) == wanted), None)


def dense_partner(algorithm: Algorithm, known: Iterable[Algorithm]) -> Algorithm | None:
    """Return the algorithm whose single round at sparsity 0 trains what a chain of `algorithm` trains, with nothing
    pruned: the first with its recovery and start. None where the dense network itself is that: nothing follows the
    pruning, or a rewound ticket trains as long as the dense network did."""
    if algorithm.recovery in ("none", *FROM_EARLIER):
        return None
    wanted = (algorithm.recovery, algorithm.start)
    return next((other for other in known if not other.rounds and (other.recovery, other.start) == wanted), algorithm)


def is_same_training(one: Algorithm, other: Algorithm) -> bool:
    """Return True if the two differ in what they prune and how fast only, not in what follows the pruning."""
    return (one.recovery, one.start) == (other.recovery, other.start)


def _parts(algorithm: Algorithm) -> Algorithm:
    return replace(algorithm, name="")
