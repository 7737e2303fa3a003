"""The report as one HTML file: the CSV's numbers, nothing from elsewhere, and nothing that a name can do to it."""

import csv
import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, update

from prunesweep.core.ledger.db.schema import stages
from prunesweep.core.ledger.queries.curves import Curves, learning_curves
from prunesweep.core.ledger.queries.provenance import provenance
from prunesweep.core.ledger.queries.report import ReportRow, layers_left, report_rows
from prunesweep.core.ledger.queries.sweeps import find_sweep
from prunesweep.orchestrator.report.figures.draw import figures, library
from prunesweep.orchestrator.report.html.build import page
from prunesweep.orchestrator.report.html.sentences import verdict

Sweep = Callable[..., Any]
_EVIL = "</script><img src=x onerror=alert(1)>&\"'"


class _Page(HTMLParser):
    """Tags, attributes, the table's cells by field, scripts, text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.fields: list[str] = []
        self.rows: list[dict[str, str]] = []
        self.scripts: list[str] = []
        self.words: list[str] = []
        self._inside = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        found = dict(attrs)
        self.tags.append((tag, found))
        self._inside = tag
        if tag == "th":
            self.fields.append(str(found["data-field"]))
        if tag == "tr":
            self.rows.append({})
        if tag == "td" and "data-v" in found:
            self.rows[-1][self.fields[self.cells]] = str(found["data-v"])
        self.cells = 0 if tag == "tr" else self.cells + (tag == "td")

    cells = 0

    def handle_data(self, data: str) -> None:
        (self.scripts if self._inside == "script" else self.words).append(data)

    def handle_endtag(self, tag: str) -> None:
        self._inside = ""


@pytest.fixture
def done(sweep: Sweep, work: Callable[..., int], made_once: Callable[..., None]) -> Sweep:
    """A finished demo sweep called `first`."""

    def make() -> None:
        assert sweep("submit", "--grid", "demo", "--seeds", "0,1", "--name", "first").code == 0
        work()

    made_once("first", make)
    return sweep


def _written(sweep: Sweep, file: Path) -> str:
    ran = sweep("report", "-o", file)
    assert (ran.code, ran.err) == (0, f"written: {file}\n")
    return file.read_text()


def _charts(found: _Page) -> dict[str, Any]:
    (data,) = (text for text in found.scripts if text.startswith("{"))
    charts: dict[str, Any] = json.loads(data)
    return charts


def test_the_table_has_the_csvs_numbers_in_full(done: Sweep, tmp_path: Path) -> None:
    found = _Page(_written(done, tmp_path / "first.html"))
    rows = list(csv.DictReader(io.StringIO(done("report", "--format", "csv").out)))
    shown = [row for row in found.rows if row]
    assert len(shown) == len(rows) == 36
    for row, cells in zip(rows, shown, strict=True):
        assert {"cell", "top1", "sparsity_achieved", "latency_speedup", "artifact_bytes"} <= set(cells)
        assert cells == {field: row[field] for field in cells}
    assert {tag for tag, attrs in found.tags if "aria-sort" in attrs} == {"th"}
    assert sum(tag == "button" for tag, _ in found.tags) == len(found.fields)
    # Printed headings, as Chromium repeats no button on the next sheet.
    assert all(attrs["data-title"] for tag, attrs in found.tags if tag == "th")


def test_the_charts_have_the_tables_numbers(done: Sweep, tmp_path: Path) -> None:
    charts = _charts(_Page(_written(done, tmp_path / "first.html")))
    assert list(charts) == ["accuracy", "speed", "layers"], "no epochs were reported, and all files have one size"
    means = charts["accuracy"]["datasets"]["means"]
    assert {(mean["y"], mean["lo"], mean["hi"], mean["n"]) for mean in means} == {(90.0, 90.0, 90.0, 2)}
    assert len(charts["accuracy"]["datasets"]["cells"]) == 36
    assert charts["accuracy"]["datasets"]["dense"][0]["y"] == 95.0
    assert {cell["x"] for cell in charts["speed"]["datasets"]["cells"]} == {1.016}
    assert {cell["v"] for cell in charts["layers"]["datasets"]["layers"]} == {90.0}


def test_one_file_and_nothing_from_elsewhere(done: Sweep, tmp_path: Path) -> None:
    text = _written(done, tmp_path / "first.html")
    found = _Page(text)
    for tag, attrs in found.tags:
        assert tag not in {"link", "iframe", "img", "object", "embed", "base"}
        assert not {"src", "href", "srcset", "action", "onclick", "style"} & set(attrs), tag
    policy = next(attrs for tag, attrs in found.tags if attrs.get("http-equiv") == "Content-Security-Policy")
    assert "default-src 'none'" in str(policy["content"])
    own = text.replace(library(), "")
    assert "http" not in own.replace("http-equiv", "")
    assert not re.search(r"@import|url\(|\bimport\b|\bfetch\b|XMLHttpRequest", own)
    assert not re.search(r"""(?:src|href|import|from)\s*[=(]?\s*["'`]https?:""", text)


def test_equal_ledgers_give_equal_bytes(done: Sweep, tmp_path: Path) -> None:
    assert _written(done, tmp_path / "a.html") == _written(done, tmp_path / "b.htm")


def test_a_pipe_gets_the_same_bytes_as_a_file(done: Sweep, tmp_path: Path) -> None:
    assert done("report", "--format", "html").out == _written(done, tmp_path / "a.html")


def test_a_name_does_nothing_but_name(done: Sweep, ledger: Engine) -> None:
    known = provenance(ledger, find_sweep(ledger, None))
    rows = [
        replace(row, sweep=_EVIL, algorithm=_EVIL, dataset=_EVIL, processor=_EVIL) for row in report_rows(ledger, 1)
    ]
    evil = replace(
        known,
        sweep=replace(known.sweep, name=_EVIL, grid={_EVIL: _EVIL}, version=_EVIL),
        workers=(_EVIL,),
        devices=(_EVIL,),
        timings=(_EVIL,),
        recipes=({"name": _EVIL},),
    )
    layers = {cell: [{**layer, "name": _EVIL} for layer in each] for cell, each in layers_left(ledger, 1).items()}
    plain = _Page(page(rows, [], known))
    found = _Page(page(rows, figures(rows, learning_curves(ledger, 1), layers), evil))
    assert "<img" not in page(rows, figures(rows, Curves({}, {}), layers), evil).replace(library(), "")
    assert {tag for tag, _ in found.tags} == {tag for tag, _ in plain.tags} | {"figure", "figcaption"}
    assert any(mean["s"].startswith(_EVIL) for mean in _charts(found)["accuracy"]["datasets"]["means"])


def test_a_sweep_without_results_says_so(sweep: Sweep, tmp_path: Path) -> None:
    sweep("submit", "--grid", "demo", "--name", "first")
    found = _Page(_written(sweep, tmp_path / "first.html"))
    words = " ".join(found.words)
    assert "0 of 18 cells done; 18 pending." in words
    assert "No cell has been evaluated yet, so nothing can be said about accuracy." in words
    assert _charts(found) == {}


def test_unfinished_and_failed_cells_are_told(
    sweep: Sweep, work: Callable[..., int], ledger: Engine, tmp_path: Path
) -> None:
    sweep("submit", "--grid", "demo", "--name", "first")
    work(50)
    with ledger.begin() as connection:
        connection.execute(update(stages).where(stages.c.state == "READY").values(state="FAILED"))
    rows = report_rows(ledger, 1)
    failed = sum(row.state == "FAILED" for row in rows)
    assert failed
    found = _Page(_written(sweep, tmp_path / "first.html"))
    assert f"{failed} failed" in " ".join(found.words)
    assert "accuracy" in _charts(found)


def test_without_latencies_there_is_no_word_of_speed(done: Sweep, ledger: Engine) -> None:
    names = [name for name in vars(report_rows(ledger, 1)[0]) if name.startswith("latency")]
    rows = [replace(row, **dict.fromkeys(names)) for row in report_rows(ledger, 1)]
    assert "No latency was measured, so nothing can be said about speed." in verdict(rows)
    assert "speed" not in {figure.name for figure in figures(rows, Curves({}, {}), {})}


def test_the_verdict_claims_no_more_than_the_numbers(row: ReportRow) -> None:
    rows = [
        replace(row, seed=seed, sparsity=sparsity, top1=top1, top1_dense=0.9, drop=0.9 - top1)
        for sparsity, values in {0.5: (0.9, 0.91), 0.9: (0.885, 0.905), 0.98: (0.5, 0.6)}.items()
        for seed, top1 in enumerate(values)
    ]
    lines = verdict(rows)
    assert lines[0] == "6 of 6 cells done."
    assert "a setting stays within one point of its reference: oneshot with 89.50 ± 1.41 %" in " ".join(lines)
    assert "0.50 points below the dense network before pruning, mean over 2 seeds." in " ".join(lines)
    assert "This sweep has no dense network that trained as long" in " ".join(lines)
    control = {"reference": "dense + 9 epochs", "top1_reference": 0.92}
    fair = verdict([replace(each, **control, drop=0.92 - (each.top1 or 0.0)) for each in rows])
    assert "Trained as long as the pruned ones (dense + 9 epochs) it reaches 92.00 ± 0.00 %." in fair
    assert "no dense network" not in " ".join(fair)
    assert "the nearest is oneshot at 50 %, 1.50 points below that of dense + 9 epochs." in " ".join(fair)
    slow = verdict(
        [replace(each, latency_speedup=0.5, latency_speedup_low=0.4, latency_speedup_high=0.6) for each in rows]
    )
    assert "Of 6 measured cells 0 run faster than the fastest dense engine, 6 slower" in " ".join(slow)
    fast = [replace(each, latency_speedup=2.0, latency_speedup_low=1.9, latency_speedup_high=2.1) for each in rows]
    assert "The fastest is 2.00× faster" in " ".join(verdict(fast))
    assert "One seed only" in " ".join(verdict(rows[::2]))
    assert "No setting stays within one point of its reference" in " ".join(verdict(rows[4:]))
