"""The store on a local folder, and the URLs that it takes."""

import errno
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from obstore.exceptions import GenericError
from obstore.store import MemoryStore

from prunesweep.core.artifacts import store as store_module
from prunesweep.core.artifacts.inventory import key
from prunesweep.core.artifacts.store import ArtifactStore, StoreAway
from prunesweep.core.errors import StageError, UserError


@hypothesis_settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=5000))
def test_what_goes_in_comes_out(tmp_path: Path, data: bytes) -> None:
    store = ArtifactStore.open("", tmp_path)
    name, size = store.put(data)
    assert (name, size) == (sha256(data).hexdigest(), len(data))
    assert store.get(name) == data
    assert store.size(name) == len(data)


def test_default_folder_and_layout(tmp_path: Path) -> None:
    name, _ = ArtifactStore.open("", tmp_path / "a b%20ü").put(b"x")
    assert (tmp_path / "a b%20ü" / "artifacts" / "sha256" / name[:2] / name).read_bytes() == b"x"


def test_file_url(tmp_path: Path) -> None:
    name, _ = ArtifactStore.open(f"file://{tmp_path}/deep/er", tmp_path / "home").put(b"x")
    assert (tmp_path / "deep" / "er" / "sha256" / name[:2] / name).read_bytes() == b"x"
    assert not (tmp_path / "home").exists()


def test_two_writers_of_one_artifact(tmp_path: Path) -> None:
    data = os.urandom(3_000_000)
    stores = [ArtifactStore.open("", tmp_path) for _ in range(4)]
    with ThreadPoolExecutor(4) as pool:
        names = set(pool.map(lambda store: store.put(data), stores * 3))
    ((name, _),) = names
    assert stores[0].get(name) == data
    files = [path for path in (tmp_path / "artifacts").rglob("*") if path.is_file()]
    assert [path.name for path in files] == [name]


def test_storing_it_again_makes_it_young_and_keeps_the_file(tmp_path: Path) -> None:
    store = ArtifactStore.open("", tmp_path)
    name, _ = store.put(b"x")
    file = tmp_path / "artifacts" / "sha256" / name[:2] / name
    os.utime(file, (1, 1))
    before = file.stat()
    store.put(b"x")
    assert file.stat().st_mtime > before.st_mtime
    assert file.stat().st_ino == before.st_ino


def test_ledgers_sign_in_once_each(tmp_path: Path) -> None:
    store = ArtifactStore.open("", tmp_path)
    assert store.ledgers() == frozenset()
    for ledger in ("a" * 32, "b" * 32, "a" * 32):
        store.sign_in(ledger)
    (tmp_path / "artifacts" / "ledgers" / "readme").touch()
    assert store.ledgers() == {"a" * 32, "b" * 32}
    with pytest.raises(ValueError, match="not a ledger's name"):
        store.sign_in("../x")


FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from prunesweep.core.artifacts.store import ArtifactStore, StoreAway
store = ArtifactStore.open("", Path(sys.argv[1]))
old, _ = store.put(b"old")
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    store.put(b"x" * 1_000_000)
except StoreAway as error:
    print(error)
assert store.get(old) == b"old"
assert store.put(b"small enough")[1] == 12
"""


def test_a_full_disk_leaves_nothing_half_written(tmp_path: Path) -> None:
    """The limit on a file's size fails a write in its middle, as a full disk does."""
    ran = subprocess.run([sys.executable, "-c", FULL_DISK, tmp_path], check=True, capture_output=True, text=True)
    where = (tmp_path / "artifacts").as_uri()
    assert ran.stdout.startswith(f"cannot write the artifact store {where}: ")
    assert "File too large" in ran.stdout
    assert len(ran.stdout.splitlines()) == 1
    names = {sha256(data).hexdigest() for data in (b"old", b"small enough")}
    files = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert {path.name for path in files} == names
    assert all(list(path.parent.iterdir()) == [path] for path in files)


