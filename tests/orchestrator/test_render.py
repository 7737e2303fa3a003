"""The report's formats."""

import csv
import io
import json
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from prunesweep.core.ledger.queries.report import ReportRow, report_rows
from prunesweep.orchestrator.report.table import table_lines

Sweep = Callable[..., Any]
NAMES = [field.name for field in fields(ReportRow)]


@pytest.fixture
def done(sweep: Sweep, work: Callable[..., int]) -> Sweep:
    """A finished demo sweep called `first`."""
    assert sweep("submit", "--grid", "demo", "--name", "first").code == 0
    assert work() == 72
    return sweep


def test_the_table_fits_120_columns_and_is_honest(done: Sweep) -> None:
    out = done("report").out
    lines = out.splitlines()
    assert max(map(len, lines)) <= 120
    shared = "digits · resnet18 width 16 · seed 0 · dense top-1 95.00 % · 699,056 prunable weights"
    assert lines[0] == f"first: 18 of 18 cells done · {shared}"
    row = next(line for line in lines if line.startswith("oneshot"))
    assert row.split()[:6] == ["oneshot", "50", "1", "1", "50.00", "90.00"]
    assert "no speed-up" in row
    assert "1.50×" in row, "by the zeros alone"
    assert any(line.startswith("zeros alone: ") and line.endswith("code that ran: own") for line in lines)
    assert "+5.00" in row
    assert "highest at 90 %, chosen on validation: " in out
    assert "one seed only" in out
    assert "a toy, and what is seen on it holds for it alone: resnet18 of width 16, published with 64" in lines
    assert "compression all" in next(line for line in lines if line.startswith("algorithm"))


@pytest.mark.parametrize("width", [60, 80, 100])
def test_a_narrow_terminal_loses_columns_not_lines(done: Sweep, ledger: Engine, width: int) -> None:
    first, *others = report_rows(ledger, 1)
    lines = table_lines([replace(first, seed=1), *others], width)
    start = next(place for place, line in enumerate(lines) if line.startswith("algorithm "))
    assert "iterative " in "".join(lines[start : start + 20]), "names are whole while there is a number to spare"
    assert max(map(len, lines[start : start + 20])) <= width
    assert "speed-up" in lines[start]
    assert "top-1" in lines[start]
    assert any(line.startswith(f"left out to fit {width} columns: train s") for line in lines)
    assert max(map(len, lines[-2:])) <= width


def test_csv_holds_every_column_in_full(done: Sweep) -> None:
    rows = list(csv.DictReader(io.StringIO(done("report", "--format", "csv").out)))
    assert list(rows[0]) == NAMES
    assert len(rows) == 18
    assert float(rows[0]["drop"]) == 0.95 - 0.9
    assert float(rows[0]["sparsity_achieved"]) == 1 - 69_906 / 699_056
    assert rows[0]["latency_speedup_low"] == "0.98"


def test_csv_opens_in_pandas_and_duckdb_unchanged(done: Sweep, tmp_path: Path) -> None:
    import duckdb
    import pandas

    file = tmp_path / "first.csv"
    assert done("report", "first", "-o", file).err == f"written: {file}\n"
    frame = pandas.read_csv(file)
    assert list(frame.columns) == NAMES
    assert frame["top1"].dtype == "float64"
    assert frame["seed"].dtype == "int64"
    best = duckdb.sql(f"SELECT algorithm, max(top1) FROM read_csv('{file}') GROUP BY ALL ORDER BY ALL").fetchall()
    assert best == [("iterative", 0.9), ("oneshot", 0.9)]


def test_json_and_markdown(done: Sweep, tmp_path: Path) -> None:
    rows = json.loads(done("report", "--json").out)
    assert rows == json.loads(done("report", "--format", "json").out)
    assert [list(row) for row in rows] == [[*NAMES, "layers"]] * 18
    layer = {"name": "fc.weight", "nonzero": 10, "total": 100, "macs": 10, "macs_dense": 100}
    assert [row["layers"] for row in rows] == [[layer]] * 18
    assert {(row["macs"], row["macs_dense"], row["flop_speedup"]) for row in rows} == {(1_000_000, 8_000_000, 8.0)}
    assert {row["artifact_zstd_bytes"] for row in rows} == {2_000_000}
    assert done("report", "-o", tmp_path / "first.md").code == 0
    text = (tmp_path / "first.md").read_text()
    assert text.startswith("# Sweep first\n")
    assert sum(line.startswith("| oneshot |") for line in text.splitlines()) == 6


def test_unfinished_cells_show_what_is_known(sweep: Sweep, work: Callable[..., int]) -> None:
    sweep("submit", "--grid", "demo", "--seeds", "0,1")
    work(100)
    rows = json.loads(sweep("report", "--json").out)
    finished = sum(row["state"] == "DONE" for row in rows)
    assert 0 < finished < 36
    assert {row["top1"] for row in rows} == {None, 0.9}
    assert all((row["layers"] is None) == (row["top1"] is None) for row in rows)
    lines = sweep("report").out.splitlines()
    assert lines[0].startswith(f"demo-1: {finished} of 36 cells done")
    assert max(map(len, lines)) <= 120
    head = next(line for line in lines if line.startswith("algorithm"))
    assert head.split()[-1] == "state"
    assert "seed" in head


def test_a_file_is_written_whole_or_not_at_all(done: Sweep, tmp_path: Path) -> None:
    ran = done("report", "-o", tmp_path / "no" / "first.csv")
    assert (ran.code, ran.complaint) == (
        2,
        f"sweep: output '{tmp_path}/no/first.csv': its folder does not exist; make it first: mkdir -p {tmp_path}/no",
    )
    assert not list(tmp_path.glob(".first*"))


def test_columns_with_one_value_go_to_the_caption(sweep: Sweep, ledger: Engine) -> None:
    sweep("submit", "--grid", "demo")
    head = next(line for line in sweep("report").out.splitlines() if line.lstrip().startswith("algorithm"))
    assert "seed" not in head
    assert "state" not in head


def test_a_disturbed_measurement_is_marked(done: Sweep, ledger: Engine) -> None:
    rows = report_rows(ledger, 1)
    assert not any("disturbed" in line for line in table_lines(rows, 0))
    fast = {"latency_speedup": 2.0, "latency_speedup_low": 1.9, "latency_speedup_high": 2.1}
    lines = table_lines([replace(rows[0], latency_null_low=1.02, latency_null_high=1.2, **fast), *rows[1:]], 0)
    assert any("2.00×?" in line for line in lines)
    assert any(line.startswith("?: disturbed, two copies of one network differed in 1 cell;") for line in lines)
    assert any("onnxruntime → torch, 1 thread of a processor" in line for line in lines)
