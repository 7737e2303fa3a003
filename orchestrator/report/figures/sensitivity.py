"""What pruning one layer costs: a heat map of layers × sparsities."""

from collections.abc import Sequence

import altair as alt

from prunesweep.orchestrator.report.figures import theme
from prunesweep.orchestrator.report.figures.theme import INK, Figure, Values

_STEP, _SMALL_STEP, _MANY = 16, 9, 40
"""Height of a layer's row in pixels, and from how many layers on it is the small one."""
_LEAST_POINTS = 1.0
"""The colours reach at least as far, so that noise does not look like a cliff."""


def sensitivity(values: Values, note: str) -> Figure:
    """Return the heat map.

    Args:
        values: `l` layer, `x` sparsity as shown, `v` drop in points, `low`, `high` its interval, `m` a mark or "".
        note: how to read it.
    """
    layers = list(dict.fromkeys(value["l"] for value in values))
    sparsities = list(dict.fromkeys(value["x"] for value in values))
    return Figure(
        "sensitivity",
        "Drop of each layer pruned by itself",
        note,
        _chart(layers, sparsities, values),
        {"drops": values},
    )


def _chart(layers: Sequence[str], sparsities: Sequence[str], values: Values) -> dict[str, object]:
    highest = max(_LEAST_POINTS, *(value["v"] for value in values))
    place = alt.Chart(alt.NamedData("drops")).encode(
        x=alt.X("x:N", title="sparsity of that layer", sort=[*sparsities], axis=alt.Axis(labelAngle=0)),
        y=alt.Y("l:N", title=None, sort=[*layers], axis=alt.Axis(labelLimit=260, labelOverlap="greedy")),
    )
    colours = alt.Scale(scheme="cividis", domain=[0, highest], clamp=True)
    tiles = place.mark_rect().encode(
        color=alt.Color("v:Q", title="drop, points", scale=colours, legend=alt.Legend(gradientLength=160)),
        tooltip=[
            alt.Tooltip("l:N", title="layer"),
            alt.Tooltip("x:N", title="sparsity"),
            alt.Tooltip("v:Q", title="drop, points"),
            alt.Tooltip("low:Q", title="95 % from"),
            alt.Tooltip("high:Q", title="to"),
        ],
    )
    on_bright = alt.condition(alt.datum.v > highest / 2, alt.value(INK), alt.value("white"))
    marks = place.mark_text(fontSize=11, baseline="middle").encode(text="m:N", color=on_bright)
    step = _STEP if len(layers) <= _MANY else _SMALL_STEP
    return theme.drawn((tiles + marks).properties(width=max(220, 70 * len(sparsities)), height=step * len(layers)))
