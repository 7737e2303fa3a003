"""What `sweep dashboard` costs and how late it is: `python bench/dashboard.py` (needs chromium on the PATH).

first paint   a sweep of 1,000 cells in headless Chromium, a fresh profile each time: first contentful paint and load
delay         from the commit of an epoch to the page that shows it, the page open, nothing clicked
request       the whole page, an answer with nothing new, and one with a changed stage; the first two of a reading that
              is shared, the last read again; in ms as a client on this machine sees them
bytes         of the page and its parts, with gzip as a browser asks for them
reads         statements a second that the ledger is asked, with 1 and 10 viewers who ask each second, while nothing
              happens and nobody looks: 0
"""

import gzip
import http.client
import json
import shutil
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from dashboard_scene import fill, take, train
from sqlalchemy import event
from sqlalchemy.engine import Engine as AnyEngine

from prunesweep.core.ledger.db.engine import open_ledger
from prunesweep.core.ledger.queue.progress import record_epoch
from prunesweep.core.settings import Settings, load_settings
from prunesweep.orchestrator.dashboard.serve import server
from prunesweep.orchestrator.dashboard.serve import take as bind

CELLS = 1000
PAINTS = 7
DELAYS = 15
REQUESTS = 30
SECONDS = 6.0
_PAGE = "/sweeps/study"


def main() -> None:
    """Prints the table and the JSON line."""
    browser = shutil.which("chromium") or shutil.which("chromium-browser")
    with tempfile.TemporaryDirectory() as folder, _site(Path(folder)) as (settings, port):
        found = {**_requests(settings, port), **_reads(port)}
        if browser is None:
            print("no chromium on the PATH: neither first paint nor delay", file=sys.stderr)
        else:
            found |= _browser(settings, port, browser)
    width = max(map(len, found))
    for name, value in found.items():
        print(f"{name:{width}} {value:10.2f}")
    print(json.dumps({"bench": "dashboard", "metrics": {name: round(value, 3) for name, value in found.items()}}))


_PAINT = """() => new Promise((done) => new PerformanceObserver(
    (seen) => seen.getEntriesByName("first-contentful-paint").forEach((paint) => done(paint.startTime))
).observe({ type: "paint", buffered: true }))"""
"""When the page was first painted, in milliseconds. Waiting for an expression would be eval, which the page forbids."""


@contextmanager
def _site(folder: Path) -> Iterator[tuple[Settings, int]]:
    settings = load_settings({"SWEEP_HOME": str(folder)})
    engine = open_ledger(settings)
    fill(engine, CELLS, share=0.5)
    engine.dispose()
    place = bind("127.0.0.1", 0)
    answering = server(settings, place, "")
    thread = threading.Thread(target=answering.run, kwargs={"sockets": [place.socket]})
    thread.start()
    try:
        yield settings, place.port
    finally:
        answering.should_exit = True
        thread.join()
        place.socket.close()


def _get(port: int, path: str, have: str = "") -> tuple[bytes, float]:
    """Return the body as it is sent, and the milliseconds."""
    start = time.perf_counter()
    connection = http.client.HTTPConnection("127.0.0.1", port)
    connection.request("GET", path, headers={"Accept-Encoding": "gzip", **({"X-Have": have} if have else {})})
    body = connection.getresponse().read()
    connection.close()
    return body, 1000 * (time.perf_counter() - start)


def _versions(page: bytes) -> str:
    import re

    return ",".join(
        f"{name}:{it}" for name, it in re.findall(r'data-part="([\w-]+)" data-version="(\w+)"', page.decode())
    )


