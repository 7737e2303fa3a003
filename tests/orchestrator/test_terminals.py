"""`sweep run` and `sweep worker` on a real terminal that is closed, under nohup, and in the background."""

import json
import os
import pty
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.integration.conftest import TORCHLESS
from tests.support.digits import put_digits

Sweep = Callable[..., Any]
_SWEEP = [sys.executable, "-m", "prunesweep"]
_LONG = ["--grid=demo", "--width=2", "--dense-epochs=2000", "--epochs=0", "--sparsity=50", "--name=long"]
_SHORT = ["--grid=demo", "--width=2", "--dense-epochs=1", "--epochs=0", "--sparsity=50", "--iterations=2"]
_SHORT += ["--bench-device=none"]
_PATIENCE = 300.0

pytestmark = [pytest.mark.slow, pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")]


@pytest.fixture(autouse=True)
def _one_thread(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SWEEP_THREADS", "1")
    monkeypatch.setenv("SWEEP_HEARTBEAT_SECONDS", "0.5")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")


@pytest.fixture
def torchless(monkeypatch: pytest.MonkeyPatch) -> None:
    """Trainers report epochs, and train nothing."""
    monkeypatch.setenv("PYTHONPATH", TORCHLESS)


def _until(condition: Callable[[], Any]) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.3)  # to look costs 30 ms


def _counts(sweep: Sweep) -> dict[str, int]:
    return dict(json.loads(sweep("status", "long", "--json").out)["counts"])


def _on_terminal(words: list[str]) -> tuple[int, int]:
    """Starts a program as the leader of a new terminal; (process, our side of the terminal)."""
    process, terminal = pty.fork()
    if process == 0:
        # As in any new terminal; a test run under nohup would hand down that it is ignored.
        signal.signal(signal.SIGHUP, signal.SIG_DFL)
        os.execv(words[0], words)
    os.set_blocking(terminal, False)
    return process, terminal


def _read(terminal: int) -> None:
    """Takes what was printed, so that the program never waits for us."""
    with suppress(BlockingIOError, OSError):
        while os.read(terminal, 65536):
            pass


def _exit_code(process: int) -> int:
    status = 0

    def ended() -> bool:
        nonlocal status
        found, status = os.waitpid(process, os.WNOHANG)
        return found != 0

    _until(ended)
    return os.waitstatus_to_exitcode(status)


@pytest.mark.parametrize(
    ("command", "code"), [(["run", *_LONG], 130), (["worker", "--devices=cpu"], 0)], ids=["run", "worker"]
)
def test_a_closed_terminal_stops_in_order(sweep: Sweep, torchless: None, command: list[str], code: int) -> None:
    assert sweep("submit", *_LONG).code == 0
    process, terminal = _on_terminal([*_SWEEP, *command])

    def runs() -> bool:
        _read(terminal)
        return _counts(sweep)["RUNNING"] == 1

    try:
        _until(runs)
        os.close(terminal)
        assert _exit_code(process) == code
    finally:
        with suppress(ProcessLookupError):
            os.kill(process, signal.SIGKILL)
    counts = _counts(sweep)
    assert (counts["RUNNING"], counts["READY"], counts["FAILED"]) == (0, 1, 0), "handed back before it ended"


@pytest.mark.parametrize("command", [["run", *_LONG], ["worker", "--devices=cpu"]], ids=["run", "worker"])
def test_nohup_means_that_a_hangup_is_ignored(
    sweep: Sweep, torchless: None, command: list[str], tmp_path: Path
) -> None:
    assert sweep("submit", *_LONG).code == 0
    with (tmp_path / "out").open("wb") as out:
        started = subprocess.Popen(
            ["nohup", *_SWEEP, *command], stdin=subprocess.DEVNULL, stdout=out, stderr=out, process_group=0
        )
    try:
        _until(lambda: _counts(sweep)["RUNNING"] == 1)
        os.killpg(started.pid, signal.SIGHUP)
        before = [row["digest"] for row in json.loads(sweep("status", "long", "--json").out)["running"]]
        time.sleep(1.0)  # nothing must happen, which no event tells
        now = json.loads(sweep("status", "long", "--json").out)["running"]
        assert started.poll() is None and [row["digest"] for row in now] == before
        started.send_signal(signal.SIGTERM)
        assert started.wait(_PATIENCE) == (130 if command[0] == "run" else 0)
    finally:
        started.kill()
    assert _counts(sweep)["READY"] == 1


def test_a_detached_run_outlives_its_terminal_and_can_be_followed(sweep: Sweep, home: Path) -> None:
    put_digits(home)
    process, terminal = _on_terminal([*_SWEEP, "run", *_SHORT, "--name=long", "--detach"])
    shown = b""

    def told() -> bool:
        nonlocal shown
        with suppress(BlockingIOError, OSError):
            shown += os.read(terminal, 65536)
        return b"resume: " in shown

    _until(told)
    assert _exit_code(process) == 0
    os.close(terminal)
    assert b"follow: sweep attach long" in shown
    followed = subprocess.run([*_SWEEP, "attach", "long"], capture_output=True, text=True, timeout=_PATIENCE)
    assert followed.returncode == 0, followed.stdout + followed.stderr
    assert "long: 2 of 2 cells done" in followed.stdout
    _until((home / "reports" / "long.md").exists)


def test_a_detached_run_refuses_before_it_is_detached(sweep: Sweep, home: Path) -> None:
    refused = sweep("run", "--grid=nope", "--detach")
    assert refused.code == 2 and "nope" in refused.complaint
    assert not home.exists()
