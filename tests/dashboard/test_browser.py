"""The pages in Chromium: they follow the ledger without being loaded again, for eyes, keyboards and screen readers."""

import re
import threading
from collections.abc import Callable
from typing import Any

from sqlalchemy import Engine

from bench.dashboard_scene import break_, fill, finish, submit, take, train
from prunesweep.core.ledger.db.engine import open_ledger
from prunesweep.core.settings import Settings

Serve = Callable[..., Any]
_SERIOUS = ("serious", "critical")


def _square(page: Any, digest: str) -> Any:
    return page.locator(f'#lanes a[href="/stages/{digest[:16]}"]').first


def _wait_for_class(page: Any, digest: str, css: str) -> None:
    page.wait_for_selector(f'#lanes a.{css}[href="/stages/{digest[:16]}"]')


def test_what_happens_appears_and_nothing_else_moves(engine: Engine, serve: Serve, browser: Any) -> None:
    submit(engine, 8)
    first = take(engine, 1)[0]
    finish(engine, first)
    broken, under_way = take(engine, 2)
    break_(engine, broken)
    page = browser.page(serve().url + "sweeps/study")
    page.evaluate("window.same = document.querySelector('#lanes')")
    assert page.locator("#part-failures pre").is_visible(), "the latest failure's log is open"
    mine = _square(page, under_way.digest)
    mine.focus()
    assert "s-running" in mine.get_attribute("class")
    train(engine, under_way, 2)
    page.locator("#part-running").get_by_text("epoch 2 of").wait_for()
    page.locator("#part-running svg.spark polyline").wait_for(state="attached")
    finish(engine, under_way)
    _wait_for_class(page, under_way.digest, "s-done")
    assert page.evaluate("document.querySelector('#lanes') === window.same"), "the same page, the same list"
    assert page.evaluate("document.activeElement.getAttribute('href')") == f"/stages/{under_way.digest[:16]}"
    assert page.locator("#part-failures details").get_attribute("open") is not None
    assert "loss.backward()" in page.locator("#part-failures pre").inner_text()


def test_the_reports_charts_arrive_without_eval(engine: Engine, serve: Serve, browser: Any) -> None:
    submit(engine, 8)
    page = browser.page(serve().url + "sweeps/study")
    page.set_viewport_size({"width": 390, "height": 844})
    page.locator("#part-workers").scroll_into_view_if_needed()
    page.locator("#verdict li").first.wait_for()
    assert page.locator("#figures svg").count() == 0
    while ready := take(engine, 50):
        for held in ready:
            finish(engine, held)
    page.locator("#chart-accuracy svg").wait_for()
    page.locator("#chart-learning svg").wait_for()
    page.get_by_text("8 of 8 cells done").first.wait_for()
    # What was drawn first may be of a sweep half done, with fewer charts; the others come when it is drawn again.
    page.locator("#figures figure svg").nth(5).wait_for()
    assert page.locator("#figures figure").count() == 6
    assert "cannot be drawn" not in page.locator("#figures").inner_text()
    verdict = page.locator(".verdict")
    assert verdict.evaluate("it => it.scrollHeight - it.clientHeight") <= 1, "all of it is seen"
    for name in ("accuracy", "speed", "learning", "importance"):
        box = page.locator(f"#chart-{name} svg").bounding_box()
        assert box is not None and box["width"] <= 390, f"{name} is as wide as a phone"


