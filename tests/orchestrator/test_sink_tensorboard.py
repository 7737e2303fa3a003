"""`sweep sink tensorboard`: what TensorBoard's own reader finds in the files, and that nothing is written twice."""

import importlib.util
import json
import struct
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, update

from prunesweep.core.extras import install
from prunesweep.core.ledger.db.schema import metrics
from prunesweep.core.ledger.queue.claims import claim
from prunesweep.core.ledger.queue.outcome import fail
from prunesweep.core.ledger.queue.progress import record_epoch
from prunesweep.core.ledger.queue.reaper import due
from prunesweep.orchestrator.sinks.runs import runs_of
from prunesweep.orchestrator.sinks.tensorboard import event_bytes

Sweep = Callable[..., Any]
SMALL = ("submit", "--grid", "demo", "--sparsity", "50", "--epochs", "2", "--iterations", "2", "--name", "mine")
"""Two cells, oneshot and iterative, on one dense network of 10 epochs."""


def read(folder: Path) -> dict[str, dict[str, list[tuple[int, float]]]]:
    """By run and tag, the (step, value)s; read as TensorBoard does."""
    from tensorboard.backend.event_processing.event_file_loader import EventFileLoader

    found: dict[str, dict[str, list[tuple[int, float]]]] = {}
    for file in files(folder):
        tags = found.setdefault(file.parent.name.rpartition("-")[0], {})
        for event in EventFileLoader(str(file)).Load():
            for value in event.summary.value:
                number = value.tensor.float_val[0] if value.tensor.float_val else 0.0
                tags.setdefault(value.tag, []).append((event.step, number))
    return found


def files(folder: Path) -> list[Path]:
    return sorted(folder.glob("**/*tfevents*"))


def test_a_finished_sweep(sweep: Sweep, ledger: Engine, work: Callable[..., int], tmp_path: Path) -> None:
    sweep(*SMALL)
    work(epochs=True)
    ran = sweep("sink", "tensorboard", "--to", tmp_path / "tb", "--json")
    assert json.loads(ran.out) == {
        "sweep": "mine",
        "sink": "tensorboard",
        "to": str(tmp_path / "tb"),
        "runs": 2,
        "written": 2,
        "ended": True,
    }
    found = read(tmp_path / "tb" / "mine")
    assert set(found) == {"oneshot-50-2x1-seed0", "iterative-50-2x2-seed0"}
    curve = found["iterative-50-2x2-seed0"]
    assert [step for step, _ in curve["train/loss"]] == list(range(1, 15)), "10 dense epochs, then 2 rounds of 2"
    assert [number for _, number in curve["train/round"]] == [0] * 10 + [1, 1, 2, 2]
    assert curve["validation/top1"][-1] == (14, pytest.approx(0.52))
    assert curve["test/top1"] == [(14, pytest.approx(0.9))]
    assert curve["test/top1_dense"] == [(10, pytest.approx(0.95))]
    assert curve["size/sparsity"] == [(14, pytest.approx(1 - 69_906 / 699_056))]
    assert curve["speed/ratio_low"] == [(14, pytest.approx(0.98))]
    assert "_hparams_/session_start_info" in curve
    for file in files(tmp_path / "tb"):
        digest = file.name.rpartition(".")[2]
        assert digest in {run.digest for run in runs_of(ledger, 1)}


def test_again_writes_nothing(sweep: Sweep, work: Callable[..., int], tmp_path: Path) -> None:
    sweep(*SMALL)
    work(epochs=True)
    sweep("sink", "tensorboard", "mine", "--to", tmp_path)
    before = {file: (file.read_bytes(), file.stat().st_mtime_ns) for file in files(tmp_path)}
    # In a process of its own: what is hashed with a seed of the process would come out in another order.
    words = [
        sys.executable,
        "-m",
        "prunesweep.orchestrator.cli.app",
        "sink",
        "tensorboard",
        "mine",
        "--to",
        str(tmp_path),
    ]
    ran = subprocess.run(words, capture_output=True, text=True, timeout=300)
    assert ran.stdout == f"mine → tensorboard {tmp_path}: 2 runs, 0 written\n", ran.stderr
    assert {file: (file.read_bytes(), file.stat().st_mtime_ns) for file in files(tmp_path)} == before


