"""How much of the variance of a result each axis of a grid explains by itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean


@dataclass(frozen=True)
class MainEffect:
    """One axis.

    Attributes:
        levels: how many values it takes.
        share: in [0, 1], sum of squares between the means of its levels over the total one (eta squared).
        by_chance: what `share` is on average when the axis has nothing to do with the result and its labels are
            shuffled: (levels - 1) / (results - 1).
        best, worst: the levels with the highest and the lowest mean; best_mean, worst_mean: these.
    """

    axis: str
    levels: int
    share: float
    by_chance: float
    best: str
    best_mean: float
    worst: str
    worst_mean: float


def main_effects(axes: Mapping[str, Sequence[str]], values: Sequence[float]) -> list[MainEffect]:
    """Return the axes with several levels, the greatest share first; none where all results are equal.

    Shares of a full grid add up to 1 at most, and the rest is interactions and noise. Otherwise axes may overlap, and
    each share is of that axis alone, what goes with it included.

    Args:
        axes: by name, the level of each result.
        values: the results, in the same order.

    Source: eta squared of a one-way analysis of variance (Fisher 1925); a variance-based main effect as in Sobol' 1993.
    """
    mean = fmean(values) if values else 0.0
    total = sum((value - mean) ** 2 for value in values)
    if not total > 0:
        return []
    found = []
    for axis, labels in axes.items():
        members: dict[str, list[float]] = {}
        for label, value in zip(labels, values, strict=True):
            members.setdefault(label, []).append(value)
        if len(members) < 2:
            continue
        means = {label: fmean(of) for label, of in members.items()}
        between = sum(len(of) * (means[label] - mean) ** 2 for label, of in members.items())
        best, worst = max(means, key=means.__getitem__), min(means, key=means.__getitem__)
        found.append(
            MainEffect(
                axis=axis,
                levels=len(members),
                share=min(1.0, between / total),
                by_chance=(len(members) - 1) / (len(values) - 1),
                best=best,
                best_mean=means[best],
                worst=worst,
                worst_mean=means[worst],
            )
        )
    return sorted(found, key=lambda effect: -effect.share)
