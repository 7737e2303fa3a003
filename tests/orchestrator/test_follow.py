"""Following a sweep: one line per event in a log, one picture on a terminal."""

import io
import re
import sys
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine

from prunesweep.core.ledger.db.doing import Doing
from prunesweep.core.ledger.db.states import State
from prunesweep.core.ledger.queries.recent import EndedStage
from prunesweep.core.ledger.queries.status import FailedStage, RunningStage, SweepStatus, sweep_status
from prunesweep.core.ledger.queue.claims import claim
from prunesweep.core.ledger.queue.outcome import fail
from prunesweep.core.ledger.queue.progress import record_epoch
from prunesweep.core.ledger.queue.reaper import due
from prunesweep.orchestrator.console.prose import elided
from prunesweep.orchestrator.status.follow import OneLineView, ended_line, follow
from prunesweep.orchestrator.status.live_view import picture
from prunesweep.orchestrator.status.view import headline, progress

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
        f"look: sweep logs {digest[:12]} · fix the cause, then: sweep retry mine",
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
    from prunesweep.orchestrator.cli.app import main

    assert main(["status", "--watch"]) == 0
    worker.join()
    shown = screen.getvalue()
    assert "no worker is up; start one: sweep worker" in shown
    assert shown.count("✓ done     evaluate") - shown.count("last  ✓ done     evaluate") == 19
    scrolled, _, ended = shown.rpartition("72 of 72 stages")
    latest = re.findall(r"(?<!last  )✓ done     (\S+ \S+)", scrolled)[-1]
    assert f"\nlast  ✓ done     {latest}" in ended, "what ended last, scrolled away or not"
    assert "72 of 72 stages · 61 of 61 epochs" in shown


def _busy(slots: int, failed: int, **more: Any) -> SweepStatus:
    place = [(f"host-{n % 8}:77", f"cuda:{n % 8}", n, 30, 3120.5, 0.4, 0.91, 60.0 + n, float(n)) for n in range(slots)]
    running = tuple(
        RunningStage(f"{n:064x}", "train", f"train · 30 epochs · seed {n}", *place[n]) for n in range(slots)
    )
    stages = tuple(FailedStage("f" * 64, "train", f"train {n}", State.FAILED, "why " * 60, 1) for n in range(failed))
    counts = {State.RUNNING: slots, State.PENDING: 30, State.DONE: 10, State.FAILED: failed}
    facts = {"epochs_done": 100, "epochs_total": 1000, "eta_seconds": 4000.0, "ended": False, "cancelled": False}
    return SweepStatus(
        name="big", id=1, created_at=1.0, counts=counts, **({"running": running, "failed": stages} | facts | more)
    )


@pytest.mark.parametrize("failed", [0, 40])
@pytest.mark.parametrize("slots", [0, 1, 64])
def test_the_picture_never_outgrows_the_window(slots: int, failed: int) -> None:
    status = _busy(slots, failed)
    for height in range(1, 100):
        for columns in (30, 60, 80, 140):
            lines = picture(status, columns, height, last="✓ done     train", remark="")
            assert len(lines) <= height
            if height >= 5:
                assert lines[-1] == "last  ✓ done     train"
    full = "\n".join(picture(status, 140, 100, last="✓ done     train"))
    assert full.count("train · 30 epochs") == slots
    assert full.count("\nfailed ffff") == min(failed, 10)


def test_what_does_not_fit_is_counted() -> None:
    lines = picture(_busy(64, 40), 80, 24, last="✓ done     train")
    shown = sum("train · 30 epochs" in line for line in lines)
    assert shown >= 4
    assert f"… and {64 - shown} more running" in lines
    assert " 0/30 " in lines[6], "those that have run longest stay"
    assert sum(line.startswith("failed ffff") for line in lines) >= 4
    assert any("more; all of them: sweep status big --json" in line for line in lines)


@pytest.mark.parametrize("columns", [50, 60, 70, 80, 140])
def test_narrow_windows_keep_what_matters(columns: int) -> None:
    lines = picture(_busy(2, 0), columns, 24)
    assert "about 1 h 07 min left" in lines[1]
    assert len(lines[1]) <= columns
    for word in ("stage", "epoch", "top-1"):
        assert word in lines[4][:columns], word


