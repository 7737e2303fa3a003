"""`sweep gc`: what goes, what stays, and that nothing goes that a row refers to."""

import json
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from prunesweep.core.artifacts.store import ArtifactStore
from prunesweep.core.errors import UserError
from prunesweep.core.ledger.db.identity import ledger_id
from prunesweep.core.ledger.queue.checkpoints import record_snapshot
from prunesweep.core.ledger.queue.claims import claim
from prunesweep.core.ledger.queue.outcome import complete, release
from prunesweep.core.ledger.queue.reaper import due
from prunesweep.orchestrator.cli.commands.gc import parse_age

Sweep = Callable[..., Any]
DAY = 86_400


@pytest.fixture
def store(home: Path) -> ArtifactStore:
    return ArtifactStore.open("", home)


def file_of(home: Path, name: str) -> Path:
    return home / "artifacts" / "sha256" / name[:2] / name


def put(store: ArtifactStore, home: Path, data: bytes, age: float = 2 * DAY) -> str:
    """An artifact that was written `age` seconds ago."""
    name, _ = store.put(data)
    make_old(file_of(home, name), age)
    return name


def make_old(file: Path, age: float) -> None:
    stamp = file.stat().st_mtime - age
    os.utime(file, (stamp, stamp))


def running(ledger: Engine, digest: str | None = None) -> tuple[str, int]:
    digest = digest or due(ledger, "cpu", 1, 0.0)[0]
    held = claim(ledger, digest, "host:1", "cpu", "cpu", 60.0)
    assert held is not None
    return digest, held.attempt


def finish(ledger: Engine, digest: str, attempt: int, artifact: str) -> None:
    facts: dict[str, Any] = {"train_seconds": 0.0, "summary": {}, "result": {}, "log": ""}
    done = complete(ledger, digest, attempt, artifact=artifact, artifact_bytes=1, **facts)
    assert done is not None


def test_only_old_objects_that_no_row_refers_to_go(
    sweep: Sweep, ledger: Engine, store: ArtifactStore, home: Path
) -> None:
    sweep("submit", "--grid", "demo", "--seeds", "0,1")
    used, saved = put(store, home, b"used"), put(store, home, b"saved")
    old, young = put(store, home, b"old"), put(store, home, b"young", DAY / 2)
    finish(ledger, *running(ledger), artifact=used)
    digest, attempt = running(ledger)
    record_snapshot(ledger, digest, attempt, artifact=saved, artifact_bytes=5, epoch=1, step=0)
    release(ledger, digest, attempt, "stopping")
    (home / "artifacts" / "notes.txt").write_text("mine")
    half = file_of(home, used).with_name(f"{used}#1")
    half.write_bytes(b"half")
    make_old(half, 2 * DAY)
    make_old(home / "artifacts" / "notes.txt", 2 * DAY)

    planned = sweep("gc", "--dry-run")
    assert planned.out == "would remove 2 objects, 7 B\nleft alone: 2 in use, 1 too young, 1 not ours\n"
    assert not store.ledgers()
    listed = json.loads(sweep("gc", "--dry-run", "--json").out)
    assert {entry["path"].rpartition("/")[2] for entry in listed["objects"]} == {old, f"{used}#1"}
    assert (listed["removed"], listed["bytes"], listed["dry_run"], listed["older_than"]) == (2, 7, True, DAY)
    assert store.exists(old)
    assert half.exists()

    assert sweep("gc").out == planned.out.replace("would remove", "removed")
    assert not store.exists(old)
    assert not half.exists()
    assert all(store.exists(name) for name in (used, saved, young))
    assert store.ledgers() == {ledger_id(ledger)}
    assert sweep("gc", "--older-than", "6h").out.startswith("removed 1 object, 5 B\n")
    assert (home / "artifacts" / "notes.txt").read_text() == "mine"
    assert sweep("gc", "--older-than", "0").out == "removed 0 objects, 0 B\nleft alone: 2 in use, 1 not ours\n"


def test_what_running_stages_have_written_stays(sweep: Sweep, ledger: Engine, store: ArtifactStore, home: Path) -> None:
    """Its row names it only when the stage is done; bytes that lay here for long count as written now."""
    sweep("submit", "--grid", "demo")
    old = put(store, home, b"what the stage will give", 9 * DAY)
    other = put(store, home, b"old", DAY)
    digest, attempt = running(ledger)
    new, _ = store.put(b"new")
    assert store.put(b"what the stage will give")[0] == old
    assert sweep("gc", "--older-than", "0").out == "removed 1 object, 3 B\nleft alone: 0 in use, 2 too young\n"
    assert not store.exists(other)
    finish(ledger, digest, attempt, old)
    assert sweep("gc", "--older-than", "0").out == "removed 1 object, 3 B\nleft alone: 1 in use\n"
    assert store.exists(old)
    assert not store.exists(new)


