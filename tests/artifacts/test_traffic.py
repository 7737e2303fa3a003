"""How far an upload and a download are, as the kernel counts them: against a server that stops in the middle until a
report was made."""

import socket
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.request import urlopen

import pytest

from prunesweep.core.answer_time import answered_in_time
from prunesweep.core.artifacts.location import RetryLimits
from prunesweep.core.artifacts.store import ArtifactStore, StoreAway
from prunesweep.core.errors import UserError
from prunesweep.core.importing import hub
from prunesweep.core.traffic import Traffic, followed

SIZE = 40_000_000
PIECE = 2_000_000
BUFFER = 1_000_000
"""What the server's kernel takes in before the server reads, in bytes: some kernels take more than SIZE."""
PATIENCE = 60.0


class Halting(ThreadingHTTPServer):
    """Takes a PUT and answers a GET, and rests after the half of it until `reported`."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler, bind_and_activate=False)
        self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)  # its connections inherit it
        self.server_bind()
        self.server_activate()
        self.told: list[tuple[int, int]] = []
        self.puts = 0
        self._reported = threading.Event()

    def report(self, done: int, total: int) -> None:
        self.told.append((done, total))
        if done > 0:
            self._reported.set()

    def rest(self) -> None:
        assert self._reported.wait(PATIENCE), "no report came"


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Halting

    def do_PUT(self) -> None:
        self.server.puts += 1
        left = int(self.headers["Content-Length"])
        while left:
            left -= len(self.rfile.read(min(PIECE, left)))
            if left == SIZE // 2:
                self.server.rest()
        self.send_response(200)
        self.send_header("ETag", '"1"')
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(SIZE))
        self.end_headers()
        for k in range(SIZE // PIECE):
            if k == SIZE // PIECE // 2:
                self.server.rest()
            self.wfile.write(bytes(PIECE))

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing."""


@pytest.fixture
def halting() -> Iterator[Halting]:
    with Halting() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def _address(server: Halting) -> str:
    return f"http://127.0.0.1:{server.server_port}"


def test_an_upload_says_how_far_it_is(halting: Halting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "someone")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hunter2")
    store = ArtifactStore.open(f"s3://bucket/x?endpoint={_address(halting)}&region=us-east-1", tmp_path)
    told = halting.told
    assert store.put(bytes(SIZE), halting.report)[1] == SIZE
    assert any(0 < done < SIZE for done, _ in told), told
    assert told == sorted(told) and {total for _, total in told} == {SIZE}


def test_a_download_says_how_much_has_come(halting: Halting, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever library reads it; nothing is said of what comes from a cache."""
    monkeypatch.setattr(hub, "followed", lambda act, report: followed(act, report, 0.05))

    def fetch() -> int:
        with urlopen(_address(halting)) as answer:
            return len(answer.read())

    told = halting.told
    assert hub._reached("torchvision:x", fetch, halting.report, SIZE) == SIZE
    assert any(0 < done < SIZE for done, _ in told), told
    assert told == sorted(told)
    before = len(told)
    assert hub._reached("torchvision:x", lambda: time.sleep(0.2), halting.report, SIZE) is None
    assert len(told) == before


def test_a_server_that_says_nothing_more_is_given_up(
    halting: Halting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "someone")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hunter2")
    limits = RetryLimits(connect=60, request=600, total=0, read=0.2)
    store = ArtifactStore.open(f"s3://bucket/x?endpoint={_address(halting)}&region=us-east-1", tmp_path, limits)
    with pytest.raises(StoreAway, match="cannot read the artifact store"):
        store.get("0" * 64)
    monkeypatch.setattr(hub, "answered_in_time", lambda: answered_in_time(0.2))

    def fetch() -> int:
        with urlopen(_address(halting)) as answer:
            return len(answer.read())

    with pytest.raises(UserError, match=r"timed out.*; try again when the network is there"):
        hub._reached("torchvision:x", fetch, lambda done, total: None, SIZE)
    # What is sent takes as long as it takes: the server says nothing before it has all.
    threading.Timer(0.5, halting.report, (1, SIZE)).start()
    assert store.put(bytes(SIZE))[1] == SIZE
    assert halting.puts == 1


def test_what_it_raises_is_raised() -> None:
    seen: list[Traffic] = []
    nothing: dict[str, int] = {}
    with pytest.raises(KeyError, match="gone"):
        followed(lambda: nothing["gone"], seen.append)
    assert not seen, "it took no time"