def test_a_file_cut_at_any_byte_is_completed_in_place(
    sweep: Sweep, ledger: Engine, work: Callable[..., int], tmp_path: Path
) -> None:
    sweep(*SMALL)
    work(epochs=True)
    sweep("sink", "tensorboard", "--to", tmp_path)
    file = files(tmp_path)[0]
    whole, inode = file.read_bytes(), file.stat().st_ino
    for length in (0, 1, 30, len(whole) // 2, len(whole) - 1):
        file.write_bytes(whole[:length])
        assert "2 runs, 1 written" in sweep("sink", "tensorboard", "--to", tmp_path).out
        assert file.read_bytes() == whole
        assert file.stat().st_ino == inode, "a TensorBoard that is up has the file open"
    file.write_bytes(whole[:-1] + b"?")
    sweep("sink", "tensorboard", "--to", tmp_path)
    assert file.read_bytes() == whole


def test_further_epochs_are_appended_and_repeated_ones_replace(
    sweep: Sweep, ledger: Engine, work: Callable[..., int], tmp_path: Path
) -> None:
    sweep(*SMALL)
    work(1, epochs=True)  # the dense network
    early = {run.key: event_bytes(run) for run in runs_of(ledger, 1)}
    assert sweep("sink", "tensorboard", "--to", tmp_path).out.count("the sweep has not ended") == 1
    work(epochs=True)
    late = {run.key: event_bytes(run) for run in runs_of(ledger, 1)}
    assert len(early) == 2
    assert all(late[key].startswith(early[key]) and late[key] != early[key] for key in early)
    sweep("sink", "tensorboard", "--to", tmp_path)
    with ledger.begin() as connection:
        connection.execute(update(metrics).where(metrics.c.epoch == 2).values(loss=7.0))
    assert "2 runs, 2 written" in sweep("sink", "tensorboard", "--to", tmp_path).out
    assert read(tmp_path / "mine")["oneshot-50-2x1-seed0"]["train/loss"][1] == (2, 7.0)
    assert len(files(tmp_path)) == 2


def test_follow_until_the_sweep_ends(
    sweep: Sweep, ledger: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("prunesweep.orchestrator.sinks.feed._LONGEST", 0.1)
    sweep(*SMALL)
    digest = due(ledger, "cpu", 1, 0.0)[0]
    held = claim(ledger, digest, "host:1", "cpu", "cpu", 60.0)
    assert held is not None
    record_epoch(ledger, digest, held.attempt, epoch=1, loss=float("nan"), top1=None, lr=0.1, seconds=1, images_per_s=1)
    timer = threading.Timer(0.5, fail, (ledger, digest, held.attempt, "the disk is full", ""))
    timer.start()
    ran = sweep("sink", "tensorboard", "--to", tmp_path, "--follow")
    timer.join()
    assert (ran.code, ran.out) == (0, f"mine → tensorboard {tmp_path}: 2 runs, 2 written\n")
    curve = read(tmp_path / "mine")["oneshot-50-2x1-seed0"]
    assert curve["train/loss"] == [(1, float("inf"))]
    assert "validation/top1" not in curve
    assert "test/top1" not in curve


def test_places_that_cannot_be_written_to(sweep: Sweep, work: Callable[..., int], tmp_path: Path) -> None:
    sweep(*SMALL)
    (tmp_path / "file").write_text("")
    refused = sweep("sink", "tensorboard", "--to", tmp_path / "file")
    assert refused.code == 2
    assert refused.complaint.startswith("sweep: to ")
    work(epochs=True)
    (tmp_path / "tb").mkdir()
    (tmp_path / "tb" / "mine").write_text("in the way")
    away = sweep("sink", "tensorboard", "--to", tmp_path / "tb")
    assert away.code == 1
    assert "what is missing is copied when you run this again" in away.complaint


def test_a_sink_whose_package_is_missing(sweep: Sweep, monkeypatch: pytest.MonkeyPatch) -> None:

    real = importlib.util.find_spec
    monkeypatch.setattr("importlib.util.find_spec", lambda name: real(name) if name == "pip" else None)
    for name in ("mlflow", "tensorboard"):
        ran = sweep("sink", name, "--to", "http://127.0.0.1:1")
        assert (ran.code, install(name) in ran.complaint) == (2, True)


def test_records_are_framed_as_tensorflow_does(sweep: Sweep, ledger: Engine, work: Callable[..., int]) -> None:
    sweep(*SMALL)
    work(epochs=True)
    content = event_bytes(runs_of(ledger, 1)[0])
    (length,) = struct.unpack("<Q", content[:8])
    assert b"brain.Event:2" in content[12 : 12 + length]
