"""Which stage comes first of those that could run: row after row of the report, or training before all else.

It decides when a stage runs, never what it computes: it is in no digest.
"""

from collections.abc import Mapping

from prunesweep.core.plan.stages import TRAINS, Benchmark, Evaluate, Import, PruneRound, Stage

_FIRST, _SOON, _LATER, _LAST = 0, 3, 6, 9
"""Priorities of messages as Celery's Redis transport keeps them: four lists, the lowest number is read first."""

_ENDS = (Import, Evaluate, Benchmark)
"""What ends a cell; an import, which takes no time, is done with them."""

PLACES = 10_000_000
"""More than a plan has stages."""


def ranks(stages: Mapping[str, Stage], *, throughput: bool) -> dict[str, int]:
    """Return the rank of each stage of a plan by its digest; the lowest runs first, plan order within one priority.

    By rows: what ends a cell comes before what continues one, that before what begins one, and another seed's dense
    training is last. So the first row is complete as soon as it can be, and few checkpoints wait for their next round.

    Args:
        stages: by digest, in the plan's order.
        throughput: training first, then evaluations, then benchmarks, for which all training on their host pauses.
    """
    of = by_throughput if throughput else by_rows
    return {digest: of(stage) * PLACES + place for place, (digest, stage) in enumerate(stages.items())}


def priority_of(rank: int) -> int:
    """Return the priority of a hint for a stage of this rank, 0 (first) to 9; a rank of 0 is an earlier release's."""
    return rank // PLACES


def by_rows(stage: Stage) -> int:
    """Return the priority of a stage where rows are completed one after another."""
    if isinstance(stage, _ENDS):
        return _FIRST
    if isinstance(stage, PruneRound) and stage.round > 1:
        return _SOON
    return _LATER if stage.parents else _LAST


def by_throughput(stage: Stage) -> int:
    """Return the priority of a stage where training comes first."""
    if isinstance(stage, Import):
        return _FIRST
    if isinstance(stage, TRAINS):
        return _SOON
    return _LAST if isinstance(stage, Benchmark) else _LATER
