"""`sweep run` with a real worker, then everything that a user does with what it leaves behind."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import chdir
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import prunesweep
from prunesweep.core.plan.datasets import parse_dataset
from prunesweep.core.sparse.model.packed import read_packed
from prunesweep.core.training.datasets import load_dataset
from prunesweep.core.version import full_version
from tests.integration.conftest import TORCHLESS
from tests.support.digits import put_digits
from tests.support.jobs import answer_here
from tests.support.terminal import exit_code, on_terminal, read, until

Sweep = Callable[..., Any]
SWEEP = [sys.executable, "-m", "prunesweep.orchestrator.cli.app"]
TINY = {
    "--grid": "demo",
    "--width": "2",
    "--dense-epochs": "1",
    "--epochs": "0",
    "--rounds": "2",
    "--sparsity": "50",
    "--name": "tiny",
}


def words(**changes: str) -> list[str]:
    options = TINY | {f"--{name.replace('_', '-')}": value for name, value in changes.items()}
    return [word for option in options.items() for word in option]


@pytest.fixture
def one_thread(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SWEEP_THREADS", "1")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "")


@pytest.fixture
def torchless(one_thread: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Trainers report epochs, and train nothing."""
    monkeypatch.setenv("PYTHONPATH", TORCHLESS)


def workers_of(home: Path) -> list[str]:
    """Command lines of the processes that still use this home."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if f"SWEEP_HOME={home}".encode() in (process / "environ").read_bytes().split(b"\0"):
                found.append((process / "cmdline").read_text().replace("\0", " "))
        except OSError:
            continue
    return [line for line in found if "pytest" not in line]


@pytest.mark.slow
def test_run_report_export_evaluate_load(
    one_thread: None, sweep: Sweep, home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run outlives its terminal and is followed from elsewhere."""
    put_digits(home)
    printed = _run_detached(sweep, home, words(bench_device="none"))
    assert f"report: {home}/reports/tiny.md" in printed
    assert (home / "reports" / "tiny.md").read_text().startswith("# Sweep tiny")
    assert f"page:   {home}/reports/tiny.html" in printed
    page = (home / "reports" / "tiny.html").read_text()
    assert f"<dt>versions of the workers</dt><dd>{full_version()}</dd>" in page
    rows = prunesweep.results("tiny")
    assert [row["state"] for row in rows] == ["DONE", "DONE"]
    assert all(row["nonzero"] == row["total"] - row["total"] // 2 for row in rows)

    answer_here(monkeypatch)
    again = sweep("submit", *words(name="other", bench_device="none"), "--json")
    assert json.loads(again.out)["new"] == 0

    exported = json.loads(sweep("export", "tiny", tmp_path / "models", "--json").out)
    names = ["resnet18.pt", "resnet18_prune_50perc_oneshot0.pt", "resnet18_prune_50perc_iterative0_2.pt"]
    assert [Path(file["path"]).name for file in exported] == names
    refused = sweep("export", "tiny", tmp_path / "models")
    assert (refused.code, refused.complaint.endswith("is there already (and 2 more); add --force to replace")) == (
        2,
        True,
    )

    for name in names:  # who has no training images has what normalises others
        card = (tmp_path / "models" / name).with_suffix(".md").read_text()
        told = re.search(r"images' channels \(mean ([\d.,]+) and standard deviation ([\d.,]+)\)", card)
        assert told is not None, card
        digits = load_dataset(parse_dataset("digits"), home / "data", "test")
        for text, channels in zip(told.groups(), (digits.mean, digits.std), strict=True):
            assert np.float32(text.split(",")).tolist() == channels.flatten().tolist()

    files = [tmp_path / "models" / name for name in names[:2]]
    found = json.loads(sweep("evaluate", *files, "--dataset", "digits", "--json").out)
    assert [round(file["sparsity"], 4) for file in found] == [0.0, 0.5]
    assert found[1]["top1"] == pytest.approx(rows[0]["top1"], abs=1e-9)

    packed = json.loads(sweep("export", "tiny", tmp_path / "packed", "--format", "packed", "--json").out)
    assert [Path(file["path"]).name for file in packed] == [name.replace(".pt", ".packed") for name in names]
    assert packed[1]["zstd_bytes"] < packed[1]["bytes"] < exported[1]["bytes"]
    graph, meta = read_packed(Path(packed[1]["path"]))
    assert graph.image_shape == (3, 16, 16)
    assert (meta["dataset"], meta["class_names"][9], meta["values"]) == ("digits", "9", "fp32")
    shown = sweep("export", "tiny", tmp_path / "packed", "--format", "packed", "--values", "fp16", "--force")
    assert " with zstd" in shown.out.splitlines()[0]

    made = json.loads(sweep("export", "tiny", tmp_path / "packed", "--format", "onnx", "--json").out)
    assert all(file["difference"] <= 1e-5 for file in made)
    card = Path(made[1]["card"]).read_text()
    assert Path(made[1]["card"]).name == "resnet18_prune_50perc_oneshot0.md"
    assert "resnet18_prune_50perc_oneshot0.onnx`:" in card
    assert "resnet18_prune_50perc_oneshot0.packed`:" in card, "the file that was there before"
    assert f"top-1, after recovery | {100 * rows[0]['top1']:.2f} %" in card
    assert rows[0]["artifact"] in card
    onnx, packed = _logits(Path(made[1]["card"]))
    assert np.abs(onnx - packed).max() <= 0.02 * np.abs(onnx).max(), "packed with fp16"

    weights = prunesweep.load(rows[0]["artifact"])
    assert (weights["conv1.weight"] == 0).any()


def _run_detached(sweep: Sweep, home: Path, options: list[str]) -> str:
    """Runs in the background of a terminal, which is closed as soon as it may; what the run has printed at its end."""
    process, terminal = on_terminal([*SWEEP, "run", *options, "--detach"])
    shown = b""

    def told() -> bool:
        nonlocal shown
        shown += read(terminal)
        return b"resume: " in shown

    until(told)
    assert exit_code(process) == 0
    os.close(terminal)
    assert b"follow: sweep attach tiny" in shown
    followed = sweep("attach", "tiny")
    assert followed.code == 0 and "tiny: 2 of 2 cells done" in followed.out, followed.out + followed.err
    until(lambda: not [line for line in workers_of(home) if " run " in line])
    assert workers_of(home) == [], "the run has taken its worker along"
    (log,) = (home / "logs").glob("run-tiny-*.log")
    assert "tiny: 2 of 2 cells done" in log.read_text()
    return log.read_text()


def _logits(card: Path) -> list[np.ndarray]:
    """What the code in a card gives for the same images, block by block."""
    images = np.random.default_rng(0).standard_normal((3, 3, 16, 16), np.float32)
    found = []
    with chdir(card.parent):
        for code in re.findall(r"```python\n(.*?)```", card.read_text(), re.S):
            names = {"images": images}
            exec(code, names)
            found.append(names["logits"])
    return found


@pytest.mark.slow
def test_ctrl_c_stops_what_it_started_and_tells_how_to_resume(torchless: None, sweep: Sweep, home: Path) -> None:
    long = words(dense_epochs="2000")
    run = subprocess.Popen(
        [*SWEEP, "run", *long],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - shells ignore it in the background
    )
    try:
        assert run.stdout is not None
        line = next(line for line in run.stdout if "epoch" in line and "images/s" in line)
        assert "train · 2000 epochs" in line
        run.send_signal(signal.SIGINT)
        _, errors = run.communicate(timeout=300)
    finally:
        run.kill()
    assert run.returncode == 130
    assert f"resume: sweep run {' '.join(sorted_like(long))}" in errors
    until(lambda: workers_of(home) == [])
    body = json.loads(sweep("status", "tiny", "--json").out)
    assert body["counts"]["READY"] == 1, "the running stage was handed back"
    assert body["counts"]["FAILED"] == 0


def sorted_like(options: list[str]) -> list[str]:
    """The options in the order in which the resume line names them: grid, axes, name."""
    given = dict(zip(options[::2], options[1::2], strict=True))
    axes = ["--grid", "--sparsity", "--epochs", "--rounds", "--width", "--dense-epochs", "--name"]
    return [word for axis in axes for word in (axis, given[axis])]


@pytest.mark.slow
def test_a_killed_run_takes_its_worker_along(torchless: None, home: Path) -> None:
    if sys.platform != "linux":
        pytest.skip("the kernel's death signal is Linux's")
    run = subprocess.Popen([*SWEEP, "run", *words(dense_epochs="2000")], stdout=subprocess.PIPE, text=True)
    assert run.stdout is not None
    next(line for line in run.stdout if "started" in line)
    os.kill(run.pid, signal.SIGKILL)
    run.communicate()
    until(lambda: not [line for line in workers_of(home) if "worker" in line])
