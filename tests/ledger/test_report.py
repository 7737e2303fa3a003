"""The report's rows, from cells half done to all done."""

from dataclasses import fields

import pytest

from prunesweep.core.ledger.queries.report import ReportRow, layers_left, report_rows
from prunesweep.core.ledger.queue.outcome import complete, fail
from prunesweep.core.ledger.queue.submit import add_sweep
from prunesweep.core.plan.axis_readers import read_axes
from prunesweep.core.plan.dag import plan
from prunesweep.core.plan.grids import GRIDS
from prunesweep.core.plan.stages import Evaluate

AXES = {"sparsity": "0.75", "algorithm": "oneshot,iterative", "epochs": "2", "iterations": "2", "dense_epochs": "4"}


@pytest.fixture
def grid(world):
    made = plan(read_axes(AXES, GRIDS["demo"]))
    sweep = add_sweep(world.engine, made, "grid", "0")
    world.digests = {digest: digest for digest in made.stages}
    return made, sweep.id


def run(world, digest: str, result: dict, number: int) -> None:
    taken = world.claim(digest)
    complete(
        world.engine,
        digest,
        taken.attempt,
        artifact=f"{number:064x}" if taken.epochs else "",
        artifact_bytes=1000 + number,
        train_seconds=taken.epochs * 10.0,
        summary={"zstd_bytes": 700} if taken.kind == "prune" else {},
        result=result,
        log="",
    )


HEADER = """
    sweep cell state dataset model width algorithm sparsity sparsity_achieved epochs iterations seed layer_rules
    top1_before top1_bn top1 top1_dense reference top1_reference drop
    top1_val top1_val_dense test_images chance at_chance dense_at_chance top5 top5_dense
    nonzero total nonzero_counted total_counted sparsity_counted
    collapsed compression params_nonzero params compression_all macs macs_dense flop_speedup
    latency_dense_ms latency_pruned_ms latency_speedup latency_speedup_low latency_speedup_high
    latency_batch latency_threads latency_engine
    latency_dense_engine latency_null_low latency_null_high latency_load latency_busy
    latency_code latency_p latency_p_adjusted latency_autocorrelation
    latency_zeros_ms latency_zeros_speedup latency_zeros_low latency_zeros_high processor
    artifact_bytes artifact_zstd_bytes train_seconds dense_train_seconds
    train_dense_epochs train_flops_ratio device
    ran_device ran_numbers ran_layout ran_threads ran_torch ran_kernels ran_instructions ran_resumed digest artifact
    dense_digest weights weights_sha256
"""


def test_columns_are_the_csv_header() -> None:
    assert [field.name for field in fields(ReportRow)] == HEADER.split()


def test_a_new_sweep_has_a_row_per_cell_and_no_facts(world, grid) -> None:
    made, sweep = grid
    rows = report_rows(world.engine, sweep)
    assert [(row.cell, row.state, row.algorithm, row.sparsity, row.iterations) for row in rows] == [
        (1, "PENDING", "oneshot", 0.75, 1),
        (2, "PENDING", "iterative", 0.75, 2),
    ]
    assert {row.top1 for row in rows} | {row.artifact for row in rows} | {row.train_seconds for row in rows} == {None}
    assert [row.digest for row in rows] == [cell.rounds[-1] for cell in made.cells]


