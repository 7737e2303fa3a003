"""Pruning in rounds against one-shot at equal epochs: three rounds of three epochs against one round of nine.

Which algorithms are partners follows from their composition (`prunesweep.core.plan.families`). What differs between
the two is how the weights go and how often the learning rate falls; a third one, in rounds along one learning-rate
schedule, tells which of these a difference is due to.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from prunesweep.core.plan.algorithms import Algorithm
from prunesweep.core.plan.families import one_schedule, oneshot_partner
from prunesweep.orchestrator.compare import paired
from prunesweep.orchestrator.compare.paired import CellPoint, Metric, PairedTable, Value

FIX = "sweep run --grid fair"
Known = Mapping[str, Algorithm]


@dataclass(frozen=True)
class EqualBudgetStudy:
    """Iterative against one-shot pruning at equal budgets.

    Attributes:
        rounds: in rounds - one-shot.
        pruning: in rounds along one learning-rate schedule - one-shot, so only how the weights go differs.
        annealing: in rounds, a schedule each - in rounds along one, so only the learning rate differs.

    `alone_a` counts cells in rounds without such a partner; cells of other lengths are no loss. Setting by setting,
    rounds = pruning + annealing.
    """

    rounds: PairedTable
    pruning: PairedTable
    annealing: PairedTable


def study(points: Sequence[CellPoint], metric: Metric, known: Known) -> EqualBudgetStudy:
    """Compare each setting of several rounds with its partners that train epochs × rounds. known: the sweep's
    algorithms by name."""
    pruned = [point for point in points if point.row.sparsity and point.row.algorithm in known]
    settings = list(_settings(pruned, known))
    controlled = [one for one in settings if one.once]
    return EqualBudgetStudy(
        rounds=_together([_compare(pruned, one, one.algorithm, one.oneshot, metric) for one in settings]),
        pruning=_together([_compare(pruned, one, one.once, one.oneshot, metric) for one in controlled]),
        annealing=_together([_compare(pruned, one, one.algorithm, one.along_one, metric) for one in controlled]),
    )


def why_none(points: Sequence[CellPoint], compared: PairedTable, known: Known) -> str:
    """Return why there is nothing to judge, and what to do."""
    if compared.unknown:
        return "no pair has its accuracies yet; see: sweep status"
    if not any(True for _ in _settings(points, known)):
        return f"no cell of several rounds has a one-shot partner; the grid `fair` has both: {FIX}"
    return (
        "no one-shot cell trains as many epochs as one in rounds (epochs × rounds); comparing these cells would"
        f" credit the rounds for their extra epochs. The grid `fair` adds such cells: {FIX}"
    )


@dataclass(frozen=True)
class _Setting:
    """Settings that are compared at equal budgets.

    Attributes:
        partner: the one-shot algorithm.
        once: the one with one learning-rate schedule, "" = none has a name.
    """

    algorithm: str
    epochs: int
    rounds: int
    partner: str
    once: str

    @property
    def oneshot(self) -> tuple[str, int, int]:
        """The partner's algorithm, epochs and rounds."""
        return self.partner, self.epochs * self.rounds, 1

    @property
    def along_one(self) -> tuple[str, int, int]:
        """The same with one learning-rate schedule."""
        return self.once, self.epochs, self.rounds


def _settings(points: Sequence[CellPoint], known: Known) -> Iterator[_Setting]:
    """Yield what is judged: algorithms in several rounds that have a one-shot partner, but those that are here as
    another's control."""
    named = {point.row.algorithm for point in points if point.row.algorithm in known}
    controls = {once.name for name in named if (once := one_schedule(known[name], known.values()))}
    for algorithm, epochs, rounds in dict.fromkeys((p.row.algorithm, p.row.epochs, p.row.iterations) for p in points):
        made = known.get(algorithm)
        partner = oneshot_partner(made, known.values()) if made else None
        if made and partner and rounds > 1 and algorithm not in controls:
            once = one_schedule(made, known.values())
            yield _Setting(algorithm, epochs, rounds, partner.name, once.name if once else "")


def _compare(
    points: Sequence[CellPoint], setting: _Setting, algorithm: str, other: tuple[str, int, int], metric: Metric
) -> PairedTable:
    """Return the cells of `algorithm` in the setting's rounds against those of (algorithm, epochs, rounds)."""
    ours, theirs = (
        [p for p in points if (p.row.algorithm, p.row.epochs, p.row.iterations) == wanted]
        for wanted in ((algorithm, setting.epochs, setting.rounds), other)
    )
    if not ours or not theirs:
        return PairedTable((), (), len(ours), 0, 0, 0)
    found = paired.compare(ours, theirs, metric)
    # Which setting a row belongs to is a fact about it even where, as always, it is what is compared.
    at: dict[str, Value] = {
        "composition": "",
        "algorithm": setting.algorithm,
        "epochs": setting.epochs,
        "iterations": setting.rounds,
    }
    named = tuple(replace(one, at={**one.at, **at}) for one in found.comparisons)
    return replace(found, comparisons=named)


def _together(parts: Sequence[PairedTable]) -> PairedTable:
    return PairedTable(
        axes=("algorithm", "epochs", "iterations"),
        comparisons=paired.adjusted(one for part in parts for one in part.comparisons),
        alone_a=sum(part.alone_a for part in parts),
        alone_b=0,
        unknown=sum(part.unknown for part in parts),
        same=0,
    )