def test_every_page_is_accessible_and_fits_a_phone(engine: Engine, serve: Serve, browser: Any) -> None:
    from axe_playwright_python.sync_playwright import Axe

    fill(engine, 8, share=0.3)
    served = serve()
    page = browser.page(served.url + "sweeps/study")
    page.locator("#part-charts").scroll_into_view_if_needed()
    page.locator("#chart-layers svg").wait_for()
    stage = page.locator("#part-failures details a").first.get_attribute("href").lstrip("/")
    for path in ("sweeps/study", "", stage, "sweeps/none"):
        if path != "sweeps/study":
            page.goto(served.url + path)
        for scheme, rules in (("light", None), ("dark", {"runOnly": ["color-contrast"]})):  # nothing else differs
            page.emulate_media(color_scheme=scheme)
            found = Axe().run(page, options=rules).response["violations"]
            told = [(each["id"], [node["html"][:200] for node in each["nodes"][:3]]) for each in found]
            assert not [each for each in found if each["impact"] in _SERIOUS], (path, scheme, told)
        page.set_viewport_size({"width": 390, "height": 844})
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
        page.set_viewport_size({"width": 1280, "height": 900})
    # A page that isn't there is answered with a status that Chromium writes to its console.
    browser.complaints[:] = [line for line in browser.complaints if "404" not in line]


_NAMES = """() => {
  const stops = [...document.querySelectorAll("a, button, summary, input, select, [tabindex='0']")];
  const name = (stop) => stop.getAttribute("aria-label") ?? stop.textContent.replace(/\\s+/g, " ").trim();
  return stops.filter((stop) => stop.checkVisibility()).map(name);
}"""
"""What a screen reader calls each link, button and field that can be seen."""


def test_no_two_tab_stops_and_no_two_pages_have_one_name(engine: Engine, serve: Serve, browser: Any) -> None:
    submit(engine, 4, name="other")  # first: submitted later it would run again what has failed
    fill(engine, 36, share=0.5, seeds=3)
    served = serve()
    home = served.get("/").text
    page = browser.page(served.url)
    stage = re.search(r"/stages/\w{16}", home)
    assert stage is not None
    titles = set()
    for path in ("", "sweeps/study", "sweeps/study?show=failed", "sweeps/other", stage.group().lstrip("/")):
        page.goto(served.url + path)
        titles.add(page.title())
        names = page.evaluate(_NAMES)
        assert "" not in names and sorted(set(names)) == sorted(names), (path, [n for n in names if names.count(n) > 1])
    assert len(titles) == 5
    page.goto(served.url)
    page.get_by_role("link", name="2 failed stages of study: logs").click()
    assert "loss.backward()" in page.locator("#part-failures pre").first.inner_text(), "a log in one click"


def test_the_table_of_cells_sorts_filters_and_comes_first_at_the_end(
    engine: Engine, serve: Serve, browser: Any
) -> None:
    submit(engine, 8)
    while ready := take(engine, 50):
        for held in ready:
            finish(engine, held)
    page = browser.page(serve().url + "sweeps/study", charts=False)
    rows = page.locator("#cells-table .tabulator-row")
    rows.nth(7).wait_for()
    assert rows.count() == 8
    after = "document.querySelector('#cells').compareDocumentPosition(document.querySelector('#part-running'))"
    assert page.evaluate(f"{after} & Node.DOCUMENT_POSITION_FOLLOWING") == 4, "before what runs"
    page.get_by_label("Filter by algorithm", exact=True).press_sequentially("iterative")
    page.locator("#cells-note").filter(has_text="4 of 8 cells match").wait_for()
    button = page.get_by_role("button", name="Sort by top-1 %", exact=True)
    for order in ("ascending", "descending"):
        button.press("Enter")
        page.locator(f"#cells-table .tabulator-col[tabulator-field=top1][aria-sort={order}]").wait_for()
    top = [float(each) for each in page.locator("#cells-table [tabulator-field=top1].tabulator-cell").all_inner_texts()]
    assert len(top) == 4 and top == sorted(top, reverse=True)
    assert page.url.endswith("?sort=top1%3Adesc&filter.algorithm=iterative")
    late = threading.Event()
    page.route("**/tabulator_simple.min.css", lambda route: (late.wait(0.5), route.continue_()))
    page.reload()
    rows.nth(3).wait_for()
    assert page.locator("#cells-table [tabulator-field=top1].tabulator-cell").all_inner_texts() == list(
        map("{:.2f}".format, top)
    ), "the address keeps order and filters"
    assert rows.first.bounding_box()["height"] < 60, "measured after its styles had come"
    page.get_by_role("link", name="lanes: unfinished").click()
    page.wait_for_url("**?show=unfinished&sort=top1%3Adesc&filter.algorithm=iterative#stages-title")