def test_a_done_sweep(world, grid, good_result, good_latency) -> None:
    made, sweep = grid
    for number, (digest, stage) in enumerate(made.stages.items()):
        result = {}
        if isinstance(stage, Evaluate):
            pruned = bool(stage.before)
            result = {**good_result, "top1": 0.88 if pruned else 0.9, "top1_before": 0.4 if pruned else None}
        elif stage.kind == "benchmark":
            result = dict(good_latency)
        run(world, digest, result, number)
    oneshot, iterative = report_rows(world.engine, sweep)
    assert (oneshot.state, oneshot.dataset, oneshot.model, oneshot.width) == ("DONE", "digits", "resnet18", 16)
    assert (oneshot.top1_before, oneshot.top1, oneshot.top1_dense) == (0.4, 0.88, 0.9)
    assert oneshot.drop == pytest.approx(0.02)
    assert (oneshot.nonzero, oneshot.total, oneshot.sparsity_achieved, oneshot.compression) == (25, 100, 0.75, 4.0)
    assert (oneshot.params_nonzero, oneshot.params, oneshot.compression_all) == (30, 120, 4.0)
    assert (oneshot.sparsity_counted, oneshot.top5, oneshot.top5_dense) == (0.75, None, None)
    assert (oneshot.macs, oneshot.macs_dense, oneshot.flop_speedup) == (
        good_result["macs"],
        good_result["macs_dense"],
        4.0,
    )
    assert oneshot.artifact_zstd_bytes == 700
    assert iterative.artifact_zstd_bytes == 700
    assert layers_left(world.engine, sweep) == {1: good_result["layers"], 2: good_result["layers"]}
    assert (oneshot.latency_speedup, oneshot.latency_speedup_low, oneshot.latency_batch) == (2.0, 1.9, 1)
    assert (oneshot.processor, oneshot.latency_engine) == ("a processor", "torch")
    assert (oneshot.latency_code, oneshot.latency_autocorrelation) == ("own", -0.1)
    zeros = (oneshot.latency_zeros_ms, oneshot.latency_zeros_speedup)
    assert (*zeros, oneshot.latency_zeros_low, oneshot.latency_zeros_high) == (1.5, 1.5, 1.4, 1.6)
    assert (oneshot.latency_p, oneshot.latency_p_adjusted) == (2 / 4096, 4 / 4096), "one of two measured cells"
    assert (oneshot.train_seconds, iterative.train_seconds) == (20.0, 40.0)
    assert oneshot.dense_train_seconds == 40.0
    final = made.cells[0].rounds[-1]
    number = list(made.stages).index(final)
    assert (oneshot.digest, oneshot.artifact, oneshot.artifact_bytes) == (final, f"{number:064x}", 1000 + number)


def test_a_measurement_of_an_older_release_is_as_sure_as_its_interval(world, grid, good_result, good_latency) -> None:
    """It has no p: of an interval that leaves 1 out at most one of twelve blocks was on the other side."""
    made, sweep = grid
    unknown = ("code", "p", "autocorrelation", "zeros_ms", "zeros_ratio", "zeros_low", "zeros_high", "zeros_p")
    lows = iter((1.9, 0.9))
    for number, (digest, stage) in enumerate(made.stages.items()):
        result = dict(good_result) if isinstance(stage, Evaluate) else {}
        if stage.kind == "benchmark":
            result = {**good_latency, **dict.fromkeys(unknown), "ratio_low": next(lows)}
        run(world, digest, result, number)
    found = sorted((row.latency_p, row.latency_p_adjusted) for row in report_rows(world.engine, sweep))
    assert found == [(26 / 4096, 52 / 4096), (1.0, 1.0)]
    assert {(row.latency_code, row.latency_zeros_speedup) for row in report_rows(world.engine, sweep)} == {(None, None)}


def test_states_tell_the_worst_first(world, grid) -> None:
    made, sweep = grid
    run(world, made.cells[0].train, {}, 1)
    taken = world.claim(made.cells[0].rounds[0])
    assert [row.state for row in report_rows(world.engine, sweep)] == ["RUNNING", "READY"]
    fail(world.engine, taken.digest, taken.attempt, "no", "")
    assert [row.state for row in report_rows(world.engine, sweep)] == ["FAILED", "READY"]


def test_everything_pruned_has_no_ratio(world, grid, good_result) -> None:
    """0 weights left: compression and FLOP speed-up are not numbers that a table can hold."""
    made, sweep = grid
    for digest, stage in made.stages.items():
        if digest in made.cells[0].stages and stage.kind != "benchmark":
            result = {**good_result, "nonzero": 0, "macs": 0} if isinstance(stage, Evaluate) else {}
            run(world, digest, result, 0)
    row = report_rows(world.engine, sweep)[0]
    assert (row.sparsity_achieved, row.compression, row.flop_speedup) == (1.0, None, None)
    assert row.latency_dense_ms is None


def test_a_grid_without_latency(world, good_result) -> None:
    made = plan(read_axes({**AXES, "bench_device": "none"}, GRIDS["demo"]))
    sweep = add_sweep(world.engine, made, None, "0")
    world.digests = {digest: digest for digest in made.stages}
    for digest, stage in made.stages.items():
        run(world, digest, dict(good_result) if isinstance(stage, Evaluate) else {}, 0)
    assert {(row.state, row.latency_dense_ms) for row in report_rows(world.engine, sweep.id)} == {("DONE", None)}
