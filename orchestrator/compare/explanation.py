"""What a difference between pruning in rounds and one-shot is due to: how the weights go, or how often the learning
rate falls. In words and as JSON."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from prunesweep.orchestrator.compare.equal_budget import EqualBudgetStudy
from prunesweep.orchestrator.compare.paired import Comparison, PairedTable
from prunesweep.orchestrator.statistics.paired_difference import CONFIDENCE

_ALPHA = 1 - CONFIDENCE
_KEY = ("algorithm", "epochs", "iterations", "sparsity")
PRUNING, ANNEALING = "pruning in rounds", "the learning rate that falls in each round"


@dataclass(frozen=True)
class DifferencePart:
    """One part of a difference.

    Attributes:
        mean: of the metric.
        decided: different from chance, adjusted for its table.
    """

    name: str
    mean: float
    decided: bool


@dataclass(frozen=True)
class ExplainedDifference:
    """total: in rounds - one-shot, the sum of the two parts."""

    total: Comparison
    pruning: DifferencePart
    annealing: DifferencePart

    @property
    def words(self) -> str:
        """`90 %: -0.60 = -0.55 by pruning in rounds, -0.05 by …: pruning in rounds explains it`."""
        parts = (self.pruning, self.annealing)
        shown = ", ".join(f"{100 * part.mean:+.2f} by {part.name}" for part in parts)
        named = [part.name for part in parts if part.decided]
        which = {
            0: "neither is significant",
            1: f"only the part by {named[0] if named else ''} is significant",
            2: "both are significant",
        }[len(named)]
        algorithm, epochs, rounds = (self.total.at[key] for key in _KEY[:3])
        where = f"algorithm {algorithm}, epochs {epochs}, rounds {rounds}"
        asked = self.total.at["sparsity"]
        percents = 100 * asked if isinstance(asked, int | float) else 0
        return f"{percents:g} % ({where}): {_points(self.total)} = {shown}; {which}"


def explained(found: EqualBudgetStudy) -> list[ExplainedDifference]:
    """Take each difference apart, where the cells with one learning-rate schedule were measured for the same seeds."""
    return list(_explained(found))


def _explained(found: EqualBudgetStudy) -> Iterator[ExplainedDifference]:
    pruning, annealing = _by_setting(found.pruning), _by_setting(found.annealing)
    for total in found.rounds.comparisons:
        key = _place(total)
        if key in pruning and key in annealing and _seeds(pruning[key]) == _seeds(annealing[key]) == _seeds(total):
            yield ExplainedDifference(total, _share(PRUNING, pruning[key]), _share(ANNEALING, annealing[key]))


def lines(found: EqualBudgetStudy) -> list[str]:
    """Return a head and a line for each setting; or why there is none."""
    made = explained(found)
    if not made:
        return ["what explains a difference: not known without the cells that prune in rounds along one learning-rate"
                " schedule (a fair grid adds them)"]  # fmt: skip
    head = "what explains it (points; in rounds - one-shot = in rounds along one learning-rate schedule - one-shot,"
    return [f"{head} + the rest):", *(f"  {one.words}" for one in made)]


def as_dict(found: EqualBudgetStudy) -> list[dict[str, Any]]:
    """Return the raw numbers; accuracies as fractions."""
    return [
        {
            "at": {key: one.total.at[key] for key in _KEY},
            "mean": one.total.found.mean,
            "pruning_in_rounds": {"mean": one.pruning.mean, "decided": one.pruning.decided},
            "learning_rate_in_each_round": {"mean": one.annealing.mean, "decided": one.annealing.decided},
        }
        for one in explained(found)
    ]


def _by_setting(compared: PairedTable) -> dict[tuple[Any, ...], Comparison]:
    return {_place(one): one for one in compared.comparisons}


def _place(one: Comparison) -> tuple[Any, ...]:
    return tuple(one.at[key] for key in _KEY)


def _seeds(one: Comparison) -> tuple[int, ...]:
    return tuple(pair.seed for pair in one.pairs)


def _share(name: str, one: Comparison) -> DifferencePart:
    decided = one.found.sign != 0 and one.p_holm is not None and one.p_holm < _ALPHA
    return DifferencePart(name, one.found.mean, decided)


def _points(one: Comparison) -> str:
    return f"{100 * one.found.mean:+.2f}"
