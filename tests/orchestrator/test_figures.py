"""Charts: what they show of a sweep, what they leave out, and that they can be drawn."""

from dataclasses import replace
from typing import Any

import pytest

from prunesweep.core.ledger.queries.curves import Curves, EpochMetrics
from prunesweep.core.ledger.queries.report import ReportRow
from prunesweep.orchestrator.report.figures.draw import figures, pictures
from prunesweep.orchestrator.report.figures.selection import MOST_LINES, chosen_sparsities
from prunesweep.orchestrator.report.figures.theme import INK
from prunesweep.orchestrator.report.summary import groups

_BEGIN = {"png": b"\x89PNG", "svg": b"<svg", "pdf": b"%PDF", "md": b"**Accuracy against sparsity**"}


def _sweep(row: ReportRow, names: list[str], sparsities: list[float], seeds: int = 2) -> list[ReportRow]:
    return [
        replace(
            row,
            cell=number,
            algorithm=name,
            sparsity=sparsity,
            seed=seed,
            top1=0.9 - sparsity / 10 - place / 100 + seed / 100,
            top1_dense=0.9,
            latency_speedup=1 + sparsity,
            latency_speedup_low=0.99 + sparsity,
            latency_speedup_high=1.01 + sparsity,
            artifact_bytes=round(1e6 * (1.1 - sparsity)),
            artifact_zstd_bytes=None,
        )
        for number, (place, name, sparsity, seed) in enumerate(
            (place, name, sparsity, seed)
            for seed in range(seeds)
            for sparsity in sparsities
            for place, name in enumerate(names)
        )
    ]


def _curves(rows: list[ReportRow], epochs: int = 4) -> Curves:
    """A dense training for each seed, then two rounds."""
    path = {row.cell: (f"dense{row.seed}", f"{row.cell}a", f"{row.cell}b") for row in rows}
    stages = {digest for each in path.values() for digest in each}
    return Curves(path, {digest: [EpochMetrics(n + 1, 1.0, 0.5 + n / 100) for n in range(epochs)] for digest in stages})


def _layers(rows: list[ReportRow]) -> dict[int, list[dict[str, Any]]]:
    return {row.cell: [{"name": f"l{n}.weight", "nonzero": n, "total": 10} for n in range(3)] for row in rows}


def test_every_chart_can_be_drawn(row: ReportRow) -> None:
    rows = _sweep(row, ["oneshot", "a'b\"]<x>"], [0.5, 0.9])
    found = figures(rows, _curves(rows), _layers(rows))
    drawn = dict(pictures(found))
    assert sorted(map(str, drawn)) == sorted(
        [
            f"{name}.{kind}"
            for name in ("accuracy", "speed", "size", "learning", "layers")
            for kind in _BEGIN
            if kind != "md"
        ]
        + ["captions.md"]
    )
    for name, content in drawn.items():
        assert content.startswith(_BEGIN[name.suffix[1:]]), name
    assert b"oneshot" in next(content for name, content in drawn.items() if name.name == "accuracy.svg")


def test_means_and_deviations(row: ReportRow) -> None:
    rows = _sweep(row, ["oneshot"], [0.5])
    (accuracy, *_) = figures(rows, Curves({}, {}), {})
    (mean,) = accuracy.data["means"]
    assert mean["y"] == pytest.approx(85.5)
    assert (mean["lo"], mean["hi"]) == pytest.approx((85.5 - 0.7071, 85.5 + 0.7071), abs=1e-3)
    alone = figures(rows[:1], Curves({}, {}), {})[0].data["means"][0]
    assert alone["lo"] == alone["y"] == alone["hi"]
    assert alone["words"] == "85.00", "one seed has no deviation"


def test_the_front_of_speed_counts_the_dense_network_in(row: ReportRow) -> None:
    slow = [replace(each, latency_speedup=0.5, top1=0.8) for each in _sweep(row, ["oneshot"], [0.5, 0.9])]
    speed = next(figure for figure in figures(slow, Curves({}, {}), {}) if figure.name == "speed")
    assert speed.data["front"] == [{"x": 1.0, "y": 90.0}]


def test_no_speed_up_is_hollow(row: ReportRow) -> None:
    rows = _sweep(row, ["oneshot"], [0.5, 0.9])
    rows = [replace(each, latency_speedup_low=0.9) if each.sparsity == 0.5 else each for each in rows]
    speed = next(figure for figure in figures(rows, Curves({}, {}), {}) if figure.name == "speed")
    assert {mean["sparsity"]: mean["solid"] for mean in speed.data["means"]} == {"50 %": False, "90 %": True}


def test_a_hollow_mark_stands_at_one_on_the_front(row: ReportRow) -> None:
    """What is no speed-up cannot make the front, however the medians fell."""
    rows = [replace(each, latency_speedup=1.2, latency_speedup_low=0.9) for each in _sweep(row, ["oneshot"], [0.5])]
    speed = next(figure for figure in figures(rows, Curves({}, {}), {}) if figure.name == "speed")
    assert speed.data["front"] == [{"x": 1.0, "y": 90.0}]


