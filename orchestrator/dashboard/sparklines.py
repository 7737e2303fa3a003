"""Curves of stages under way, as lines of SVG: drawn by the server, once for all who look."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

from prunesweep.core.ledger.queries.curves import EpochMetrics
from prunesweep.orchestrator.console import text


@dataclass(frozen=True)
class Sparkline:
    """A line in a box of width × height units.

    Attributes:
        points: of an SVG polyline.
        x, y: where it ends.
        top, bottom: the values at the box's upper and lower edge.
        words: the same for those who don't see it.
    """

    width: int
    height: int
    points: str
    x: float
    y: float
    top: str
    bottom: str
    title: str
    epochs: int
    words: str


def spark(
    epochs: Sequence[EpochMetrics], total: int, width: int = 120, height: int = 28, pad: int = 3
) -> Sparkline | None:
    """Return validation top-1 over the epochs, or the loss where no images were held out; None before the first
    epoch."""
    accuracy = any(epoch.top1 is not None for epoch in epochs)
    pairs = [(epoch.epoch, epoch.top1 if accuracy else epoch.loss) for epoch in epochs]
    known = [(at, value) for at, value in pairs if value is not None and isfinite(value)]
    if not known:
        return None
    low, high = min(value for _, value in known), max(value for _, value in known)
    last = max(total, known[-1][0], 1)
    across = (width - 2 * pad) / max(last - 1, 1)
    up = (height - 2 * pad) / (high - low) if high > low else 0.0
    places = [
        (round(pad + (at - 1) * across, 1), round(height - pad - (value - low) * up if up else height / 2, 1))
        for at, value in known
    ]
    shown = _percent if accuracy else _plain
    title = "validation top-1" if accuracy else "training loss"
    return Sparkline(
        width=width,
        height=height,
        points=" ".join(f"{x:g},{y:g}" for x, y in places),
        x=places[-1][0],
        y=places[-1][1],
        top=shown(high),
        bottom=shown(low),
        title=title,
        epochs=last,
        words=f"{title} after epoch {known[-1][0]} of {last}: {shown(known[-1][1])}; first {shown(known[0][1])}",
    )


def _percent(value: float) -> str:
    return f"{text.percent(value)} %"


def _plain(value: float) -> str:
    return text.number(value, 3)