def _requests(settings: Settings, port: int) -> dict[str, float]:
    """Times and sizes. A reading is shared for 0.7 s; a second apart, each is read again."""
    engine = open_ledger(settings)
    _get(port, _PAGE)
    again, shared, quiet, changed, sizes = [], [], [], [], []
    (held,) = take(engine, 1)
    for epoch in range(1, REQUESTS // 3 + 1):
        time.sleep(0.8)
        body, took = _get(port, _PAGE)
        again.append(took)
        shared.append(_get(port, _PAGE)[1])
        have = _versions(gzip.decompress(body))
        quiet.append(_get(port, f"{_PAGE}/live", have)[1])
        record_epoch(
            engine, held.digest, held.attempt, epoch=epoch, loss=0.5, top1=0.9, lr=0.1, seconds=1.0, images_per_s=1900.0
        )
        time.sleep(0.8)
        answer, took = _get(port, f"{_PAGE}/live", have)
        changed.append(took)
        sizes.append(len(answer))
    engine.dispose()
    page = _get(port, _PAGE)[0]
    static = (
        "dashboard.css",
        "tokens.css",
        "htmx.min.js",
        "idiomorph-ext.min.js",
        "dashboard.js",
        "charts.js",
        "cells.js",
    )
    return {
        "page_anew_ms": statistics.median(again),
        "page_shared_ms": statistics.median(shared),
        "live_nothing_new_ms": statistics.median(quiet),
        "live_changed_ms": statistics.median(changed),
        "page_bytes": float(len(gzip.decompress(page))),
        "page_gzip_bytes": float(len(page)),
        "live_changed_gzip_bytes": statistics.median(sizes),
        "static_gzip_bytes": float(sum(len(_get(port, f"/static/{name}")[0]) for name in static)),
        "vega_gzip_bytes": float(len(_get(port, "/static/vega.js")[0])),
    }


def _reads(port: int) -> dict[str, float]:
    found = {}
    for viewers in (0, 1, 10):
        counted: list[float] = []

        def count(*_: object, counted: list[float] = counted) -> None:
            counted.append(time.monotonic())

        event.listen(AnyEngine, "before_cursor_execute", count)
        stop = time.monotonic() + SECONDS
        watching = [threading.Thread(target=_watch, args=(port, stop, place / 10)) for place in range(viewers)]
        for each in watching:
            each.start()
        time.sleep(SECONDS)
        for each in watching:
            each.join()
        event.remove(AnyEngine, "before_cursor_execute", count)
        found[f"ledger_statements_per_s_{viewers}_viewers"] = len(counted) / SECONDS
    return found


def _watch(port: int, stop: float, late: float) -> None:
    """Asks once a second, as an open page does."""
    time.sleep(late)
    have = ""
    while time.monotonic() < stop:
        _get(port, f"{_PAGE}/live", have or "none:0")
        time.sleep(1.0)


def _browser(settings: Settings, port: int, path: str) -> dict[str, float]:
    from playwright.sync_api import sync_playwright

    url = f"http://127.0.0.1:{port}{_PAGE}"
    paints, loads = [], []
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"])
        for _ in range(PAINTS):
            context = chromium.new_context()
            page = context.new_page()
            page.goto(url)
            paints.append(page.evaluate(_PAINT))
            loads.append(page.evaluate("performance.timing.loadEventStart - performance.timing.navigationStart"))
            context.close()
        page = chromium.new_context().new_page()
        page.goto(url)
        delays = list(_delays(settings, page))
        nodes = page.evaluate("document.querySelectorAll('*').length")
        chromium.close()
    return {
        "first_paint_ms": statistics.median(paints),
        "first_paint_worst_ms": max(paints),
        "load_ms": statistics.median(loads),
        "nodes": nodes,
        "delay_s": statistics.median(delays),
        "delay_worst_s": max(delays),
    }


def _delays(settings: Settings, page: Any) -> Iterator[float]:
    """Return the seconds from an epoch's commit until the page shows it; begun at all sorts of moments between two
    polls."""
    engine = open_ledger(settings)
    (held,) = take(engine, 1)
    train(engine, held, 1)
    for nr in range(DELAYS):
        rate = 5000.0 + nr
        time.sleep(0.3 + 0.137 * nr % 1.0)
        record_epoch(
            engine, held.digest, held.attempt, epoch=2, loss=0.5, top1=0.9, lr=0.1, seconds=1.0, images_per_s=rate
        )
        start = time.perf_counter()
        page.locator("#part-running").get_by_text(f"{rate:,.0f}").wait_for()
        yield time.perf_counter() - start
    engine.dispose()


if __name__ == "__main__":
    main()
