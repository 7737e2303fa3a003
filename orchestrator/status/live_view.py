"""The live view of a sweep on a terminal: it never grows beyond the window, whatever runs or fails."""

import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.live import Live
from rich.text import Text

from prunesweep.core.ledger.queries.status import SweepStatus
from prunesweep.orchestrator.console import text
from prunesweep.orchestrator.console.output import clean, paint, width
from prunesweep.orchestrator.console.prose import elided, fitted
from prunesweep.orchestrator.status import view

_MOST_FAILURES = 10
_TABLE_HEAD = 3  # an empty line, titles, rule


@contextmanager
def live_view() -> Iterator["LiveView"]:
    """Open a view on stdout; afterwards the last picture stays, and the terminal is as it was."""
    console = Console(highlight=False)
    with Live(console=console, auto_refresh=False) as live:
        yield LiveView(live.update, console.print)


class LiveView:
    """Ended stages scroll away above; below them the status is redrawn at each look."""

    def __init__(self, update: Callable[..., None], tell: Callable[..., None]) -> None:
        self._update = update
        self._tell = tell
        self._started = time.monotonic()

    def tell(self, line: str) -> None:
        self._tell(_ansi("\n".join(fitted(line, width()))))

    def show(self, status: SweepStatus, remark: str, last: str = "") -> None:
        spent = text.duration(time.monotonic() - self._started)
        height = shutil.get_terminal_size().lines
        # One line stays empty below, where the cursor is, and one above, between the picture and what scrolls away.
        lines = picture(status, width(), height - 2, last=last, remark=remark)
        spent = f" · {spent}"
        lines[0] = elided(lines[0], width() - len(spent)) + paint(spent, "dim")
        self._update(_ansi("\n".join(["", *lines])), refresh=True)


def picture(status: SweepStatus, width: int, height: int, *, last: str = "", remark: str = "") -> list[str]:
    """Return the status in at most `height` lines: first the running stages give way, then failures.

    The stages that have run longest are kept; they are those that something may be wrong with. What is longer than a
    line continues in the next one, or loses its middle.
    """
    name, bar, counts = view.head(status, width)
    head = [elided(name, width), bar, *fitted(counts, width)]
    tail = [paint(line, "yellow") for line in (fitted(remark, width) if remark else [])]
    tail = [*(fitted(f"{paint('last', 'dim')}  {last}", width) if last else []), *tail]
    room = height - len(head) - len(tail) - (1 if tail else 0)
    spare = room - _TABLE_HEAD - len(status.running) if status.running else room
    failed = _failures(status, width, room // 2 if status.running else room, spare)
    running = _running(status, width, room - len(failed))
    lines = [*head, *running, *failed, *([""] if tail else []), *tail]
    kept = lines if len(lines) <= height else [*head, *tail][: max(1, height)]
    return [elided(line, width) for line in kept]


def _running(status: SweepStatus, width: int, room: int) -> list[str]:
    """Return an empty line and the table of what runs; how many more there are, where not all fit."""
    count, rows = len(status.running), room - _TABLE_HEAD
    if not count or rows < 1:
        return []
    table = view.running(status.running, width)
    if count <= rows:
        return ["", *table, *view.now(status.running, width)[: rows - count]]
    kept = rows - 1
    return ["", *table[: 2 + kept], paint(f"… and {count - kept:,} more running", "dim")]


def _failures(status: SweepStatus, width: int, room: int, spare: int) -> list[str]:
    """Return an empty line and what failed, as far as there is room; two lines of it are how many more, and where to
    look. Reasons are whole where all of them fit into the spare lines, else in a line each."""
    most = min(_MOST_FAILURES, room - 3)
    if not status.failed or most <= 0:
        return []
    lines = view.failures(status, width, most)
    whole = [part for line in lines for part in fitted(line, width)]
    return ["", *(whole if len(whole) < spare else [elided(line, width) for line in lines])]


def _ansi(lines: str) -> object:
    return Text.from_ansi(clean(lines), overflow="fold")
