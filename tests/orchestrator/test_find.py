"""`sweep find` against a ledger: what it leaves there, and that it continues from there after any end."""

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from itertools import count
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import Engine, select, update

from bench.rows import LATENCY
from prunesweep.core.errors import UserError
from prunesweep.core.jobs.answers import ExportedFile
from prunesweep.core.jobs.requests import Export
from prunesweep.core.ledger.db.engine import open_ledger
from prunesweep.core.ledger.db.schema import stages, sweeps
from prunesweep.core.ledger.queries.report import report_rows
from prunesweep.core.ledger.queries.sweeps import find_sweep
from prunesweep.core.ledger.queue.claims import claim
from prunesweep.core.ledger.queue.outcome import complete, fail
from prunesweep.core.ledger.queue.reaper import due
from prunesweep.core.settings import Settings, load_settings
from prunesweep.orchestrator.cli.app import main
from prunesweep.orchestrator.find import session
from prunesweep.orchestrator.find.recommendation import against_dense
from prunesweep.orchestrator.find.request import check_export

Sweep = Callable[..., Any]
FIND = (
    *("find", "--dataset", "digits", "--width", "4", "--dense-epochs", "1", "--epochs", "1", "--no-worker"),
    *("--algorithm", "oneshot,erk", "--seeds", "0,1", "--max-drop", "1", "--name", "seek"),
)
BORDERS = {"oneshot": 0.9, "erk": 0.8}
"""The highest sparsity of each allocation that keeps the accuracy."""


class Killed(BaseException):
    """The process is gone: nothing of it runs any more."""


class Cluster:
    """Workers that do all that is ready whenever somebody looks, and what they did."""

    def __init__(self, ledger: Engine) -> None:
        self.ledger = ledger
        self.done: list[dict[str, Any]] = []
        self.kill_after = 10**9
        self.broken: Callable[[dict[str, Any]], bool] = lambda spec: False

    def follow(self, engine: Engine, sweep_id: int, lease: float, *, check: Any, view: Any) -> int:
        check()
        while ready := due(self.ledger, "cpu", 100, 0.0):
            for digest in ready:
                if len(self.done) >= self.kill_after:
                    raise Killed
                self.work(digest)
        return 0

    def work(self, digest: str) -> None:
        held = claim(self.ledger, digest, "host:1", "cpu", "cpu", 60.0)
        assert held is not None
        spec = json.loads(held.spec)
        self.done.append(spec)
        if self.broken(spec):
            fail(self.ledger, digest, held.attempt, "it cannot be done", "")
            return
        makes = spec["kind"] in ("train", "prune")
        complete(
            self.ledger,
            digest,
            held.attempt,
            artifact=digest[::-1] if makes else "",
            artifact_bytes=1000 if makes else 0,
            train_seconds=1.0 if makes else 0.0,
            summary=_summary(spec) if makes else {},
            result=_result(spec),
            log="",
        )

    def kinds(self) -> list[str]:
        return [spec["kind"] for spec in self.done]


def _summary(spec: dict[str, Any]) -> dict[str, float]:
    sparsity = spec.get("sparsity", 0.0)
    highest = 0.9 if spec.get("allocation") == "global" else 0.8
    top1 = 0.95 if sparsity <= highest else 0.5
    left = round(1000 * (1 - sparsity))
    return {"top1_val": top1, "val_images": 500, "nonzero": left, "total": 1000, "macs": left, "macs_dense": 1000}


def _result(spec: dict[str, Any]) -> dict[str, Any]:
    if spec["kind"] == "benchmark":
        ratio = 1.7 if spec.get("repeat") else 2.0  # what was the fastest by chance is not so fast again
        return LATENCY | {"ratio": ratio, "ratio_low": ratio - 0.1, "ratio_high": ratio + 0.1}
    if spec["kind"] != "evaluate":
        return {}
    sizes = {"nonzero": 100, "total": 1000, "macs": 100, "macs_dense": 1000, "layers": []}
    counts = {"nonzero_counted": 100, "total_counted": 1000, "params_nonzero": 110, "params": 1010, "collapsed": 0}
    accuracies = {"top1": 0.94, "top1_before": None, "top1_bn": None, "top5": None, "majority": 0.1, "loss": 0.3}
    return {**accuracies, **sizes, **counts, "images": 360, "device": "cpu"}


