"""The store of a served home: rclone as `sweep serve` starts it, and what becomes of one that was killed."""

import signal
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from prunesweep.core.artifacts.inventory import key
from prunesweep.core.artifacts.location import PERSON
from prunesweep.core.artifacts.store import ArtifactStore
from prunesweep.core.errors import UserError
from prunesweep.core.private import make_private
from prunesweep.orchestrator.serving import store
from prunesweep.orchestrator.serving.child import Child

_LISTENS = """
import socket, sys, time
listening = socket.socket(socket.AF_UNIX)
listening.bind(sys.argv[1])
listening.listen()
time.sleep(600)
"""


def _answers(place: Path | tuple[str, int]) -> bool:
    unix = isinstance(place, Path)
    with socket.socket(socket.AF_UNIX if unix else socket.AF_INET) as asking:
        return asking.connect_ex(str(place) if unix else place) == 0


def _until_it_answers(place: Path) -> None:
    deadline = time.monotonic() + 60
    while not _answers(place):
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_server_that_was_killed_comes_back_although_its_socket_is_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    place = tmp_path / "s"
    (tmp_path / "log").write_text("said by an earlier one\n")
    command = [sys.executable, "-I", "-S", "-c", _LISTENS, str(place)]
    child = Child("the store's server", command, {}, tmp_path / "log", leftover=place)
    child.start(lambda: _answers(place))
    try:
        process = child._process
        assert process is not None
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert place.exists() and not _answers(place)
        child.ensure()
        assert "has ended (it printed nothing); starting it again" in capsys.readouterr().err
        _until_it_answers(place)
    finally:
        child.stop()


@pytest.fixture
def served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[ArtifactStore, Path]]:
    """The store as a machine that joined has it, and its folder on the host."""
    try:
        rclone = store.find_rclone()
    except UserError:
        pytest.skip("no rclone here")
    folder = tmp_path / "serve"
    make_private(folder)
    make_private(tmp_path / "artifacts")
    key_of_home = store.store_key(folder)
    child = store.server(rclone, tmp_path, folder, key_of_home)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    unix = child.command[child.command.index("--addr") + 1]
    tcp = [part if part != unix else f"127.0.0.1:{port}" for part in child.command]
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", key_of_home.id)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", key_of_home.secret)
    monkeypatch.setenv("AWS_ALLOW_HTTP", "true")
    running = Child(child.name, tcp, child.environ, child.log)
    running.start(lambda: _answers(("127.0.0.1", port)))
    try:
        url = f"s3://artifacts?endpoint=http://127.0.0.1:{port}&region=us-east-1&late={store.LATE}"
        yield ArtifactStore.open(url, tmp_path, PERSON), tmp_path / "artifacts"
    finally:
        running.stop()


def test_it_takes_many_objects_and_finds_what_the_host_writes(served: tuple[ArtifactStore, Path]) -> None:
    joined, folder = served
    here = ArtifactStore.open(folder.as_uri(), folder.parent)
    for number in range(40):
        joined.check_room(10)
        name, _ = joined.put(b"joined %d" % number)
        assert here.get(name) == b"joined %d" % number
    # A name whose folder the server has listed just now: it holds the list for a moment.
    by_folder = {name[:2]: name for name in (here.put(b"host %d" % number)[0] for number in range(3))}
    for name in by_folder.values():
        assert joined.get(name) == here.get(name)
    assert (folder / key(name)).is_file()
