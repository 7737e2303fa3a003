"""How far an upload and a download are, as the kernel counts them: against a server that takes and gives slowly."""

import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.request import urlopen

import pytest

from prunesweep.core.artifacts.store import ArtifactStore
from prunesweep.core.importing import hub
from prunesweep.core.traffic import Traffic, followed

SIZE = 40_000_000
PIECE = 2_000_000


class Slow(BaseHTTPRequestHandler):
    """Takes a PUT and answers a GET in pieces, with a rest after each."""

    protocol_version = "HTTP/1.1"

    def do_PUT(self) -> None:
        left = int(self.headers["Content-Length"])
        while left:
            left -= len(self.rfile.read(min(PIECE, left)))
            time.sleep(0.05)
        self.send_response(200)
        self.send_header("ETag", '"1"')
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", str(SIZE))
        self.end_headers()
        for _ in range(SIZE // PIECE):
            self.wfile.write(bytes(PIECE))
            time.sleep(0.05)

    def log_message(self, format: str, *args: object) -> None:
        """Not a word."""


@pytest.fixture
def slow() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Slow)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_an_upload_says_how_far_it_is(slow: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "someone")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "hunter2")
    store = ArtifactStore.open(f"s3://bucket/x?endpoint={slow}&region=us-east-1", tmp_path)
    told: list[tuple[int, int]] = []
    assert store.put(bytes(SIZE), lambda done, total: told.append((done, total)))[1] == SIZE
    assert any(0 < done < SIZE for done, _ in told), told
    assert told == sorted(told) and {total for _, total in told} == {SIZE}


def test_a_download_says_how_much_has_come(slow: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever library reads it; nothing is said of what comes from a cache."""
    monkeypatch.setattr(hub, "followed", lambda act, report: followed(act, report, 0.05))

    def fetch() -> int:
        with urlopen(slow) as answer:
            return len(answer.read())

    told: list[tuple[int, int]] = []
    assert hub._reached("torchvision:x", fetch, lambda done, total: told.append((done, total)), SIZE) == SIZE
    assert any(0 < done < SIZE for done, _ in told), told
    assert told == sorted(told)
    before = len(told)
    assert (
        hub._reached("torchvision:x", lambda: time.sleep(0.2), lambda done, total: told.append((done, total)), SIZE)
        is None
    )
    assert len(told) == before


def test_what_it_raises_is_raised() -> None:
    seen: list[Traffic] = []
    nothing: dict[str, int] = {}
    with pytest.raises(KeyError, match="gone"):
        followed(lambda: nothing["gone"], seen.append)
    assert not seen, "it took no time"