@pytest.mark.parametrize("columns", [60, 70, 80, 100, 120])
def test_a_stage_and_what_ended_last_are_whole_in_every_usual_window(columns: int) -> None:
    label = "prune 3 → 78.46 % · 3 epochs · seed 0"
    running = replace(_busy(1, 0).running[0], label=label, device="cuda:0", epoch=2, epochs=3)
    ended = EndedStage("a" * 64, "prune", label, State.DONE, None, 8.1, 0.912, 5.0)
    lines = picture(replace(_busy(1, 0), running=(running,)), columns, 24, last=ended_line(ended))
    shown = " ".join(" ".join(lines).split())
    assert shown.count(label) == 2
    assert "8.1 s, validation top-1 91.20 %" in shown
    assert all(len(line) <= columns for line in lines)
    for part in (line.rstrip() for line in lines):
        assert not part.endswith("91.20"), "a number without its unit"


def test_the_state_is_whole_in_a_narrow_window() -> None:
    failed = replace(_busy(0, 1), ended=True, counts={State.FAILED: 1})
    for columns in (60, 100):
        said = headline(failed, columns)
        assert said.startswith("big: ended with failures") and len(said) + 16 <= columns
    assert "submitted" in headline(failed, 100)


@pytest.mark.parametrize("columns", [60, 80, 120])
def test_long_lines_keep_their_meaning(columns: int) -> None:
    """Both ends of a name, the whole of a reason, and no line that the window would cut."""
    reason = (
        "dataset imagefolder:/mnt/shared/flowers: train/daisy/17.png has changed since; put the file back, sweep retry"
    )
    label = "prune 2 → 78.46 % · lamp · 3 epochs · distilled 0.9 T 4 · seed 2"
    busy = replace(_busy(1, 1), name="a-long-name-of-a-sweep-about-mobilenet-v3-small-in-2026")
    running = replace(busy.running[0], label=label, doing=Doing("reading " + "images " * 20, 200, 60_000, "images"))
    status = replace(busy, running=(running,), failed=(replace(busy.failed[0], reason=reason),))
    lines = picture(
        status, columns, 40, last=f"✓ done     {label}  3 min  test top-1 91.20 %", remark="worker x: " * 20
    )
    assert max(map(len, lines)) <= columns
    shown = " ".join(" ".join(lines).split())
    for words in (reason, "a-long", "2026: running", "seed 2", "200 of 60,000", "test top-1 91.20 %", "1 failed"):
        assert words in shown, words
    small = "\n".join(picture(replace(status, failed=status.failed * 9), columns, 24))
    assert small.count("failed ffff") >= 4 and small.count("sweep retry") >= 4, "in a line each, both ends of it"
    assert [elided("\x1b[31mabcdefgh\x1b[0m", wide) for wide in (8, 5, 1)] == [
        "\x1b[31mabcdefgh\x1b[0m",
        "\x1b[31mab…gh\x1b[0m",
        "\x1b[31m…\x1b[0m",
    ]


def test_the_bar_moves_during_a_long_training_and_is_full_at_the_end() -> None:
    first = _busy(1, 0, epochs_done=0).running[0]
    bars = [progress(_busy(1, 0, epochs_done=done, running=(first,)), 140).count("━") for done in (0, 500, 999)]
    assert bars[0] < bars[1] < bars[2] < 40
    ended = replace(_busy(0, 0, epochs_done=1000, ended=True), counts={State.DONE: 7})
    assert progress(ended, 140).startswith("━" * 40)


def test_one_line_for_a_notebook(sweep: Sweep, ledger: Engine, work: Callable[..., int]) -> None:
    sweep("submit", "--grid", "demo", "--sparsity", "50", "--epochs", "1", "--iterations", "2", "--name", "mine")
    written: list[str] = []
    view = OneLineView(written.append)
    view.show(sweep_status(ledger, 1), "no worker is up")
    view.show(sweep_status(ledger, 1), "no worker is up")
    assert written == ["\rmine: 0 of 9 stages · 0 of 13 epochs · at least 15 s left · no worker is up"]
    view.tell("✓ done     train")
    assert len(written) == 1
    view.tell("✗ failed   train: the disk is full")
    assert written[1].startswith("\r✗ failed   train: the disk is full  ")
    assert written[1].endswith(" \n")
    work()
    assert follow(ledger, 1, 60.0, view=view) == 0
    assert "".join(written).rpartition("\r")[2] == "mine: 9 of 9 stages · 13 of 13 epochs · done\n"
