"""What lies in a store, on a local folder and on S3."""

import os
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import obstore
import pytest

from prunesweep.core.artifacts.inventory import ObjectKind, StoredObject, sort_of
from prunesweep.core.artifacts.location import RetryLimits, connect
from prunesweep.core.artifacts.store import ArtifactStore, StoreAway
from prunesweep.orchestrator.serving.store import BUCKET, StoreKey, find_rclone, server

NAME = "ab" + "0" * 62
Put = Callable[[str, bytes], None]


@pytest.mark.parametrize(
    ("path", "sort"),
    [
        (f"sha256/ab/{NAME}", ObjectKind.ARTIFACT),
        (f"sha256/ab/{NAME}#1", ObjectKind.LEFTOVER),
        (f"sha256/ab/{NAME}#", ObjectKind.FOREIGN),
        (f"sha256/ab/{NAME}\n", ObjectKind.FOREIGN),
        (f"sha256/ab/{NAME}.bak", ObjectKind.FOREIGN),
        (f"sha256/ab/{NAME.upper()}", ObjectKind.FOREIGN),
        (f"sha256/00/{NAME}", ObjectKind.FOREIGN),
        (f"deep/sha256/ab/{NAME}", ObjectKind.FOREIGN),
        (f"sha256/{NAME}", ObjectKind.FOREIGN),
        ("probe/0123456789abcdef", ObjectKind.LEFTOVER),
        ("probe/0123456789abcdef#12", ObjectKind.LEFTOVER),
        ("probe/readme", ObjectKind.FOREIGN),
        ("ledgers/" + "0" * 32, ObjectKind.LEDGER),
        ("ledgers/" + "0" * 32 + "#3", ObjectKind.LEFTOVER),
        ("ledgers/readme", ObjectKind.FOREIGN),
        ("notes.txt#1", ObjectKind.FOREIGN),
        ("sha256/ab/.rclone_temp_put_8e1cd812-88da-4a6c-985e-d13e5119da6a", ObjectKind.LEFTOVER),
        ("sha256/ab/.rclone_temp_put_8e1cd812-88da-4a6c-985e-d13e5119da6a#7", ObjectKind.LEFTOVER),
        (".rclone_temp_multipart_1", ObjectKind.LEFTOVER),
        ("ledgers/.rclone_temp_put_1", ObjectKind.LEFTOVER),
        ("mine/.rclone_temp_put_1", ObjectKind.FOREIGN),
        (f"sha256/ab/{NAME}.0a1b2c3d.partial", ObjectKind.LEFTOVER),
        (f"sha256/ab/.{NAME}.Xy12Zq", ObjectKind.LEFTOVER),
        (f"sha256/ab/.{NAME}.Xy12Zq#3", ObjectKind.LEFTOVER),
        ("sha256/ab/notes.0a1b2c3d.partial", ObjectKind.FOREIGN),
        (f"sha256/ab/.{NAME}", ObjectKind.FOREIGN),
        ("", ObjectKind.FOREIGN),
    ],
)
def test_only_what_we_write_is_ours(path: str, sort: ObjectKind) -> None:
    assert sort_of(path) is sort


