"""Parquet, LaTeX, pictures; and what happens where the extra `report` is missing."""

import importlib.util
import io
import re
from collections.abc import Callable
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import pytest

import prunesweep
from prunesweep.core.extras import install
from prunesweep.core.ledger.queries.report import ReportRow
from prunesweep.orchestrator.report.latex import escaped, latex

Sweep = Callable[..., Any]
NAMES = [field.name for field in fields(ReportRow)]


@pytest.fixture
def done(sweep: Sweep, work: Callable[..., int], made_once: Callable[..., None]) -> Sweep:
    """A finished demo sweep called `first`."""

    def make() -> None:
        assert sweep("submit", "--grid", "demo", "--name", "first").code == 0
        work()

    made_once("first", make)
    return sweep


def test_parquet_is_the_csv_with_types(done: Sweep, tmp_path: Path) -> None:
    import pandas
    import pyarrow
    from pyarrow import parquet

    file = tmp_path / "first.parquet"
    assert done("report", "-o", file).err == f"written: {file}\n"
    found = parquet.read_table(file)
    assert found.column_names == NAMES
    assert found.schema.field("top1").type == pyarrow.float64()
    assert found.schema.field("nonzero").type == pyarrow.int64(), "integers stay so although they may be unknown"
    assert not found.schema.field("digest").nullable
    frame = pandas.read_csv(io.StringIO(done("report", "--format", "csv").out))
    for name in NAMES:
        # An empty text is a gap in a CSV file.
        column = [None if value == "" else value for value in found.column(name).to_pylist()]
        assert column == [None if pandas.isna(value) else value for value in frame[name]], name


def test_parquet_of_unfinished_cells(sweep: Sweep, tmp_path: Path) -> None:
    from pyarrow import parquet

    sweep("submit", "--grid", "demo")
    sweep("report", "-o", tmp_path / "first.parquet")
    assert parquet.read_table(tmp_path / "first.parquet").column("top1").to_pylist() == [None] * 18


def test_latex(done: Sweep, tmp_path: Path) -> None:
    assert done("report", "-o", tmp_path / "first.tex").code == 0
    text = (tmp_path / "first.tex").read_text()
    assert text == done("report", "--format", "latex").out
    assert text.startswith("% \\usepackage{booktabs}\n\\begin{table}\n")
    assert (
        r"oneshot & 1 & 1 & 50 & 1 & $90.00$ & $5.00$ & $10.0$ & $9.7$ & $8.0$ & $1.01$ & none & $1.50$ & own \\"
        in text.splitlines()
    )
    assert text.count(r"\\") == 19
    assert [text.count(rule) for rule in (r"\toprule", r"\midrule", r"\bottomrule")] == [1, 1, 1]


def test_latex_escapes_and_takes_means(row: ReportRow) -> None:
    rows = [replace(row, sweep="50%_&", algorithm="a_b#{}~^\\$", seed=seed, top1=0.8 + seed / 10) for seed in (0, 1)]
    text = latex(rows)
    assert r"a\_b\#\{\}\textasciitilde{}\textasciicircum{}\textbackslash{}\$ & " in text
    assert r"Sweep 50\%\_\&:" in text
    assert r"\label{tab:50---}" in text
    assert r"$85.00 \pm 7.07$" in text
    assert not re.search(r"(?<!\\)[&%#_]", escaped("&%#_"))


def test_long_latex_tables_break_over_pages(row: ReportRow) -> None:
    text = latex([replace(row, sparsity=n / 100) for n in range(1, 60)])
    assert r"\begin{longtable}" in text
    assert r"\begin{table}" not in text
    assert latex([]).startswith("% ")


def test_plots(done: Sweep, tmp_path: Path) -> None:
    folder = tmp_path / "new" / "plots"
    ran = done("report", "--plots", folder)
    assert (ran.code, ran.out) == (0, "")
    assert ran.err == f"written: accuracy, speed, layers (.png, .svg, .pdf) and captions.md in {folder}\n"
    assert len(list(folder.iterdir())) == 10
    both = done("report", "--plots", folder, "--format", "csv")
    assert both.out.startswith("sweep,cell,")


def test_charts_of_the_python_interface_are_the_reports(done: Sweep, tmp_path: Path) -> None:
    done("report", "--plots", tmp_path / "plots")
    found = prunesweep.charts("first")
    assert {f"{name}.png" for name in found} == {file.name for file in (tmp_path / "plots").glob("*.png")}
    chart = prunesweep.charts("first")["accuracy"]
    assert chart == found["accuracy"] and isinstance(chart, prunesweep.Chart)
    assert chart.save(tmp_path / "a.svg").read_bytes() == (tmp_path / "plots" / "accuracy.svg").read_bytes()
    assert chart._repr_png_().startswith(b"\x89PNG") and repr(chart).startswith("<Chart accuracy: ")
    with pytest.raises(prunesweep.UserError, match=r"\.png, \.svg"):
        chart.save(tmp_path / "a.gif")
    assert not (tmp_path / "a.gif").exists()


def test_plots_of_nothing(sweep: Sweep, tmp_path: Path) -> None:
    sweep("submit", "--grid", "demo", "--name", "first")
    ran = sweep("report", "--plots", tmp_path / "plots")
    assert ran.complaint == "first: no cell has been evaluated yet, so there is nothing to draw"
    assert not (tmp_path / "plots").exists()
    (tmp_path / "file").write_text("")
    assert ran.code == 0


def test_a_folder_that_cannot_be_made(done: Sweep, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    ran = done("report", "--plots", tmp_path / "file")
    assert ran.code == 2
    assert ran.complaint.startswith(f"sweep: plots '{tmp_path}/file': is no folder; give another one")


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (
            ("--format", "html"),
            f"sweep: format 'html': needs altair, vl-convert-python and jinja2: {install('report')}",
        ),
        (("--format", "parquet"), f"sweep: format 'parquet': needs pyarrow: {install('report')}"),
        (("--plots", "p"), f"sweep: plots 'p': needs altair and vl-convert-python: {install('report')}"),
    ],
)
def test_without_the_extra(
    done: Sweep, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], complaint: str
) -> None:
    real = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: real(name) if name == "pip" else None)
    ran = done("report", *words)
    assert (ran.code, ran.complaint) == (2, complaint)
    assert done("report", "--format", "latex").code == 0, "needs nothing"


def test_no_page_for_a_terminal(done: Sweep, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("prunesweep.orchestrator.cli.commands.report.is_terminal", lambda stream=None: True)
    ran = done("report", "--format", "html")
    assert ran.code == 2
    assert ran.complaint == "sweep: format 'html': is a file, no text for a terminal; add: -o FILE.html"
