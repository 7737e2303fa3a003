"""How a state is shown: by a word, a sign, a shape and a colour (`s-…` in dashboard.css), never by colour alone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from prunesweep.core.ledger.db.states import ENDED, State
from prunesweep.core.ledger.queries.sweeps import ListedSweep


@dataclass(frozen=True)
class StateIcon:
    """A state as it is shown. path: its shape in an overview, drawn in a square of 8 × 8 units."""

    css: str
    sign: str
    word: str
    path: str


ICONS: Mapping[State, StateIcon] = MappingProxyType(
    {
        State.DONE: StateIcon("s-done", "✓", "done", "h8v8h-8z"),
        State.RUNNING: StateIcon("s-running", "▶", "running", "l8 4l-8 4z"),
        State.READY: StateIcon("s-ready", "○", "ready", "m1 1h6v6h-6zm1.5 1.5v3h3v-3z"),
        State.PENDING: StateIcon("s-pending", "·", "waiting", "m3 3h2v2h-2z"),
        State.FAILED: StateIcon("s-failed", "✕", "failed", "h2l2 2l2-2h2v2l-2 2l2 2v2h-2l-2-2l-2 2h-2v-2l2-2l-2-2z"),
        State.QUARANTINED: StateIcon("s-failed", "!", "quarantined", "m3 0h2v5h-2zm0 6h2v2h-2z"),
        State.CANCELLED: StateIcon("s-cancelled", "–", "cancelled", "m0 3h8v2h-8z"),
    }
)


@dataclass(frozen=True)
class BarPart:
    """A piece of a bar: where it begins and how long it is, in per cent, and what of."""

    icon: StateIcon
    count: int
    start: float
    length: float


def shares(counts: Mapping[State, int]) -> list[BarPart]:
    """Return the states that occur, one after the other."""
    total = sum(counts.values())
    found, start = [], 0.0
    for state, icon in ICONS.items():
        count = counts.get(state, 0)
        if count:
            length = 100 * count / total
            found.append(BarPart(icon, count, round(start, 3), round(length, 3)))
            start += length
    return found


def paths(states: Sequence[State], columns: int) -> list[tuple[StateIcon, str]]:
    """Return an overview of many states, row by row: for each state that occurs one SVG path of all its places."""
    found: dict[State, list[str]] = {}
    for place, state in enumerate(states):
        row, column = divmod(place, columns)
        found.setdefault(state, []).append(f"M{10 * column + 1} {10 * row + 1}{ICONS[state].path}")
    return [(ICONS[state], "".join(parts)) for state, parts in found.items()]


def word(listed: ListedSweep) -> tuple[str, str]:
    """Return a whole sweep in one word, and its colour's class."""
    counts = listed.counts
    live = sum(count for state, count in counts.items() if state not in ENDED)
    if listed.sweep.cancelled:
        return ("cancelling" if counts[State.RUNNING] else "cancelled"), "s-cancelled"
    if live:
        return ("running", "s-running") if counts[State.RUNNING] else ("waiting", "s-ready")
    if sum(counts.values()) > counts[State.DONE]:
        return "ended with failures", "s-failed"
    return "done", "s-done"