@pytest.fixture(params=["local", "s3"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> tuple[ArtifactStore, Put]:
    """A store, and a way to put any object into it."""
    url = ""
    if request.param == "s3":
        url = request.getfixturevalue("s3").url(f"inventory-{tmp_path.name}")
    store = ArtifactStore.open(url, tmp_path)
    backend, _ = connect(url or (tmp_path / "artifacts").as_uri(), RetryLimits(2, 10, 5))
    return store, lambda path, data: obstore.put(backend, path, data) and None


def test_everything_is_listed_and_only_old_artifacts_are_removed(place: tuple[ArtifactStore, Put]) -> None:
    store, put = place
    name, _ = store.put(b"one")
    store.sign_in("0" * 32)
    put("notes.txt", b"mine")
    put("probe/0123456789abcdef", b"")
    half = f"sha256/{name[:2]}/.rclone_temp_put_1"
    put(half, b"ha")
    with store.inventory() as inventory:
        now = inventory.now()
        entries = {entry.path: entry for entry in inventory.entries()}
        assert {path: (entry.sort, entry.size) for path, entry in entries.items()} == {
            f"sha256/{name[:2]}/{name}": (ObjectKind.ARTIFACT, 3),
            "ledgers/" + "0" * 32: (ObjectKind.LEDGER, 18),
            "notes.txt": (ObjectKind.FOREIGN, 4),
            "probe/0123456789abcdef": (ObjectKind.LEFTOVER, 0),
            half: (ObjectKind.LEFTOVER, 2),
        }
        assert all(abs(entry.written - now) < 60 for entry in entries.values())
        artifact = entries[f"sha256/{name[:2]}/{name}"]
        assert not inventory.remove(artifact, artifact.written - 60)
        assert store.exists(name)
        assert inventory.remove(artifact, now + 60)
        assert not inventory.remove(artifact, now + 60)
        assert not inventory.remove(entries[half], now - 3600)
        assert all(inventory.remove(entries[path], now + 60) for path in ("probe/0123456789abcdef", half))
        for path in ("notes.txt", "ledgers/" + "0" * 32):
            with pytest.raises(ValueError, match="not to be removed"):
                inventory.remove(entries[path], now + 60)
        assert {entry.path for entry in inventory.entries()} == {"notes.txt", "ledgers/" + "0" * 32}
    assert not store.exists(name)


def test_written_again_since_it_was_listed_is_young(tmp_path: Path) -> None:
    store = ArtifactStore.open("", tmp_path)
    name, _ = store.put(b"x")
    os.utime(tmp_path / "artifacts" / "sha256" / name[:2] / name, (1, 1))
    with store.inventory() as inventory:
        [entry] = inventory.entries()
        assert entry.written == 1
        store.put(b"x")
        assert not inventory.remove(entry, inventory.now() - 3600)
    assert store.exists(name)


def test_files_that_the_client_does_not_see(tmp_path: Path) -> None:
    store = ArtifactStore.open("", tmp_path)
    name, _ = store.put(b"x")
    folder = tmp_path / "artifacts"
    unfinished = folder / "sha256" / name[:2] / f"{name}#1"
    unfinished.write_bytes(b"half")
    (folder / "new\nline").touch()
    (folder / os.fsdecode(b"\xff")).touch()
    (folder / "dead").symlink_to("nowhere")
    with store.inventory() as inventory:
        found = {entry.path: entry for entry in inventory.entries()}
        left = found.pop(f"sha256/{name[:2]}/{name}#1")
        assert left.sort is ObjectKind.LEFTOVER
        assert {entry.sort for entry in found.values()} == {ObjectKind.ARTIFACT, ObjectKind.FOREIGN}
        assert inventory.remove(left, inventory.now() + 60)
    assert not unfinished.exists()
    assert not (folder / "probe").exists()


def test_what_a_killed_server_leaves_is_collected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """rclone's S3 server, as `sweep serve` starts it, dies within an upload."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "0" * 16)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "1" * 48)
    folder = tmp_path / "artifacts"
    folder.mkdir()
    with served(tmp_path, StoreKey("0" * 16, "1" * 48)) as (url, process):
        store = ArtifactStore.open(url, tmp_path, RetryLimits(2, 60, 1))
        name, _ = store.put(b"whole")
        threading.Thread(target=kill_at_first_byte, args=(folder, process), daemon=True).start()
        with pytest.raises(StoreAway):
            store.put(bytes(64_000_000))
    (left,) = folder.rglob(".rclone_temp_*")
    place = ArtifactStore.open("", tmp_path)  # as the serving host's `sweep gc` has it; the server hides the file
    with place.inventory() as inventory:
        entries = {entry.path: entry for entry in inventory.entries()}
        entry = entries.pop(left.relative_to(folder).as_posix())
        assert (entry.sort, [one.sort for one in entries.values()]) == (ObjectKind.LEFTOVER, [ObjectKind.ARTIFACT])
        assert not inventory.remove(entry, entry.written - 60), "too young"
        assert inventory.remove(entry, inventory.now() + 60)
    assert not left.exists()
    assert place.get(name) == b"whole"


@contextmanager
def served(home: Path, key: StoreKey) -> Iterator[tuple[str, "subprocess.Popen[bytes]"]]:
    """The server over the home's artifacts, on a port instead of a socket: its URL and its process."""
    (home / "serving").mkdir(exist_ok=True)
    child = server(find_rclone(), home, home / "serving", key)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{probe.getsockname()[1]}"
    command = [address if part.startswith("unix://") else part for part in child.command]
    with subprocess.Popen(command, env=dict(child.environ), stderr=subprocess.DEVNULL) as process:
        try:
            url = f"s3://{BUCKET}?endpoint=http://{address}&region=us-east-1"
            ArtifactStore.open(url, home, RetryLimits(5, 60, 60)).exists(NAME)  # waits until it answers
            yield url, process
        finally:
            process.kill()


def kill_at_first_byte(folder: Path, process: "subprocess.Popen[bytes]") -> None:
    while not any(file.stat().st_size for file in folder.rglob(".rclone_temp_*")):
        time.sleep(0.001)
    process.kill()


def test_a_store_that_is_away_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "someone")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hunter2")
    url = "s3://bucket/x?endpoint=http://127.0.0.1:1&region=us-east-1"
    store = ArtifactStore.open(url, tmp_path, RetryLimits(connect=1, request=1, total=0))
    with (
        pytest.raises(StoreAway, match="cannot clear away in the artifact store s3://bucket/x"),
        store.inventory() as inventory,
    ):
        list(inventory.entries())
    with pytest.raises(StoreAway, match="cannot read"):
        store.ledgers()


def test_an_entry_knows_its_artifact() -> None:
    assert StoredObject(f"sha256/ab/{NAME}", 1, 0.0).name == NAME
