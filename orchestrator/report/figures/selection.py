"""What a chart shows of a sweep that has more than it can show."""

from collections.abc import Sequence

from prunesweep.orchestrator.report.summary import Group

MOST_LINES = 16
"""Series in one chart; more cannot be distinguished."""
MOST_COLUMNS = 40
"""Settings side by side in the heat map of the layers."""
MOST_PANELS = 8
"""Settings in the learning curves."""
MOST_COMPARED = 8
"""Sweeps in one chart; eyes can tell as many colours apart."""
MOST_SPARSITIES = 6
"""Panels of the learning curves."""


def chosen_series(groups: Sequence[Group], most: int) -> tuple[list[str], str]:
    """Return the names of the series that have results, in order, and a note on those left out.

    Of too many the `most` with the highest mean test accuracy over their sparsities stay.
    """
    scores: dict[str, list[float]] = {}
    for group in groups:
        found = group.of(lambda row: row.top1)
        if found is not None:
            scores.setdefault(group.label, []).append(found.mean)
    if len(scores) <= most:
        return list(scores), ""
    ranked = sorted(scores, key=lambda name: -sum(scores[name]) / len(scores[name]))[:most]
    note = f" Of {len(scores)} settings these are the {most} with the highest mean accuracy; the table has all."
    return [name for name in scores if name in ranked], note


def chosen_sparsities(groups: Sequence[Group], most: int = MOST_SPARSITIES) -> tuple[list[float], str]:
    """Return sparsities, evenly picked from all with the lowest and the highest, and a note on those left out."""
    found = sorted({group.sparsity for group in groups})
    if len(found) <= most:
        return found, ""
    picked = [found[round(place * (len(found) - 1) / (most - 1))] for place in range(most)]
    return picked, f" {most} of {len(found)} sparsities are shown."


def panel_of(sparsity: float) -> str:
    """Return the title of the panel of one sparsity."""
    return f"{100 * sparsity:g} % sparsity"
