"""`sweep run` and `sweep worker` on a real terminal that is closed, under nohup, and in the background."""

import json
import os
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
from tests.support.terminal import exit_code, on_terminal, read, until

Sweep = Callable[..., Any]
_SWEEP = [sys.executable, "-m", "prunesweep"]
_LONG = ["--grid=demo", "--width=2", "--dense-epochs=2000", "--epochs=0", "--sparsity=50", "--name=long"]
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


def _counts(sweep: Sweep) -> dict[str, int]:
    return dict(json.loads(sweep("status", "long", "--json").out)["counts"])


@pytest.mark.parametrize(
    ("command", "code"), [(["run", *_LONG], 130), (["worker", "--devices=cpu"], 0)], ids=["run", "worker"]
)
def test_a_closed_terminal_stops_in_order(sweep: Sweep, torchless: None, command: list[str], code: int) -> None:
    assert sweep("submit", *_LONG).code == 0
    process, terminal = on_terminal([*_SWEEP, *command])

    def runs() -> bool:
        read(terminal)
        return _counts(sweep)["RUNNING"] == 1

    try:
        until(runs)
        os.close(terminal)
        assert exit_code(process) == code
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
        until(lambda: _counts(sweep)["RUNNING"] == 1)
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


def test_a_detached_run_refuses_before_it_is_detached(sweep: Sweep, home: Path) -> None:
    refused = sweep("run", "--grid=nope", "--detach")
    assert refused.code == 2 and "nope" in refused.complaint
    assert not home.exists()