def test_a_disk_that_takes_nothing_for_good_is_a_store_that_is_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Some disks say that they are full only when asked to keep what was written."""

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    store = ArtifactStore.open("", tmp_path)
    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(StoreAway, match=r"cannot write the artifact store file://.*: .*No space left on device"):
        store.put(b"x")
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


@pytest.mark.parametrize("damage", [b"", b"go", b"evil", b"good and more"])
def test_wrong_hash_is_refused_then_replaced_by_a_new_put(tmp_path: Path, damage: bytes) -> None:
    store = ArtifactStore.open("", tmp_path)
    name, _ = store.put(b"good")
    (tmp_path / "artifacts" / "sha256" / name[:2] / name).write_bytes(damage)
    with pytest.raises(StageError, match=f"artifact {name[:12]} has a wrong hash"):
        store.get(name)
    assert store.put(b"good") == (name, 4)
    assert store.get(name) == b"good"


def test_missing_artifact(tmp_path: Path) -> None:
    store = ArtifactStore.open("", tmp_path)
    with pytest.raises(StageError, match="artifact 000000000000 is not in the store"):
        store.get("0" * 64)
    assert store.size("0" * 64) is None
    assert not store.exists("0" * 64)


def test_a_folder_that_is_not_mounted_is_a_store_that_is_away(tmp_path: Path) -> None:
    folder = tmp_path / "share"
    store = ArtifactStore.open(folder.as_uri(), tmp_path)
    name, _ = store.put(b"weights")
    shutil.move(folder, tmp_path / "elsewhere")
    for act in (lambda: store.get(name), lambda: store.exists(name), lambda: store.put(b"more"), store.ledgers):
        with pytest.raises(StoreAway, match=r"share is not there; mount it"):
            act()
    assert not folder.exists()
    shutil.move(tmp_path / "elsewhere", folder)
    assert store.get(name) == b"weights"


def test_check_leaves_nothing_behind(tmp_path: Path) -> None:
    store = ArtifactStore.open("", tmp_path)
    assert store.check() == (tmp_path / "artifacts").as_uri()
    assert list(tmp_path.rglob("*")) == [tmp_path / "artifacts"]


def test_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "artifacts").write_text("a file")
    with pytest.raises(UserError, match=r"SWEEP_HOME '.*artifacts': cannot be made: Not a directory"):
        ArtifactStore.open("", tmp_path)


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("ftp://host/folder", "use file:///FOLDER, s3://BUCKET/PREFIX"),
        ("/data/artifacts", "use file:///FOLDER"),
        ("memory:///", "use file:///FOLDER"),
        ("s3://", "use file:///FOLDER"),
        ("s3://[", "use file:///FOLDER"),
        ("file://host/folder", "give an absolute folder"),
        ("s3://bucket/x?region=a&secret=abc", "unknown option 'secret'; known: endpoint, region"),
        ("gs://bucket/x?endpoint=a", "unknown option 'endpoint'; known: none"),
        ("s3://key:topsecret@bucket/x", "credentials belong in the environment"),
    ],
)
def test_urls_that_no_store_understands(url: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(UserError) as caught:
        ArtifactStore.open(url, tmp_path)
    message = str(caught.value)
    assert message.startswith("SWEEP_ARTIFACTS_URL")
    assert words in message
    assert "topsecret" not in message
    assert "abc" not in message


def test_server_that_is_away(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "someone")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hunter2")
    store = ArtifactStore.open("s3://bucket/x?endpoint=http://127.0.0.1:1&region=us-east-1", tmp_path)
    with pytest.raises(UserError) as caught:
        store.check()
    message = str(caught.value)
    assert "s3://bucket/x?endpoint=http://127.0.0.1:1" in message
    assert "cannot be used: " in message
    assert "\n" not in message
    assert "hunter2" not in message


@pytest.mark.parametrize(("query", "late"), [("&late=0.3", 0.3), ("", 0.0)])
def test_only_a_server_that_learns_late_is_asked_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, query: str, late: float
) -> None:
    """A store of objects knows what it has: asking it again would cost a wait for each that is missing."""
    objects, waits = MemoryStore(), []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        objects.put(key(name), data)

    monkeypatch.setattr(store_module, "connect", lambda *_: (objects, None))
    monkeypatch.setattr(store_module, "time", SimpleNamespace(sleep=wait))
    store, data = ArtifactStore.open(f"s3://bucket?endpoint=http://127.0.0.1:1{query}", tmp_path), b"weights"
    name = sha256(data).hexdigest()
    if late:
        assert store.get(name) == data
        objects.delete(key(name))
        assert store.size(name) == len(data)
    else:
        with pytest.raises(StageError, match="is not in the store"):
            store.get(name)
        assert not store.exists(name)
    assert waits == [late] * (2 if late else 0)


@pytest.mark.parametrize("late", ["soon", "-1", "nan", "61", ""])
def test_a_lateness_is_seconds(tmp_path: Path, late: str) -> None:
    with pytest.raises(UserError, match="late is a number of seconds from 0 to 60"):
        ArtifactStore.open(f"s3://bucket?endpoint=http://127.0.0.1:1&late={late}", tmp_path)


def test_signatures_in_addresses_are_not_shown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object, **options: object) -> None:
        raise GenericError("Error performing PUT https://host/x?sv=1&sig=hunter2 in 1 ms: 403\n\nDebug source: hunter2")

    store = ArtifactStore.open("", tmp_path)
    monkeypatch.setattr("obstore.put", refuse)
    with pytest.raises(UserError, match=r"PUT https://host/x\?\*\*\*: 403") as caught:
        store.check()
    assert "hunter2" not in str(caught.value)


def test_outage_is_worth_another_try(tmp_path: Path) -> None:
    """The worker tries again after an OSError, and fails the stage at once after a StageError."""
    store = ArtifactStore.open("", tmp_path)
    name, _ = store.put(b"x")
    file = tmp_path / "artifacts" / "sha256" / name[:2] / name
    file.unlink()
    file.mkdir()
    with pytest.raises(StoreAway) as caught:
        store.put(b"x")
    assert isinstance(caught.value, OSError)


def test_store_needs_no_torch(tmp_path: Path) -> None:
    code = f"""
import sys
sys.modules["torch"] = None
from pathlib import Path
from prunesweep.core.artifacts.store import ArtifactStore
store = ArtifactStore.open("", Path({str(tmp_path)!r}))
assert store.get(store.put(b"x")[0]) == b"x"
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_reading_says_how_far_it_is(tmp_path: Path) -> None:
    store = ArtifactStore.open("", tmp_path)
    data = bytes(range(256)) * 12_000
    name, size = store.put(data)
    told: list[tuple[int, int]] = []
    assert store.get(name, lambda done, total: told.append((done, total))) == data
    assert len(told) >= 2 and told == sorted(told)
    assert told[-1] == (size, size)