@pytest.mark.parametrize("settings", [1, 6, 40])
def test_titles_of_the_layers_chart_have_room(row: ReportRow, settings: int) -> None:
    rows = _sweep(row, [f"a{n}" for n in range(settings)], [0.5, 0.75, 0.9], seeds=1)
    layers = next(figure for figure in figures(rows, Curves({}, {}), _layers(rows)) if figure.name == "layers")
    assert {value["s"] for value in layers.data["layers"]} == {f"a{n}" for n in range(settings)}, "no empty panel"
    assert layers.chart["spec"]["width"] >= max(100, 14 * settings)


def test_prunings_stand_between_the_stages(row: ReportRow) -> None:
    rows = _sweep(row, ["oneshot"], [0.5])
    learning = next(figure for figure in figures(rows, _curves(rows), {}) if figure.name == "learning")
    curve = learning.data["curve"]
    assert [each["x"] for each in curve if each["k"] == "line"] == [*range(1, 13)]
    assert [each["x"] for each in curve if each["k"] == "prune"] == [4, 8]
    assert "from the first epoch of the dense training on" in learning.note
    assert "mouse" in learning.page_note and "mouse" not in learning.note, "paper has none"
    (zoom,) = learning.chart["params"]
    assert "'touch'" in zoom["select"]["translate"], "a finger scrolls the page past the chart"
    imported = [replace(each, weights="model.pt") for each in rows]
    learning = next(figure for figure in figures(imported, _curves(rows), {}) if figure.name == "learning")
    assert "from the first epoch after the weights were imported on" in learning.note


def test_pruning_before_training_stands_at_the_beginning(row: ReportRow) -> None:
    rows = _sweep(row, ["snip"], [0.5], seeds=1)
    curves = Curves({0: ("none", "a")}, {"a": [EpochMetrics(1, 2.0, None), EpochMetrics(2, 1.0, None)]})
    learning = next(figure for figure in figures(rows, curves, {}) if figure.name == "learning")
    assert [(each["k"], each["x"], each["y"]) for each in learning.data["curve"]] == [
        ("line", 1, 2.0),
        ("line", 2, 1.0),
        ("prune", 0, 2.0),
    ], "without held-out images: the loss"
    once = Curves({0: ("none", "a")}, {"a": [EpochMetrics(1, 2.0, None)]})
    learning = next(figure for figure in figures(rows, once, {}) if figure.name == "learning")
    assert ("dot", 1) in [(each["k"], each["x"]) for each in learning.data["curve"]], "a line of one point is not seen"


def test_what_is_left_out_is_said(row: ReportRow) -> None:
    names = [f"a{n}" for n in range(20)]
    rows = _sweep(row, names, [n / 100 for n in range(50, 90, 2)])
    found = {figure.name: figure for figure in figures(rows, _curves(rows, 60), _layers(rows))}
    assert {mean["s"] for mean in found["accuracy"].data["means"]} == set(names[:MOST_LINES])
    assert f"Of 20 settings these are the {MOST_LINES}" in found["accuracy"].note
    assert "6 of 20 sparsities are shown" in found["learning"].note
    assert len(found["learning"].data["curve"]) < 6000
    assert "fewer epochs are drawn" in found["learning"].note
    assert chosen_sparsities(groups(rows))[0][::5] == [0.5, 0.88], "the lowest and the highest stay"


def test_two_series_never_look_alike(row: ReportRow) -> None:
    rows = _sweep(row, [f"a{n}" for n in range(16)], [0.5])
    spec = figures(rows, Curves({}, {}), {})[0].spec(INK)
    layers = [layer["encoding"] for layer in spec["layer"]]
    colours = next(each["color"]["scale"]["range"] for each in layers if "color" in each)
    dashes = next(each["strokeDash"]["scale"]["range"] for each in layers if "strokeDash" in each)
    shapes = next(each["shape"]["scale"]["range"] for each in layers if "shape" in each)
    assert len(set(zip(colours, map(str, dashes), strict=True))) == 16
    assert len(set(zip(colours, shapes, strict=True))) == 16


def test_sizes_with_zstd_where_all_are_known(row: ReportRow) -> None:
    rows = _sweep(row, ["oneshot"], [0.5, 0.9], seeds=1)
    size = next(figure for figure in figures(rows, Curves({}, {}), {}) if figure.name == "size")
    assert [each["x"] for each in size.data["means"]] == [0.6, 0.2]
    assert [each["x"] for each in size.data["front"]] == [0.2, 0.6], "the smaller is less accurate: both stay"
    packed = [replace(each, artifact_zstd_bytes=each.artifact_bytes // 2) for each in rows if each.artifact_bytes]
    size = next(figure for figure in figures(packed, Curves({}, {}), {}) if figure.name == "size")
    assert [each["x"] for each in size.data["means"]] == [0.3, 0.1]
    same = [replace(each, artifact_bytes=1000) for each in rows]
    assert "size" not in {figure.name for figure in figures(same, Curves({}, {}), {})}