@pytest.fixture
def cluster(ledger: Engine, monkeypatch: pytest.MonkeyPatch) -> Cluster:
    made = Cluster(ledger)
    monkeypatch.setattr(session, "follow", made.follow)
    return made


@pytest.fixture
def anywhere(home: Path, ledger_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> Iterator[Cluster]:
    """Workers of a ledger that is once on each database."""
    if ledger_settings.database_url:
        monkeypatch.setenv("SWEEP_DATABASE_URL", ledger_settings.database_url)
    engine = open_ledger(load_settings())
    made = Cluster(engine)
    monkeypatch.setattr(session, "follow", made.follow)
    yield made
    engine.dispose()


def found(sweep: Sweep, *more: str) -> dict[str, Any]:
    ran = sweep(*FIND, *more, "--json")
    assert ran.code == 0, ran.err
    return dict(json.loads(ran.out))


def test_it_finds_the_smallest_and_reads_the_test_set_for_that_one_only(sweep: Sweep, cluster: Cluster) -> None:
    best = found(sweep, "--bench-device", "none")
    assert (best["algorithm"], best["sparsity"], best["seeds"], best["complete"]) == ("oneshot", 0.9, 2, True)
    assert (best["sweep"], best["tested"], best["top1"]) == ("seek-best", ["seek-best"], 0.94)
    assert cluster.kinds().count("evaluate") == 2 and set(cluster.kinds()[-2:]) == {"evaluate"}
    rows = report_rows(cluster.ledger, find_sweep(cluster.ledger, "seek").id)
    assert len(rows) == best["trials"] <= 2 + 2 * 8 + 2
    assert all(row.state == "DONE" and row.top1 is None and row.top1_val and row.nonzero for row in rows)
    assert "missing where a sweep leaves the test set out" in sweep("report", "seek").out
    refused = sweep("extend", "seek", "--sparsity", "99")
    assert (refused.code, "continue it with sweep find" in refused.complaint) == (2, True)

    before = len(cluster.done)
    assert found(sweep, "--bench-device", "none") == best and len(cluster.done) == before, "all of it is done"
    shown = sweep(*FIND, "--bench-device", "none").out
    assert "recommended: oneshot 90 % · 1 × 1 · seed 0 (seek-best" in shown and "read once" in shown
    wider = found(sweep, "--bench-device", "none", "--max-drop", "60")
    assert wider["sparsity"] == 0.995 and wider["tested"] == ["seek-best", "seek-best-2"], "and it says so"


def test_a_kill_between_any_two_stages_loses_nothing(sweep: Sweep, anywhere: Cluster) -> None:
    cluster = anywhere
    for stage in range(0, 60, 4):
        cluster.kill_after = stage
        try:
            assert main([*FIND, "--for", "latency"]) == 0
            break
        except Killed:
            continue
    best = found(sweep, "--for", "latency")
    assert (best["sparsity"], best["speedup"], best["speedup_chosen_at"]) == (0.9, 1.7, 2.0)
    specs = [json.dumps(spec, sort_keys=True) for spec in cluster.done]
    assert stage > 20 and len(set(specs)) == len(specs), "no stage was run twice"
    assert cluster.kinds().count("evaluate") == 2
    timed = report_rows(cluster.ledger, find_sweep(cluster.ledger, "seek-timed").id)
    assert {(row.algorithm, row.sparsity) for row in timed} == BORDERS.items()
    assert {row.latency_speedup for row in timed} == {2.0}, "what chose the network is not what is reported"
    shown = sweep(*FIND, "--for", "latency").out
    assert "1.70× dense speed" in shown and "timed afresh; the measurement that chose it, 2.00×, is left out" in shown
    assert len(cluster.done) == len(specs), "all of it is done"


def test_used_up_it_recommends_the_best_so_far_and_goes_on_when_asked_again(
    sweep: Sweep, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = SimpleNamespace(monotonic=partial(next, count(0.0, 10.0)))  # ten seconds later at every look
    monkeypatch.setattr(session, "time", clock)
    best = found(sweep, "--bench-device", "none", "--budget", "95s")
    assert (best["complete"], best["reason"]) == (False, "the budget of 1 min 35 s is used up")
    assert 0.5 <= best["sparsity"] < 0.9 and best["top1"] is not None
    best = found(sweep, "--bench-device", "none")
    assert (best["sparsity"], best["complete"], len(best["tested"])) == (0.9, True, 2)


def test_a_trial_that_fails_does_not_fit_and_a_dense_network_that_fails_ends_it(sweep: Sweep, cluster: Cluster) -> None:
    cluster.broken = lambda spec: spec.get("sparsity", 0) > 0.7
    assert found(sweep, "--bench-device", "none")["sparsity"] == 0.7
    cluster.broken = lambda spec: spec["kind"] == "train"
    ran = sweep(*FIND[:-1], "other", "--width", "8", "--bench-device", "none")
    assert (ran.code, "the dense network's validation accuracy could not be measured" in ran.err) == (1, True)


def test_nothing_fits(sweep: Sweep, cluster: Cluster) -> None:
    ran = sweep(*FIND, "--sparsity", "95,99")
    assert (ran.code, "no network is within 1 points of dense" in ran.err) == (1, True)
    assert "evaluate" not in cluster.kinds()


def test_a_cancelled_search_stops(sweep: Sweep, cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    def follow(engine: Engine, sweep_id: int, lease: float, *, check: Any, view: Any) -> int:
        code = cluster.follow(engine, sweep_id, lease, check=check, view=view)
        with engine.begin() as connection:
            connection.execute(update(sweeps).where(sweeps.c.id == sweep_id).values(cancelled=True))
        return code

    monkeypatch.setattr(session, "follow", follow)
    assert found(sweep, "--bench-device", "none")["reason"] == "its sweep was cancelled"


def test_sparsities_that_layer_rules_cannot_reach_are_left_out(sweep: Sweep, cluster: Cluster) -> None:
    ran = sweep(*FIND, "--bench-device", "none", "--layers", "layer4*=dense", "--algorithm", "oneshot")
    assert ran.code == 0 and "left out oneshot 50 % · 1 × 1 · seed 0: " in ran.out
    (row,) = report_rows(cluster.ledger, find_sweep(cluster.ledger, "seek-best").id)
    assert 0 < row.sparsity < 0.3


def test_its_sweeps_are_looked_at_like_any_other(sweep: Sweep, cluster: Cluster) -> None:
    """While it runs (killed at some stage) and at its end."""
    for kill_after in (7, 10**9):
        cluster.kill_after = kill_after
        with suppress(Killed):
            main([*FIND, "--for", "latency"])
        listed = json.loads(sweep("list", "--json").out)
        for name in (one["name"] for one in listed):
            for command in (("status",), ("status", "--json"), ("report",), ("report", "--format", "latex"), ("show",)):
                ran = sweep(command[0], name, *command[1:])
                assert (ran.code, ran.err) == (0, ""), (command, name)
    assert [one["name"] for one in listed] == ["seek-best", "seek-timed", "seek"]
    assert {one["state"] for one in listed} == {"done"}


def test_sparsities_that_channels_cannot_reach_are_left_out(sweep: Sweep, cluster: Cluster) -> None:
    asked = ("--algorithm", "channels", "--model", "resnet20", "--sparsity", "50,60,99.9", "--max-drop", "90")
    ran = sweep(*FIND, "--bench-device", "none", *asked)
    assert ran.code == 0 and "left out channels 99.9 % · 1 × 1 · seed 0: " in ran.out, ran.err
    (row,) = report_rows(cluster.ledger, find_sweep(cluster.ledger, "seek-best").id)
    assert row.sparsity == 0.6


BAD = [
    (("--max-drop", "-1"), "max_drop '-1': give percentage points from 0 to 100"),
    (("--max-drop", "nan"), "max_drop 'nan': give percentage points"),
    (("--budget", "0m"), "budget '0m': give a time above 0 such as 90s, 40m or 1h30m"),
    (("--budget", "soon"), "budget 'soon': give a time"),
    (("--for", "speed"), "for 'speed': unknown"),
    (("--for", "latency", "--bench-device", "none"), "bench_device 'none': the fastest network must be measured"),
    (("--sparsity", "0"), "sparsity '0': give sparsities above 0"),
    (("--controls", "true"), "controls 'true': a search tries only what it may recommend"),
    (("--algorithm", "onshot"), "algorithm 'onshot': unknown; did you mean \"oneshot\"?"),
    (("--name", "a" * 57), "is longer than 56 letters"),
    (("--export", "pyproject.toml"), "export 'pyproject.toml': is no folder"),
    (("--export", "/dev/null/found"), "export '/dev/null/found': cannot be made: /dev/null is no folder"),
    (("--export", "a" * 300), "cannot be written: File name too long"),
    (("--devices", "cpu"), "--devices 'cpu': is for the worker that --no-worker leaves out"),
    (("--per-device", "2"), "--per-device '2': is for the worker that --no-worker leaves out"),
]


@pytest.mark.parametrize(("options", "message"), BAD)
def test_bad_input_is_one_line_and_writes_nothing(
    sweep: Sweep, home: Path, options: tuple[str, ...], message: str
) -> None:
    ran = sweep(*FIND, *options)
    assert (ran.code, message in ran.complaint) == (2, True), ran.err
    assert not home.exists()


def test_a_folder_with_files_of_others_is_not_exported_to(sweep: Sweep, home: Path, tmp_path: Path) -> None:
    (tmp_path / "resnet18.pt").write_bytes(b"mine")
    ran = sweep(*FIND, "--export", tmp_path)
    assert (ran.code, "holds resnet18.pt, which no search seek has written" in ran.complaint) == (2, True)
    for sweep_name, ours in (("seek-best-2, cell 1", True), ("seek-best", True), ("seekers-best, cell 1", False)):
        (tmp_path / "resnet18.md").write_text(f"| sweep | {sweep_name}, submitted 2026-11-29 |\n")
        assert (_unexpected(tmp_path, "seek") == "") is ours


def test_the_export_folder_holds_the_present_recommendation_alone(
    sweep: Sweep, cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another bound recommends another network: the files of the former one, which look like a result, go."""
    folder = tmp_path / "found"

    def write(_program: object, request: Export) -> Iterator[ExportedFile]:
        for weights in request.files:
            Path(weights.path).write_text(weights.sha256)
            yield ExportedFile(path=weights.path, bytes=len(weights.sha256))

    monkeypatch.setattr("prunesweep.orchestrator.export.files.ask", write)
    sparsities: list[float] = []
    for bound in ("0", "60"):
        ran = sweep(*FIND, "--bench-device", "none", "--export", folder, "--max-drop", bound, "--json")
        assert ran.code == 0, ran.err
        found = json.loads(ran.out)
        written = {Path(file) for file in found["files"]}
        assert {*folder.iterdir()} == written | {file.with_suffix(".md") for file in written}
        sparsities.append(found["sparsity"])
    assert len(set(sparsities)) == 2


def _unexpected(folder: Path, name: str) -> str:
    try:
        check_export(folder, name)
    except UserError as error:
        return str(error)
    return ""


def test_another_sweep_of_the_name_is_left_alone(sweep: Sweep, cluster: Cluster) -> None:
    assert sweep("submit", "--grid", "demo", "--name", "seek").code == 0
    ran = sweep(*FIND)
    assert (ran.code, "a sweep of this name is no search; choose another name" in ran.complaint) == (2, True)


def test_without_a_name_the_same_command_continues_the_same_search(sweep: Sweep, cluster: Cluster) -> None:
    unnamed = [word for word in FIND if word not in ("--name", "seek")]
    first = json.loads(sweep(*unnamed, "--bench-device", "none", "--json").out)
    again = json.loads(sweep(*unnamed, "--bench-device", "none", "--json", "--max-drop", "2").out)
    assert again["sweep"] == first["sweep"] and first["sweep"].startswith("find-")
    with cluster.ledger.connect() as connection:
        states = set(connection.scalars(select(stages.c.state)))
    assert states == {"DONE"}


def test_a_network_that_gained_is_above_dense() -> None:
    assert [against_dense(drop) for drop in (0.005, 0.0, -0.6042)] == [
        "0.50 points below dense",
        "0.00 points below dense",
        "60.42 points above dense",
    ]
