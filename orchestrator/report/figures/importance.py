"""How much each axis of the grid matters: shares of variance."""

from collections.abc import Sequence

import altair as alt

from prunesweep.core.ledger.queries.report import ReportRow
from prunesweep.orchestrator.report.figures import theme
from prunesweep.orchestrator.report.figures.theme import Figure, Values
from prunesweep.orchestrator.statistics.main_effects import main_effects

_LEAST = 4
"""Evaluated cells below which a share says nothing."""


def importance(rows: Sequence[ReportRow]) -> Figure | None:
    """Return each axis' share of the variance of test accuracy over the evaluated cells; None with fewer than four of
    them, or where nothing differs."""
    known = [(row, row.top1) for row in rows if row.top1 is not None]
    if len(known) < _LEAST:
        return None
    axes = {
        "algorithm": [row.algorithm for row, _ in known],
        "sparsity": [f"{100 * row.sparsity:g} %" for row, _ in known],
        "epochs a round": [str(row.epochs) for row, _ in known],
        "rounds": [str(row.iterations) for row, _ in known],
        "seed": [str(row.seed) for row, _ in known],
    }
    data: Values = [
        {
            "axis": effect.axis,
            "share": round(100 * effect.share, 2),
            "chance": round(100 * effect.by_chance, 2),
            "best": f"{effect.best}: mean {100 * effect.best_mean:.2f} %",
            "worst": f"{effect.worst}: mean {100 * effect.worst_mean:.2f} %",
            "levels": effect.levels,
        }
        for effect in main_effects(axes, [top1 for _, top1 in known])
    ]
    if not data:
        return None
    note = (
        f"Share of the variance of test accuracy over the {len(known):,} evaluated cells that each axis explains by"
        " itself: sum of squares between the means of its levels over the total (eta squared). Grey line: its average"
        " if the axis had nothing to do with it, (levels - 1) / (cells - 1). The rest is interactions and noise. Where"
        " the evaluated cells are not a full grid (axes that go together, an unfinished sweep), shares overlap."
    )
    return Figure("importance", "Importance of the axes", note, _chart(len(data)), {"effects": data})


def _chart(count: int) -> dict[str, object]:
    base = alt.Chart(alt.NamedData("effects"))
    y = alt.Y("axis:N", sort=None, title=None)
    x = alt.X("share:Q", title="share of the variance of top-1, %", scale=alt.Scale(domain=[0, 100]))
    tip = [
        alt.Tooltip(f"{key}:N", title=name)
        for key, name in (
            ("axis", "axis"),
            ("share", "share %"),
            ("chance", "by chance %"),
            ("levels", "levels"),
            ("best", "best"),
            ("worst", "worst"),
        )
    ]
    bars = base.mark_bar(color="#0072B2", height=16).encode(x, y, tooltip=tip)
    chance = base.mark_tick(thickness=2, size=22, color="#999999").encode(alt.X("chance:Q"), y, tooltip=tip)
    return theme.drawn(alt.layer(bars, chance).properties(width=420, height=30 * count))
