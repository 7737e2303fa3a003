"""Following a sweep: one line per event in a log, one picture on a terminal."""

import io
import sys
import threading
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import Engine

from core.ledger.claims import claim
from core.ledger.outcome import fail
from core.ledger.progress import record_epoch
from core.ledger.reaper import due
from core.ledger.status import sweep_status
from orchestrator.follow import OneLine, follow

Sweep = Callable[..., Any]


def test_lines_for_a_log_file(sweep: Sweep, ledger: Engine, work: Callable[..., int]) -> None:
    sweep("submit", "--grid", "demo", "--sparsity", "50", "--epochs", "1", "--iterations", "2", "--name", "mine")
    digest = due(ledger, "cpu", 1, 0.0)[0]
    held = claim(ledger, digest, "host:1", "cpu", "cpu", 60.0)
    assert held is not None
    record_epoch(ledger, digest, held.attempt, epoch=3, loss=0.5, top1=0.9, lr=0.1, seconds=2.0, images_per_s=700.0)

    def end() -> None:
        fail(ledger, digest, held.attempt, "the disk is full", "")

    timer = threading.Timer(0.6, end)
    timer.start()
    ran = sweep("status", "--watch")
    timer.join()
    assert ran.code == 1
    lines = [line.split("  ", 1)[1] for line in ran.out.splitlines()]
    assert lines[0] == "mine: 1 running · 8 waiting"
    assert lines[1] == "started  train · 10 epochs · seed 0 on cpu"
    assert lines[2].startswith("epoch 3/10  train · 10 epochs · seed 0 · loss 0.500 · validation top-1 90.00 % · 700")
    assert "left" in lines[2]
    assert lines[3:] == [
        "✗ failed   train · 10 epochs · seed 0: the disk is full",
        f"✗ cancelled 8 stages: upstream {digest[:12]} failed",
        "mine: 1 failed · 8 cancelled",
    ]


def test_submit_watch_of_finished_work_ends_at_once(sweep: Sweep, work: Callable[..., int]) -> None:
    sweep("submit", "--grid", "demo", "--name", "mine")
    work()
    ran = sweep("submit", "--grid", "demo", "--name", "mine", "--watch")
    assert ran.code == 0
    assert ran.out.splitlines()[-1].endswith("mine: 72 done")


class _Terminal(io.StringIO):
    encoding = "utf-8"

    def isatty(self) -> bool:
        return True


def test_a_picture_for_a_terminal(sweep: Sweep, work: Callable[..., int], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("NO_COLOR", "1")
    sweep("submit", "--grid", "demo", "--name", "mine")
    worker = threading.Timer(0.6, work)
    worker.start()
    screen = _Terminal()
    monkeypatch.setattr(sys, "stdout", screen)
    from orchestrator.cli import main

    assert main(["status", "--watch"]) == 0
    worker.join()
    shown = screen.getvalue()
    assert "no worker is up; start one: sweep worker" in shown
    assert shown.count("✓ done     evaluate") == 19
    assert "72 of 72 stages · 61 of 61 epochs" in shown


def test_one_line_for_a_notebook(sweep: Sweep, ledger: Engine, work: Callable[..., int]) -> None:
    sweep("submit", "--grid", "demo", "--sparsity", "50", "--epochs", "1", "--iterations", "2", "--name", "mine")
    written: list[str] = []
    view = OneLine(written.append)
    view.show(sweep_status(ledger, 1), "no worker is up")
    view.show(sweep_status(ledger, 1), "no worker is up")
    assert written == ["\rmine: 0 of 9 stages · 0 of 13 epochs · no worker is up"]
    view.tell("✓ done     train")
    assert len(written) == 1
    view.tell("✗ failed   train: the disk is full")
    assert written[1].startswith("\r✗ failed   train: the disk is full  ")
    assert written[1].endswith(" \n")
    work()
    assert follow(ledger, 1, 60.0, view=view) == 0
    assert "".join(written).rpartition("\r")[2] == "mine: 9 of 9 stages · 13 of 13 epochs · done\n"
