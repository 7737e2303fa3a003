"""Submit, status, list, cancel, retry, logs, doctor, db: what they print and what they leave behind."""

import json
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from prunesweep.core.jobs.answers import Answer, FileResult, JobProgress
from prunesweep.core.ledger.db.migrate import HEAD
from prunesweep.core.ledger.queue.claims import claim
from prunesweep.core.ledger.queue.outcome import fail
from prunesweep.core.ledger.queue.progress import record_epoch
from prunesweep.core.ledger.queue.reaper import due
from prunesweep.core.ledger.queue.workers import register
from prunesweep.core.plan.dag import GridPlan, Plan
from prunesweep.core.plan.datasets import DatasetRef

Sweep = Callable[..., Any]
Work = Callable[..., int]


def take(ledger: Engine) -> tuple[str, int]:
    """A running stage: digest and attempt."""
    digest = due(ledger, "cpu", 1, 0.0)[0]
    held = claim(ledger, digest, "host:1", "cpu", "cpu", 60.0)
    assert held is not None
    return digest, held.attempt


def test_a_dry_run_shows_what_layer_rules_come_to(sweep: Sweep) -> None:
    axes = ("--grid", "demo", "--width", "64", "--sparsity", "90", "--layers", "first=dense,shortcuts=exempt")
    out = sweep("submit", *axes, "--dry-run").out
    assert "layers dense     conv1.weight" in out
    assert "sparsity is of   10,992,320 weights; 172,032 exempt ones make it 11,164,352" in out
    assert "at 90 %          1,099,232 kept; with the exempt ones 1,271,264 of 11,164,352: 88.61 % zeros" in out
    body = json.loads(sweep("submit", *axes, "--dry-run", "--json").out)["layers"]
    assert (body["counted"], body["total"]) == (10_992_320, 11_164_352)
    assert body["kept"] == [{"sparsity": 0.9, "counted": 1_099_232, "all": 1_271_264}]
    refused = sweep("submit", "--grid", "demo", "--layers", "layer9*=dense")
    assert (refused.code, refused.complaint.count("\n")) == (2, 0)
    assert refused.complaint.startswith(
        "sweep: layers 'layer9*': matches no layer of resnet18 of width 16; its layers: "
    )
    assert "no ledger yet" in sweep("list").complaint, "nothing was written"


def test_submit_then_again_runs_nothing_new(sweep: Sweep, work: Work) -> None:
    first = sweep("submit", "--grid", "demo")
    assert first.out.splitlines() == [
        "demo-1: 18 cells, 72 stages (72 new, 0 done already)",
        "no worker is up; start one: sweep worker",
    ]
    work()
    again = sweep("submit", "--grid", "demo")
    assert again.out.splitlines() == [
        "demo-2: 18 cells, 72 stages (0 new, 72 done already)",
        "nothing to run; see: sweep report demo-2",
    ]
    assert work() == 0


def test_widening_a_grid_runs_only_what_is_new(sweep: Sweep, work: Work) -> None:
    sweep("submit", "--grid", "demo", "--sparsity", "50")
    before = work()
    wider = json.loads(sweep("submit", "--grid", "demo", "--sparsity", "50,75", "--json").out)
    assert wider["done"] == before
    assert wider["new"] == wider["stages"] - before == work()


def test_spellings_of_a_sparsity_are_one_grid(sweep: Sweep) -> None:
    names = [sweep("submit", "--grid", "demo", "--sparsity", text, "--json").out for text in ("0.9", "90", "90%")]
    assert [json.loads(name)["new"] > 0 for name in names] == [True, False, False]


def test_the_study_in_numbers(sweep: Sweep, home: Path) -> None:
    full = json.loads(sweep("submit", "--grid", "full", "--dry-run", "--json").out)
    assert (full["cells"], full["stages"], full["epochs"], full["epochs_without_sharing"]) == (18, 92, 246, 756)
    shown = sweep("submit", "--grid", "full", "--dry-run").out
    assert "18 cells, 92 stages" in shown
    assert "246 with sharing, 756 without (3.1× fewer)" in shown
    assert "nothing was written" in shown
    assert json.loads(sweep("submit", "--grid", "classic", "--dry-run", "--json").out)["cells"] == 12
    assert not home.exists()


