"""Sweeps side by side, and the axes of one: what is sent, and what Chromium makes of it."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine, update

from bench.dashboard_scene import finish, submit, take
from prunesweep.core.ledger.db.schema import sweeps
from prunesweep.core.ledger.queries.report import report_rows
from prunesweep.core.ledger.queue.submit import add_sweep
from prunesweep.core.plan.axis_readers import read_axes
from prunesweep.core.plan.dag import plan
from prunesweep.core.plan.grids import GRIDS
from prunesweep.orchestrator.report.figures.parallel import nothing_to_compare, parallel
from prunesweep.orchestrator.report.figures.theme import INK

Serve = Callable[..., Any]
_EVIL = "</script><img src=x onerror=alert(1)>&\"'"


_ON_LINE = """line => {
  line.scrollIntoView({ block: "center" });
  const point = line.getPointAtLength(40).matrixTransform(line.getScreenCTM());
  return { x: point.x, y: point.y };
}"""
"""A point of a line between its first two axes, where no label is, on the screen."""
_FRAMES = "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 200))))"
"""Wait until what was done to the page is drawn."""


def _finish_all(engine: Engine) -> None:
    while ready := take(engine, 50):
        for held in ready:
            finish(engine, held)


@pytest.fixture
def two(engine: Engine) -> Engine:
    """Sweeps `study` and `longer`, 8 cells each, all done; the second trains its dense network for other epochs."""
    submit(engine, 8)
    axes = {"sparsity": "0.3,0.645", "epochs": "3,5", "iterations": "3", "seeds": "0", "dense_epochs": "7"}
    add_sweep(engine, plan(read_axes(axes, GRIDS["full"])), "longer", "0.1.0")
    _finish_all(engine)
    return engine


def test_two_sweeps_share_charts_tables_and_an_address(two: Engine, serve: Serve) -> None:
    served = serve()
    page = served.get("/compare?sweep=study&sweep=longer").text
    assert "<title>study and longer · prunesweep</title>" in page and 'class="log wide"' in page
    assert page.count("8 of 8 cells done") == 2 and "A: study" in page and "difference: A - B" in page
    assert 'data-from="/compare/charts.json?sweep=study&amp;sweep=longer"' in page
    told = json.loads(served.get("/compare/charts.json?sweep=study&sweep=longer").text)
    assert [figure["name"] for figure in told["figures"]] == ["accuracy", "speed", "learning"]
    for figure in told["figures"]:
        data = figure["spec"]["datasets"]
        assert {value["w"] for name, values in data.items() if name != "front" for value in values} == {
            "study",
            "longer",
        }
    rows = json.loads(served.get("/compare/cells.json?sweep=study&sweep=longer").text)["rows"]
    assert [sum(row["sweep"] == name for row in rows) for name in ("study", "longer")] == [8, 8]
    assert len({row["id"] for row in rows}) == 16
    by_number = served.get("/compare?sweep=1&sweep=longer&sweep=study&sweep=").text
    assert "<title>study and longer · prunesweep</title>" in by_number, "each sweep once, by whichever name"
    assert 'href="/compare?sweep=study&amp;sweep=longer"' in served.get("/sweeps/study").text


def test_what_cannot_be_compared_is_told_in_a_line(two: Engine, serve: Serve) -> None:
    served = serve()
    for query, status, line in (
        ("sweep=study&sweep=longr", 404, "longer"),
        ("sweep=study&sweep=%00%f0", 404, "sweep "),
        ("", 400, "Name two or more sweeps"),
        ("sweep=study", 400, "Name two or more sweeps"),
        ("sweep=study&sweep=1", 400, "study and what?"),
        ("&".join(f"sweep={place}" for place in range(9)), 400, "at most 8"),
    ):
        answer = served.get(f"/compare?{query}")
        assert answer.status == status and line in answer.text, query
        for part in ("live", "charts.json", "cells.json"):
            assert served.get(f"/compare/{part}?{query}", X_Have="x:1").status in (status, 200, 204), (part, query)


def test_a_sweep_without_results_and_one_with_a_hostile_name(engine: Engine, serve: Serve) -> None:
    submit(engine, 4)
    submit(engine, 8, name="other")
    with engine.begin() as connection:
        connection.execute(update(sweeps).where(sweeps.c.name == "other").values(name=_EVIL))
    served = serve()
    page = served.get("/compare?sweep=study&sweep=2").text
    assert "<img src=x" not in page and "&lt;img src=x" in page
    assert "both sides are the same cells" in page
    assert json.loads(served.get("/compare/charts.json?sweep=study&sweep=2").text)["figures"] == []
    home = served.get("/").text
    assert 'value="2" aria-label="Compare &lt;/script&gt;' in home, "by its number, which an address can hold"
    told = json.loads(served.get("/sweeps/study/charts.json").text)
    assert told["axes"] == [] and told["no_axes"] == "Nothing to compare yet: 0 of 4 cells evaluated."


def test_parallel_coordinates_from_two_cells_to_a_thousand(two: Engine) -> None:
    import vl_convert

    rows = report_rows(two, 2)
    assert "one cell" in nothing_to_compare([replace(rows[0], top1=None)])
    assert parallel(rows[:1]) is None and nothing_to_compare(rows[:2]) == ""
    many = [replace(row, cell=place, sparsity=place / 1000) for place, row in enumerate(rows * 126)]
    for shown in (rows[:2], rows, many, [replace(row, top1=0.5, latency_speedup=None) for row in rows]):
        figure = parallel(shown)
        assert figure is not None
        names = [axis["axis"] for axis in figure.data["axes"]]
        assert names[-1] == "top-1" and len(names) == len(set(names)) >= 2
        for cell in figure.data["cells"]:
            assert all(cell[name] is None or 0 <= cell[name] <= 1 for name in names)
        assert vl_convert.vegalite_to_svg(figure.spec(INK)).startswith("<svg")
    drawn = parallel(many)
    assert drawn is not None and len(drawn.data["cells"]) == 200 and "200 of 1,008 cells" in drawn.note
    ranked = sorted(row.top1 or 0.0 for row in many)
    assert {drawn.data["cells"][0]["top1"], drawn.data["cells"][-1]["top1"]} == {
        round(100 * ranked[0], 4),
        round(100 * ranked[-1], 4),
    }


def test_ticked_boxes_lead_to_the_comparison(two: Engine, serve: Serve, browser: Any) -> None:
    served = serve()
    page = browser.page(served.url)
    link = page.locator("#compare")
    assert link.get_attribute("href") is None
    page.get_by_label("Compare study").check()
    submit(two, 4, name="third")  # the list is drawn anew; what was ticked stays
    page.get_by_label("Compare third").wait_for()
    assert page.get_by_label("Compare study").is_checked()
    page.get_by_label("Compare longer").check()
    page.locator("#compare-note").filter(has_text="2 sweeps ticked").wait_for()
    link.click()
    page.wait_for_url("**/compare?sweep=longer&sweep=study")
    page.locator("#part-charts").scroll_into_view_if_needed()
    for name in ("accuracy", "speed", "learning"):
        page.locator(f"#chart-{name} svg").wait_for()
        for sweep in ("study", "longer"):
            page.locator(f"#chart-{name} svg").get_by_text(sweep, exact=True).first.wait_for()
    assert "cannot be drawn" not in page.locator("#figures").inner_text()
    page.locator("#cells").scroll_into_view_if_needed()
    page.get_by_label("Filter by sweep", exact=True).press_sequentially("longer")
    page.locator("#cells-note").filter(has_text="8 of 16 cells match").wait_for()
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_a_line_that_is_pointed_at_stands_out_and_a_label_chooses(two: Engine, serve: Serve, browser: Any) -> None:
    page = browser.page(serve().url + "sweeps/study", width=1440)
    page.locator("#part-charts").scroll_into_view_if_needed()
    chart = page.locator("#chart-parallel svg")
    chart.wait_for()
    chart.scroll_into_view_if_needed()
    lines = chart.locator(".mark-line path[stroke-width='1.4']")
    lines.first.wait_for()
    assert lines.count() == 8
    chart.get_by_text("iterative", exact=True).click()
    chart.locator(".mark-line path[stroke-width='1.4'][opacity='0.04']").nth(3).wait_for(state="attached")
    assert chart.locator(".mark-line path[stroke-width='1.4'][opacity='0.6']").count() == 4
    # The page may still grow above the chart, which then lies elsewhere than a moment ago: move again.
    thick = chart.locator(".mark-line path[stroke-width='4']")
    while not thick.count():
        place = chart.locator(".mark-rule line[stroke-width='9']").nth(9).evaluate(_ON_LINE)
        page.mouse.move(place["x"] - 2, place["y"])
        page.mouse.move(place["x"], place["y"])
        page.evaluate(_FRAMES)
    assert thick.count() == 1, "the one that is pointed at"
    tip = page.locator("#vg-tooltip-element")
    tip.filter(has_text="top-1").wait_for()
    assert "seed 0" in tip.inner_text(), "the cell's name, also between two axes"
