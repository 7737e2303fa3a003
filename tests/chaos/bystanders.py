"""Faults beside the work: programs that must end, or keep answering, while a sweep runs on undisturbed by them."""

import contextlib
import http.client
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.chaos import children
from tests.chaos.faults import Draw, Strike
from tests.chaos.scene import Scene

_PATIENCE = 90.0
"""Seconds for a program to start, answer or end, on a busy machine."""
_SOCKETS = 300
"""More than a dashboard lets in; fewer than the files that a process may open."""
_LONGEST_LOG = 16_384
_TOKEN = "a-token-of-22-letters."


@dataclass(frozen=True)
class UselessDevice:
    """Somebody starts a worker on a GPU that is not there: it says so in one line, and takes no work."""

    name: str = "useless device"

    def strike(self, scene: Scene, draw: Draw) -> Strike | None:
        return _beside(scene, draw, self.name, _refuses_the_device)


@dataclass(frozen=True)
class IdleSockets:
    """Sockets that say nothing crowd a dashboard: whoever has its token is answered, and no log fills a disk."""

    name: str = "idle sockets"

    def strike(self, scene: Scene, draw: Draw) -> Strike | None:
        return _beside(scene, draw, self.name, _answers_in_a_crowd)


def _beside(scene: Scene, draw: Draw, name: str, check: Callable[[Scene, Path], str]) -> Strike:
    """Run `check` in a thread of its own; the fault is over when it has ended. It returns what was wrong, or ''."""
    strike = Strike(draw.number, name, time.time(), 0, (), direct=False)
    log = scene.cluster.home / f"beside-{draw.number}.log"

    def look() -> None:
        try:
            wrong = check(scene, log)
        except Exception as error:  # the harness's own trouble is a broken promise as well
            wrong = f"{type(error).__name__}: {error}"
        if wrong:
            scene.broken.append(f"{name} (fault {draw.number}): {wrong}")

    thread = threading.Thread(target=look, daemon=True)
    thread.start()

    def over() -> bool:
        if thread.is_alive():
            return False
        strike.until = time.time()
        return True

    scene.later(0.0, over)
    return strike


def _refuses_the_device(scene: Scene, log: Path) -> str:
    command = [sys.executable, "-m", "prunesweep.worker", "--devices", "cuda:0"]
    process = children.start(command, scene.cluster.home, log, scene.cluster.env)
    try:
        code = process.wait(_PATIENCE)
    except subprocess.TimeoutExpired:
        return f"still there after {_PATIENCE:.0f} s"
    finally:
        children.end(process)
    lines = log.read_text().strip().splitlines()
    return "" if code == 2 and len(lines) == 1 and "no such GPU" in lines[0] else f"exit {code}: {lines[-1:]}"


def _answers_in_a_crowd(scene: Scene, log: Path) -> str:
    command = [sys.executable, "-m", "prunesweep", "dashboard", "--port", "0"]
    env = {**scene.cluster.env, "SWEEP_DASHBOARD_TOKEN": _TOKEN}
    process = children.start(command, scene.cluster.home, log, env)
    try:
        port = _port(process, log)
        if port is None:
            # No page without a ledger: it was away just now.
            return "" if process.poll() == 2 else f"no address within {_PATIENCE:.0f} s"
        with _crowd(port):
            status = _ask(port)
    finally:
        children.end(process)
    if status not in (200, 503):
        return f"answered {status}"
    return "" if log.stat().st_size < _LONGEST_LOG else f"a log of {log.stat().st_size} bytes"


def _port(process: "subprocess.Popen[bytes]", log: Path) -> int | None:
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline and process.poll() is None:
        if found := re.search(r"http://127\.0\.0\.1:(\d+)", log.read_text()):
            return int(found[1])
        time.sleep(0.1)
    return None


@contextlib.contextmanager
def _crowd(port: int) -> Iterator[None]:
    with contextlib.ExitStack() as stack:
        for _ in range(_SOCKETS):
            with contextlib.suppress(OSError):  # refused: that is its right
                stack.enter_context(socket.create_connection(("127.0.0.1", port), 10))
        yield


def _ask(port: int) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=_PATIENCE)
    try:
        connection.request("GET", "/", headers={"Authorization": f"Bearer {_TOKEN}"})
        return connection.getresponse().status
    finally:
        connection.close()
