"""A real trainer, driven by its worker's side."""

import contextlib
import os
import signal
import subprocess
import sys
from dataclasses import replace

import psutil
import pytest

from prunesweep.core.plan.datasets import parse_dataset
from prunesweep.core.plan.models import ModelRef
from prunesweep.core.plan.recipes import load_recipe
from prunesweep.core.plan.stages import Sleep, Train, digest_of, encode
from prunesweep.worker.protocol import Done, Epoch, Failed, Ready, Request, Saved, write_event
from prunesweep.worker.trainer_process import TrainerDied, TrainerProcess
from tests.integration.conftest import TORCHLESS
from tests.support.digits import put_digits

DIGITS, DENSE = parse_dataset("digits"), load_recipe("digits").dense


def request(stage):
    spec = encode(stage)
    return Request(digest_of(spec), 1, spec, {}, "")


@pytest.fixture
def trainer(tmp_path, monkeypatch):
    monkeypatch.setenv("SWEEP_HOME", str(tmp_path))
    monkeypatch.setenv("SWEEP_THREADS", "1")
    put_digits(tmp_path)
    trainer = TrainerProcess("cpu")
    yield trainer
    trainer.close()


def test_a_warm_trainer_serves_until_it_is_asked_to_end_and_saves_its_state_first(trainer, tmp_path):
    ready = trainer.wait_ready()
    assert isinstance(ready, Ready) and ready.device == "cpu"
    for number in range(3):
        *_, event = trainer.run(request(Sleep(f"{number}", 0.0)))
        assert isinstance(event, Done)
    # What it cannot read fails that stage alone.
    *_, event = trainer.run(Request("ab" * 32, 1, '{"kind":"future"}', {}, ""))
    assert isinstance(event, Failed) and event.owner == "work" and "not a stage" in event.reason
    assert os.getpgid(trainer.pid) == trainer.pid
    events = trainer.run(request(Train(DIGITS, ModelRef("resnet18", 1, 10), DENSE, 1000, 0)))
    next(event for event in events if isinstance(event, Epoch))
    trainer.stop()
    said = []
    with pytest.raises(TrainerDied, match="SIGTERM") as death:
        for event in events:
            said.append(event)  # noqa: PERF402 - it ends with an exception
    assert death.value.asked and not trainer.alive
    assert isinstance(said[-1], Saved) and said[-1].epoch >= 1
    assert (tmp_path / "artifacts" / "sha256" / said[-1].artifact[:2] / said[-1].artifact).exists()
    with pytest.raises(TrainerDied):
        list(trainer.run(request(Sleep("later", 0.0))))


def program(path, script):
    """Makes TrainerProcess start this shell script instead of Python."""
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return str(path)


def test_a_trainer_that_will_not_listen_is_killed(tmp_path, monkeypatch):
    ready = write_event(Ready("cpu", "none", "0")).decode().strip()
    script = f"trap '' TERM; echo '{ready}'; while :; do sleep 0.1; done"
    monkeypatch.setattr(sys, "executable", program(tmp_path / "deaf", script))
    trainer = TrainerProcess("cpu")
    trainer.wait_ready()
    events = trainer.run(request(Sleep("stuck", 60.0)))
    trainer.stop(grace=0.1)
    with pytest.raises(TrainerDied, match="SIGKILL"):
        next(events)
    trainer.close()


def test_a_trainer_that_talks_nonsense_is_killed(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "executable", program(tmp_path / "mad", "echo hello; sleep 60"))
    trainer = TrainerProcess("cpu")
    with pytest.raises(TrainerDied, match=r"a line that is no event.*hello"):
        trainer.wait_ready()
    trainer.close()
    assert not trainer.alive


def test_a_trainer_that_cannot_start_says_why(tmp_path, monkeypatch):
    monkeypatch.setenv("SWEEP_HOME", str(tmp_path))
    monkeypatch.setenv("SWEEP_ARTIFACTS_URL", "gopher://hole")
    trainer = TrainerProcess("cpu")
    with pytest.raises(TrainerDied, match="exit code 1: cannot start: SWEEP_ARTIFACTS_URL 'gopher://hole'"):
        trainer.wait_ready()
    trainer.close()
    trainer.close()


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's help is Linux's; elsewhere the end of stdin must do")
def test_a_trainer_dies_with_its_worker_even_if_stdin_stays_open(tmp_path):
    code = (
        "import os, sys; from prunesweep.worker.trainer_process import TrainerProcess\n"
        "trainer = TrainerProcess('cpu'); trainer.wait_ready()\n"
        "os.dup2(trainer._requests.fileno(), 1); os.set_inheritable(1, True)\n"
        "import subprocess; keeper = subprocess.Popen(['sleep', '60'], stderr=subprocess.DEVNULL)\n"
        "print(trainer.pid, keeper.pid, file=sys.stderr, flush=True); os.kill(os.getpid(), 9)\n"
    )
    environ = {**os.environ, "SWEEP_HOME": str(tmp_path), "PYTHONPATH": TORCHLESS}
    ran = subprocess.run([sys.executable, "-c", code], env=environ, stderr=subprocess.PIPE, text=True)
    trainer, keeper = (int(word) for word in ran.stderr.split())
    try:
        with contextlib.suppress(psutil.NoSuchProcess):
            psutil.Process(trainer).wait(300)
        assert not psutil.pid_exists(trainer)
    finally:
        os.kill(keeper, signal.SIGKILL)


def test_a_trainer_that_grows_says_so_and_is_spent(tmp_path, monkeypatch):
    monkeypatch.setenv("SWEEP_HOME", str(tmp_path))
    monkeypatch.setenv("SWEEP_THREADS", "1")
    monkeypatch.setenv("SWEEP_TRAINER_GROWTH_MB", "20")
    put_digits(tmp_path)
    brief = replace(DENSE, validation=0.9)  # what makes it grow is the network
    trainer = TrainerProcess("cpu")
    try:
        trainer.wait_ready()
        small, large = (Train(DIGITS, ModelRef("resnet18", width, 10), brief, 1, 0) for width in (1, 32))
        for stage, spent in ((small, False), (large, True)):
            *_, last = trainer.run(request(stage))
            assert isinstance(last, Done) and last.spent is spent
        assert "a fresh trainer follows" in trainer.log.text()
    finally:
        trainer.close()