def test_a_keyboard_reaches_everything(engine: Engine, serve: Serve, browser: Any) -> None:
    fill(engine, 8, share=0.3)
    page = browser.page(serve().url + "sweeps/study", charts=False)
    here = "document.activeElement"
    page.keyboard.press("Tab")
    assert page.evaluate(f"{here}.className") == "skip"
    assert page.evaluate(f"{here}.getBoundingClientRect().width > 50"), "it can be seen"
    page.keyboard.press("Enter")
    assert page.evaluate(f"{here}.id") == "main"
    seen = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        seen.add(page.evaluate(f"{here}.tagName + ({here}.closest('section, main') ? '' : ' outside')"))
        if page.evaluate(f"{here}.matches('#lanes .lane:nth-child(2) a')"):
            break
    assert {"SUMMARY", "A"} <= seen
    assert page.evaluate(f"getComputedStyle({here}).outlineStyle") == "solid", "the focus can be seen"
    start = page.evaluate(f"{here}.href")
    page.keyboard.press("ArrowRight")
    right = page.evaluate(f"{here}.href")
    page.keyboard.press("ArrowDown")
    below = page.evaluate(f"{here}.closest('.lane').id")
    page.keyboard.press("Home")
    page.keyboard.press("ArrowUp")
    assert right != start and below == "lane-2" and page.evaluate(f"{here}.href") == start
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    page.wait_for_url(right)
    assert page.locator("h1").inner_text().endswith(("evaluation", "round 2 of 3"))


def test_a_thousand_cells(engine: Engine, serve: Serve, browser: Any) -> None:
    submit(engine, 1000)
    (held,) = take(engine, 1)
    page = browser.page(serve().url + "sweeps/study")
    assert page.get_by_text("0 of 1,000 cells done").first.is_visible()
    assert page.locator("#lanes > li").count() == 51
    assert page.locator(".map a").count() == 20
    assert page.evaluate("document.querySelectorAll('*').length") < 3000
    with page.expect_response(re.compile("/live")) as told:
        pass
    assert told.value.status == 204, "nothing is sent while nothing happens"
    finish(engine, held)
    _wait_for_class(page, held.digest, "s-done")
    page.locator(".map a").nth(12).click()
    page.locator("#lane-601").wait_for()
    assert page.locator(".map a").nth(12).get_attribute("aria-current") == "page"


def test_a_ledger_that_goes_away_and_comes_back(settings: Settings, engine: Engine, serve: Serve, browser: Any) -> None:
    submit(engine, 4)
    engine.dispose()
    page = browser.page(serve().url + "sweeps/study")
    moved = settings.home / "moved"
    settings.ledger_file.rename(moved)
    banner = page.locator("#banner")
    banner.filter(has_text="no ledger yet").wait_for()
    page.locator("#pulse").get_by_text("lost", exact=True).wait_for()
    assert page.locator("#lanes > li").count() == 5, "what was known stays"
    moved.rename(settings.ledger_file)
    banner.wait_for(state="hidden")
    browser.complaints[:] = [line for line in browser.complaints if "503" not in line]


def test_a_first_sweep_appears_by_itself(settings: Settings, serve: Serve, browser: Any) -> None:
    page = browser.page(serve().url)
    page.get_by_text("sweep run --grid demo").wait_for()
    engine = open_ledger(settings)
    submit(engine, 4, name="first")
    page.get_by_role("link", name="first").wait_for()
    engine.dispose()


def test_the_token_is_needed_once(engine: Engine, serve: Serve, browser: Any) -> None:
    submit(engine, 4)
    token = "a-token-for-the-browser"
    served = serve(token=token)
    page = browser.page(f"{served.url}sweeps/study?token={token}")
    page.wait_for_url(f"{served.url}sweeps/study")
    page.locator("#lanes").wait_for()
    assert page.evaluate("document.cookie") == ""
    page.goto(served.url)
    page.get_by_role("link", name="study").wait_for()