def test_no_grid_is_kept_whole(sweep: Sweep, monkeypatch: pytest.MonkeyPatch) -> None:
    """A grid of any size is planned part by part, whether it is written or only counted."""

    def whole(_plan: GridPlan) -> Plan:
        raise AssertionError("all stages of a plan at once")

    monkeypatch.setattr(GridPlan, "whole", whole)
    grid, more = ("submit", "--grid", "demo", "--name", "demo"), ("extend", "demo", "--seeds", "1")
    for words in ((*grid, "--dry-run"), grid, (*more, "--dry-run"), more):
        assert sweep(*words).code == 0


def test_axes_on_the_command_line_replace_the_grids(sweep: Sweep) -> None:
    axes = {
        "sparsity": "50,75,90",
        "algorithm": "oneshot,iterative",
        "epochs": "3,5",
        "iterations": 3,
        "seeds": "0,1,2",
    }
    words = [word for axis, value in axes.items() for word in (f"--{axis}", value)]
    found = json.loads(sweep("submit", *words, "--dry-run", "--json").out)
    assert found["cells"] == 36
    assert found["kinds"]["train"] == {"stages": 3, "epochs": 90}


def test_a_dry_run_estimates_from_what_was_measured(
    sweep: Sweep, ledger: Engine, work: Work, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SWEEP_COST_PER_HOUR", "3.6")
    sweep("submit", "--grid", "demo")
    digest, attempt = take(ledger)
    record_epoch(ledger, digest, attempt, epoch=1, loss=2.0, top1=0.5, lr=0.1, seconds=2.0, images_per_s=700.0)
    found = json.loads(sweep("submit", "--grid", "demo", "--dry-run", "--json").out)
    assert found["epoch_seconds"] == 2.0
    assert found["seconds"] == 61 * 2.0
    assert found["cost"] == pytest.approx(61 * 2.0 / 1000)
    shown = sweep("submit", "--grid", "demo", "--dry-run").out
    assert "2 min 02 s of training on one device (2.0 s an epoch, as measured)" in shown
    assert "0.12 at 3.6 an hour" in shown


def test_a_dry_run_knows_what_is_done(sweep: Sweep, work: Work) -> None:
    sweep("submit", "--grid", "demo", "--sparsity", "50")
    done = work()
    found = json.loads(sweep("submit", "--grid", "demo", "--dry-run", "--json").out)
    assert found["done_stages"] == done
    assert found["done_epochs"] > 10


def test_a_toml_grid_gives_its_name(sweep: Sweep, tmp_path: Path) -> None:
    file = tmp_path / "wide nets.toml"
    file.write_text('base = "demo"\nwidth = 8\n')
    assert json.loads(sweep("submit", "-g", file, "--json").out)["name"] == "sweep-1"
    good = file.rename(tmp_path / "wide.toml")
    assert json.loads(sweep("submit", "-g", good, "--json").out)["name"] == "wide-1"


def test_status_shows_what_runs(sweep: Sweep, ledger: Engine) -> None:
    sweep("submit", "--grid", "demo", "--name", "mine")
    digest, attempt = take(ledger)
    record_epoch(ledger, digest, attempt, epoch=4, loss=0.5, top1=0.875, lr=0.1, seconds=2.0, images_per_s=716.0)
    lines = sweep("status").out.splitlines()
    assert lines[0].startswith("mine: running, submitted ")
    assert "0 of 72 stages · 4 of 61 epochs · about " in lines[1]
    assert lines[2] == "1 running · 71 waiting"
    row = lines[-1]
    assert row.split()[0] == "cpu"
    for piece in ("train · 10 epochs · seed 0", "4/10", "0.500", "87.50", "716", "host:1"):
        assert piece in row
    body = json.loads(sweep("status", "mine", "--json").out)
    assert body["counts"]["RUNNING"] == 1
    assert body["state"] == "running"
    assert body["running"][0]["epoch"] == 4


def test_status_says_why_a_stage_failed_and_retry_helps(sweep: Sweep, ledger: Engine, work: Work) -> None:
    sweep("submit", "--grid", "demo", "--name", "mine")
    digest, attempt = take(ledger)
    fail(ledger, digest, attempt, "artifact 0123456789ab has a wrong hash: …", "Traceback\n")
    shown = sweep("status", "mine").out
    assert "mine: ended with failures" in shown
    assert "1 failed · 71 cancelled" in shown
    assert f"failed {digest[:12]}  train · 10 epochs · seed 0: artifact 0123456789ab has a wrong hash: …" in shown
    log = sweep("logs", digest[:12]).out
    assert "attempt 1 on host:1 cpu" in log
    assert "FAILED after" in log
    assert "Traceback" in log
    assert json.loads(sweep("logs", digest[:12].upper(), "--json").out)["attempts"][0]["log"] == "Traceback\n"
    assert sweep("retry").out == "mine: retried, 1 stage ready\nno worker is up; start one: sweep worker\n"
    assert work() == 72
    assert sweep("status").out.splitlines()[0].startswith("mine: done")
    assert sweep("retry").out == "mine: nothing to retry\n"


def test_cancel_leaves_what_another_sweep_wants(sweep: Sweep, ledger: Engine, work: Work) -> None:
    sweep("submit", "--grid", "demo", "--name", "mine")
    sweep("submit", "--grid", "demo", "--name", "yours")
    take(ledger)
    out = sweep("cancel", "mine").out
    assert "72 stages left alone: another sweep wants them" in out
    assert sweep("cancel", "yours").out.startswith("yours: 71 waiting stages cancelled, 1 running asked to stop\n")
    assert sweep("status", "mine").out.startswith("mine: cancelling")


def test_list(sweep: Sweep, work: Work) -> None:
    assert sweep("submit", "--grid", "demo", "--name", "old").code == 0
    work()
    sweep("submit", "--grid", "classic", "--name", "new")
    lines = sweep("list").out.splitlines()
    assert [line.split()[:2] for line in lines[2:]] == [["2", "new"], ["1", "old"]]
    assert lines[2].endswith("waiting")
    assert lines[3].endswith("done")
    assert [entry["name"] for entry in json.loads(sweep("list", "--json").out)] == ["new", "old"]


def test_a_sweep_goes_by_its_number_too(sweep: Sweep) -> None:
    sweep("submit", "--grid", "demo", "--name", "old")
    sweep("submit", "--grid", "classic", "--name", "new")
    assert sweep("status", "1").out.startswith("old: ")


def test_submit_tells_whether_a_worker_is_up(sweep: Sweep, ledger: Engine) -> None:
    register(ledger, "host:1", "host", 1, ["cpu"], "1")
    out = sweep("submit", "--grid", "demo", "--name", "mine").out
    assert out.endswith("workers are up; watch: sweep status mine --watch\n")
    assert "no worker" not in sweep("status").out


def test_doctor_one_line_each(sweep: Sweep, home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ran = sweep("doctor", "--dataset", "digits", "--devices", "cpu")
    assert ran.code == 0, ran
    assert [line.split()[:2] for line in ran.out.splitlines()] == [
        ["ok", name]
        for name in ("settings", "ledger", "broker", "workers", "artifacts", "networks", "devices", "dataset")
    ]
    assert "torchvision " in ran.out and "no own networks (SWEEP_NETWORKS is not set)" in ran.out
    monkeypatch.setenv("SWEEP_NETWORKS", str(home / "nets"))
    monkeypatch.setenv("SWEEP_ARTIFACTS_URL", "ftp://me:s3cret@host/x")
    broken = sweep("doctor", "--dataset", "none", "--json")
    assert broken.code == 1
    found = {check["name"]: check for check in json.loads(broken.out)}
    assert found["artifacts"]["ok"] is False
    assert f"own networks from {home / 'nets'}, which is not there" in found["networks"]["message"]
    assert found["dataset"]["ok"] is False
    assert "s3cret" not in broken.out + broken.err


def test_db_upgrade(sweep: Sweep, home: Path) -> None:
    assert sweep("db", "upgrade").out == f"{home}/ledger.sqlite3: at schema {HEAD}\n"


def test_a_server_that_is_behind_says_so_until_upgraded(
    sweep: Sweep, monkeypatch: pytest.MonkeyPatch, postgres_database: Callable[[], str]
) -> None:
    monkeypatch.setenv("SWEEP_DATABASE_URL", postgres_database())
    ran = sweep("submit", "--grid", "demo")
    assert ran.code == 2
    assert ran.complaint.endswith(f"is at schema none, not {HEAD}; run: sweep db upgrade")
    assert sweep("db", "upgrade").code == 0
    assert sweep("submit", "--grid", "demo").code == 0


def test_evaluate_prints_a_table_of_files(sweep: Sweep, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The torch side has tests of its own; here it is what it would say."""
    fact = {"top1": 0.95, "drop_vs_first": 0.0, "sparsity": 0.0, "nonzero": 699_056, "images": 355, "seconds": 1.0}
    fact |= {"ms_per_image_dense": 1.25, "ms_per_image": 1.2, "speedup": 1.04, "speedup_low": 1.01, "speedup_high": 1.1}
    fact |= {"batch": 1, "threads": 2, "processor": "a processor", "total": 699_056}
    fact |= {
        "engine_dense": "onnxruntime",
        "engine": "sparse",
        "accuracy_engine": "onnxruntime",
        "disturbed": True,
        "code": "own",
        "p": 0.0005,
    }
    fact |= {"speedup_zeros": 1.5, "speedup_zeros_low": 1.4, "speedup_zeros_high": 1.6}
    files = [tmp_path / "dense.pt", tmp_path / "pruned.pt"]
    for file in files:
        file.touch()
    asked: list[dict[str, Any]] = []

    def ask(program: Any, request: Any) -> Iterator[Answer]:
        asked.append({"module": program.module, **asdict(request)})
        yield JobProgress(str(files[0]), 100, 355)
        yield FileResult(path=str(files[0]), **fact)
        yield FileResult(path=str(files[1]), **(fact | {"top1": 0.9, "drop_vs_first": 0.05, "nonzero": 69_906}))

    monkeypatch.setattr("prunesweep.orchestrator.cli.commands.evaluate.ask", ask)
    ran = sweep("evaluate", *files, "--dataset", "digits", "--threads", "2")
    assert asked[0]["files"] == tuple(str(file) for file in files)
    assert asked[0]["dataset"] == asdict(DatasetRef("digits", "", 10))
    assert (asked[0]["threads"], asked[0]["batch"], asked[0]["device"]) == (2, 1, "cpu")
    lines = ran.out.splitlines()
    assert lines[2].split() == ["dense.pt", "95.00", "+0.00", "0.00", "699,056", "1.250", "1.200", "reference", "–"]
    assert lines[3].split() == ["pruned.pt", "90.00", "+5.00", "0.00", "69,906", "1.250", "1.200", "1.04×", "1.50×"]
    assert "355 test images" in ran.out
    assert "onnxruntime → sparse (own)" in ran.out
    fact["p"] = 0.06
    assert sweep("evaluate", *files, "--dataset", "digits").out.splitlines()[3].split()[-2:] == ["(1.04×)", "1.50×"]
    assert "disturbed: 2 files" in ran.out
    assert json.loads(sweep("evaluate", *files, "--dataset", "digits", "--json").out)[1]["top1"] == 0.9


def test_help_and_version(sweep: Sweep) -> None:
    assert sweep().out == sweep("--help").out
    assert "Start here: sweep run --grid demo" in sweep("-h").out
    assert sweep("--version").out.startswith("prunesweep ")
