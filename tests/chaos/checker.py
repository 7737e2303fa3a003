"""Reads a history and says which promise was broken, and by what. Nothing here asks a server."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from tests.chaos.history import Entry

_LEGAL = {
    (None, "PENDING"),
    ("PENDING", "READY"),
    ("PENDING", "CANCELLED"),
    ("READY", "RUNNING"),
    ("READY", "CANCELLED"),
    ("RUNNING", "READY"),
    ("RUNNING", "DONE"),
    ("RUNNING", "FAILED"),
    ("RUNNING", "CANCELLED"),
    ("RUNNING", "QUARANTINED"),
    # While a parent, or the stage itself, is done again:
    ("DONE", "PENDING"),
    ("READY", "PENDING"),
    ("RUNNING", "PENDING"),
}


@dataclass(frozen=True)
class Saved:
    """A snapshot as the ledger kept it. at: seconds since 1970."""

    attempt: int
    epoch: int
    step: int
    at: float


@dataclass
class Attempt:
    """One claim of a stage and what came of it.

    Attributes:
        claimed, ended: seconds since 1970.
        ended_as: the state that followed, "" = under way.
        start: the snapshot that the ledger had when it was claimed.
        saves: its own.
        epochs: those it reported, in order.
        longest: seconds of the longest of them.
    """

    digest: str
    number: int
    claimed: float
    start: Saved | None
    ended: float | None = None
    ended_as: str = ""
    longest: float = 0.0

    def __post_init__(self) -> None:
        self.saves: list[Saved] = []
        self.epochs: list[int] = []

    def stood_at(self, moment: float) -> float:
        """When the state was saved that a crash at `moment` falls back to, or when the attempt began."""
        return max([self.claimed, *(saved.at for saved in self.saves if saved.at <= moment)])


def attempts_of(history: Iterable[Entry]) -> dict[str, list[Attempt]]:
    """Every stage's attempts in their order."""
    found: dict[str, list[Attempt]] = defaultdict(list)
    kept: dict[str, Saved] = {}
    for entry in history:
        mine = found[entry.digest]
        if entry.what == "stage" and entry.new == "RUNNING" and entry.old != "RUNNING":
            mine.append(Attempt(entry.digest, entry.attempt or 0, entry.at, kept.get(entry.digest)))
        elif entry.what == "stage" and entry.old == "RUNNING" and entry.new != "RUNNING" and mine:
            mine[-1].ended, mine[-1].ended_as = entry.at, entry.new or ""
        elif entry.what == "forgot":
            kept.pop(entry.digest, None)
        elif entry.what == "snapshot":
            saved = Saved(entry.wrote or 0, entry.epoch or 0, int(entry.value or 0), entry.at)
            kept[entry.digest] = saved
            _of_number(mine, entry.wrote, lambda attempt, saved=saved: attempt.saves.append(saved))
        elif entry.what == "metric":
            _of_number(mine, entry.wrote, lambda attempt, entry=entry: _note_epoch(attempt, entry))
    return dict(found)


def illegal_changes(history: Iterable[Entry]) -> list[str]:
    """State changes that the life of a stage doesn't have, and attempt numbers that don't grow by one at a claim."""
    broken = []
    for entry in history:
        if entry.what != "stage":
            continue
        name, change = entry.digest[:12], f"{entry.old} → {entry.new}"
        claim = (entry.old, entry.new) == ("READY", "RUNNING")
        if entry.old == entry.new and entry.old != "DONE" and entry.wrote == entry.attempt:
            continue
        if (entry.old, entry.new) not in _LEGAL:
            broken.append(f"{name}: illegal change {change}")
        elif entry.old is not None and (entry.attempt or 0) - (entry.wrote or 0) != int(claim):
            broken.append(f"{name}: attempt {entry.wrote} → {entry.attempt} at {change}")
    return broken


def stale_writes(history: Iterable[Entry]) -> list[str]:
    """Rows that were written by another attempt than the one that held the running stage at that moment."""
    broken = []
    for entry in history:
        name = entry.digest[:12]
        if entry.what in ("metric", "snapshot") and (entry.new != "RUNNING" or entry.attempt != entry.wrote):
            who = f"attempt {entry.wrote}, the stage is {entry.new} in attempt {entry.attempt}"
            broken.append(f"{name}: stale {entry.what} of epoch {entry.epoch} by {who}")
        elif entry.what == "result" and entry.new != "DONE":
            broken.append(f"{name}: a result for a stage that is {entry.new}")
    return broken


def sent_back(history: Iterable[Entry], redone: Iterable[str]) -> list[str]:
    """DONE stages that ran again more often than somebody asked for. redone: digest, each time it was asked."""
    asked = Counter(redone)
    back = Counter(e.digest for e in history if e.what == "stage" and (e.old, e.new) == ("DONE", "PENDING"))
    return [
        f"{digest[:12]}: sent back {count} times, asked for {asked[digest]}"
        for digest, count in back.items()
        if count > asked[digest]
    ]


def duplicates(history: Sequence[Entry]) -> list[str]:
    """Stages that were DONE, or got a result, more than once, and more often than they were sent back."""
    back = Counter(e.digest for e in history if e.what == "stage" and (e.old, e.new) == ("DONE", "PENDING"))
    done = Counter(e.digest for e in history if e.what == "stage" and e.new == "DONE" and e.old != "DONE")
    results = Counter(e.digest for e in history if e.what == "result")
    twice = [f"{digest[:12]}: DONE {count} times" for digest, count in done.items() if count > 1 + back[digest]]
    return twice + [f"{digest[:12]}: {count} results" for digest, count in results.items() if count > 1 + back[digest]]


def lost_stages(history: Iterable[Entry], wanted: Iterable[str]) -> list[str]:
    """Wanted stages that aren't DONE at the end."""
    last = {entry.digest: entry.new for entry in history if entry.what == "stage"}
    return [f"{d[:12]}: {last.get(d, 'not in the ledger')}" for d in sorted(wanted) if last.get(d) != "DONE"]


def thrown_away(history: Iterable[Entry]) -> list[str]:
    """Attempts that went back behind the snapshot that the ledger had for them."""
    broken = []
    for mine in attempts_of(history).values():
        for attempt in mine:
            known = attempt.start.epoch if attempt.start else 0
            if attempt.epochs and attempt.epochs[0] <= known:
                went = f"trained epoch {attempt.epochs[0]} again, {known} were saved"
                broken.append(f"{attempt.digest[:12]}: attempt {attempt.number} {went}")
    return broken


def resumed(history: Sequence[Entry]) -> int:
    """How many attempts went on from a snapshot."""
    return sum(a.start is not None for mine in attempts_of(history).values() for a in mine)


def _of_number(attempts: list[Attempt], number: int | None, act: object) -> None:
    for attempt in attempts:
        if attempt.number == number:
            act(attempt)  # type: ignore[operator]


def _note_epoch(attempt: Attempt, entry: Entry) -> None:
    attempt.epochs.append(entry.epoch or 0)
    attempt.longest = max(attempt.longest, entry.value or 0.0)
