"""`sweep gc`: takes out of the artifact store what no row of the ledger refers to."""

import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import Engine

from prunesweep.core.artifacts.inventory import Inventory, ObjectKind, StoredObject
from prunesweep.core.artifacts.location import FIELD, PERSON
from prunesweep.core.artifacts.store import ArtifactStore
from prunesweep.core.errors import UserError
from prunesweep.core.ledger.db.identity import ledger_id
from prunesweep.core.ledger.queries.holdings import SweepStorage, holdings
from prunesweep.core.ledger.queries.references import referred, unreferred
from prunesweep.core.ledger.queue.retention import forget_old
from prunesweep.core.settings import load_settings
from prunesweep.orchestrator.console.output import flash, note, say, say_json
from prunesweep.orchestrator.console.text import plural, size
from prunesweep.orchestrator.console.waiting import note_if_slow
from prunesweep.orchestrator.ledger_session import ledger

_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86_400}
_BATCH = 100  # objects removed while the ledger's lock is held
_HANDS = 8
_SHOWN = 5
_SLACK = 5.0  # seconds; servers' stamps are good to a second


@dataclass
class GcSummary:
    """What became of the store's objects.

    Attributes:
        removed, bytes: gone (or what would go).
        kept: the ledger refers to them.
        young: nothing does yet.
        foreign: not ours.
        objects: those removed, with their sizes and ages in seconds.
    """

    removed: int = 0
    bytes: int = 0
    kept: int = 0
    young: int = 0
    foreign: int = 0
    objects: list[dict[str, Any]] = field(default_factory=list)


def gc(older_than: str, dry_run: bool, even_if_shared: bool, json_: bool) -> None:
    """Remove what no stage needs from the artifact store: old objects that no row of the ledger refers to."""
    age = parse_age(older_than)
    settings = load_settings()
    with ledger(settings) as engine:
        store = ArtifactStore.open(settings.artifacts_url, settings.home, PERSON)
        _sign_in(engine, store, even_if_shared, dry_run)
        cleared = _clear(engine, store, age, dry_run)
        if not dry_run:
            forget_old(engine, settings.keep)
        held = holdings(engine)
    if json_:
        facts = {**asdict(cleared), "held": [asdict(one) for one in held]}
        say_json({"store": store.shown, "dry_run": dry_run, "older_than": age, **facts})
        return
    say(*_lines(cleared, dry_run))
    for line in _held(held):
        note(line)


def parse_age(text: str) -> float:
    """Return the seconds of `30m`, `24h`, `2d`, `90s` or `0`.

    Raises:
        UserError: anything else.
    """
    found = re.fullmatch(r"([0-9]{1,6})([smhd]?)", text.strip(), re.ASCII)
    if found is None or (not found[2] and int(found[1])):
        raise UserError("older-than", text, "give a whole number and a unit, e.g. 30m, 24h or 2d; or 0")
    return float(int(found[1]) * _UNITS[found[2]])


def _sign_in(engine: Engine, store: ArtifactStore, even_if_shared: bool, dry_run: bool) -> None:
    """Raise UserError if another ledger uses the store as well: its artifacts would be taken for rubbish."""
    own = ledger_id(engine)
    with note_if_slow(f"{FIELD} {store.shown}"):
        others = sorted(store.ledgers() - {own})
    if others and not even_if_shared:
        who, those = (f"ledger {others[0][:12]} uses", "that one is")
        if len(others) > 1:
            who, those = f"{len(others)} other ledgers use", "those are"
        fix = f"{who} it too; give each ledger its own store, or, if {those} gone, add --even-if-shared"
        raise UserError(FIELD, store.shown, fix)
    if not dry_run:
        store.sign_in(own)


def clear_names(engine: Engine, store: ArtifactStore, names: Sequence[str]) -> GcSummary:
    """Remove those artifacts that no row refers to, however young, unless a running stage may have written them."""
    cleared = GcSummary()
    with store.inventory() as inventory:
        now = inventory.now()
        entries = [entry for name in names if (entry := inventory.find(name)) is not None]
        for start in range(0, len(entries), _BATCH):
            _clear_batch(engine, inventory, entries[start : start + _BATCH], now, 0.0, False, cleared)
    return cleared


def _clear(engine: Engine, store: ArtifactStore, age: float, dry_run: bool) -> GcSummary:
    cleared = GcSummary()
    with store.inventory() as inventory:
        now = inventory.now()
        entries = list(inventory.entries())
        # After the listing: what is written from here on isn't in it, and what is in it may have found its row by now.
        known = referred(engine)
        rubbish = []
        for entry in entries:
            if entry.sort is ObjectKind.FOREIGN:
                cleared.foreign += 1
            elif entry.sort is ObjectKind.ARTIFACT and entry.name in known:
                cleared.kept += 1
            elif entry.sort is not ObjectKind.LEDGER:
                rubbish.append(entry)
        for start in range(0, len(rubbish), _BATCH):
            flash(f"gc: {start:,} of {len(rubbish):,} objects")
            _clear_batch(engine, inventory, rubbish[start : start + _BATCH], now, age, dry_run, cleared)
        flash("")
    return cleared


def _clear_batch(
    engine: Engine,
    inventory: Inventory,
    entries: list[StoredObject],
    now: float,
    age: float,
    dry_run: bool,
    cleared: GcSummary,
) -> None:
    """Remove those that nothing refers to, while no stage can complete.

    What a running stage has written, no row names before it is done: nothing goes that is as young as the oldest of
    them. If it gives what lies here for long, its write makes that young again.
    """
    names = [entry.name for entry in entries if entry.sort is ObjectKind.ARTIFACT]
    with unreferred(engine, names) as free:
        until = now - max(age, 0.0 if free.unsettled is None else free.unsettled + _SLACK)
        old = []
        for entry in entries:
            if entry.sort is ObjectKind.ARTIFACT and entry.name not in free.names:
                cleared.kept += 1
            elif entry.written > until:
                cleared.young += 1
            else:
                old.append(entry)
        for entry, gone in zip(old, _remove(inventory, old, until, dry_run), strict=True):
            if not gone:
                cleared.young += 1
                continue
            cleared.removed += 1
            cleared.bytes += entry.size
            cleared.objects.append({"path": entry.path, "bytes": entry.size, "age": round(now - entry.written, 3)})


def _remove(inventory: Inventory, entries: list[StoredObject], until: float, dry_run: bool) -> Iterator[bool]:
    if dry_run:
        yield from [True] * len(entries)
        return

    with ThreadPoolExecutor(_HANDS) as pool:
        yield from pool.map(lambda entry: inventory.remove(entry, until), entries)


def _held(held: Sequence[SweepStorage]) -> list[str]:
    """Return what holds the rest: the sweeps with the most bytes of their own, and how to be rid of them."""
    most = [one for one in held if one.own][:_SHOWN]
    if not most:
        return []
    lines = [f"  {one.sweep}: {size(one.bytes)}, of it {size(one.own)} its own" for one in most]
    return ["in use by:", *lines, f"to be rid of one: sweep rm {most[0].sweep}"]


def _lines(cleared: GcSummary, dry_run: bool) -> list[str]:
    word = "would remove" if dry_run else "removed"
    lines = [f"{word} {plural(cleared.removed, 'object')}, {size(cleared.bytes)}"]
    parts = [f"{cleared.kept:,} in use"]
    if cleared.young:
        parts.append(f"{cleared.young:,} too young")
    if cleared.foreign:
        parts.append(f"{cleared.foreign:,} not ours")
    return [*lines, f"left alone: {', '.join(parts)}"]