def test_stages_that_complete_meanwhile_lose_nothing(
    sweep: Sweep, ledger: Engine, store: ArtifactStore, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the listing and the removal: rows that appear are seen, writes that renew an object are seen."""
    from prunesweep.core.artifacts.inventory import Inventory
    from prunesweep.core.ledger.queries import references

    sweep("submit", "--grid", "demo", "--seeds", "0,1")
    first, second = put(store, home, b"first"), put(store, home, b"second")
    held = [running(ledger), running(ledger)]
    list_, look = Inventory.entries, references.referred

    def entries(self: Inventory) -> Any:
        yield from list_(self)
        finish(ledger, *held[0], artifact=first)  # after the listing, before the rows are read

    def referred(engine: Engine) -> Any:
        found = look(engine)
        store.put(b"second")
        finish(ledger, *held[1], artifact=second)  # after the rows were read
        return found

    monkeypatch.setattr(Inventory, "entries", entries)
    monkeypatch.setattr("prunesweep.orchestrator.cli.commands.gc.referred", referred)
    assert sweep("gc", "--older-than", "0").out == "removed 0 objects, 0 B\nleft alone: 2 in use\n"
    assert store.get(first) == b"first"
    assert store.get(second) == b"second"


def test_many_stages_complete_while_gc_runs_again_and_again(
    sweep: Sweep, ledger: Engine, store: ArtifactStore, home: Path
) -> None:
    sweep("submit", "--grid", "demo", "--seeds", ",".join(map(str, range(12))))
    for number in range(12):
        put(store, home, f"artifact {number}".encode(), 9 * DAY)
    made: list[str] = []
    dense = due(ledger, "cpu", 12, 0.0)  # nothing else is ready yet

    def work() -> None:
        for number in range(12):
            digest, attempt = running(ledger, dense[number])
            name, _ = store.put(f"artifact {number}".encode())
            finish(ledger, digest, attempt, name)
            made.append(name)

    worker = threading.Thread(target=work)
    worker.start()
    while worker.is_alive():
        assert sweep("gc", "--older-than", "0").code == 0
    worker.join()
    assert len(made) == 12
    assert all(store.exists(name) for name in made)


def test_a_store_of_several_ledgers_is_left_alone(
    sweep: Sweep, ledger: Engine, store: ArtifactStore, home: Path
) -> None:
    old = put(store, home, b"another's")
    store.sign_in("f" * 32)
    refused = sweep("gc")
    assert refused.code == 2
    where = (home / "artifacts").as_uri()
    assert refused.complaint == (
        f"sweep: SWEEP_ARTIFACTS_URL '{where}': ledger ffffffffffff uses it too; "
        "give each ledger its own store, or, if that one is gone, add --even-if-shared"
    )
    assert store.exists(old)
    assert store.ledgers() == {"f" * 32}
    assert sweep("gc", "--even-if-shared").out.startswith("removed 1 object")
    store.sign_in("e" * 32)
    assert "2 other ledgers use it too; " in sweep("gc", "--dry-run").complaint


@pytest.mark.parametrize(
    ("text", "seconds"), [("0", 0), ("0h", 0), ("90s", 90), ("30m", 1800), ("24h", DAY), ("2d", 2 * DAY)]
)
def test_ages(text: str, seconds: float) -> None:
    assert parse_age(text) == seconds


@pytest.mark.parametrize("text", ["", "5", "-1h", "1.5h", "h", "1w", "1 h", "٣h", "1h30m", "9999999d", "nan"])
def test_ages_that_are_none(sweep: Sweep, home: Path, text: str) -> None:
    with pytest.raises(UserError, match="older-than"):
        parse_age(text)
    ran = sweep("gc", f"--older-than={text}")
    assert ran.code == 2
    assert "give a whole number and a unit, e.g. 30m, 24h or 2d; or 0" in ran.complaint
    assert not home.exists()


def test_no_ledger_no_gc(sweep: Sweep, home: Path) -> None:
    ran = sweep("gc")
    assert (ran.code, home.exists()) == (2, False)
    assert ran.complaint.endswith("no ledger yet; run: sweep submit")
