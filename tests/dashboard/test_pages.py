"""The pages as they are sent: what is on them, that nothing in a ledger can harm them, and what a viewer costs."""

import json
import re
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine, event, update
from sqlalchemy import text as sql

from bench.dashboard_scene import break_, fill, finish, submit, take, train
from prunesweep.core.ledger.db.doing import BYTES, Doing
from prunesweep.core.ledger.db.engine import open_ledger
from prunesweep.core.ledger.db.schema import cells, stages, sweeps, workers
from prunesweep.core.ledger.queries.report import report_rows
from prunesweep.core.ledger.queue.claims import heartbeat
from prunesweep.core.ledger.queue.outcome import fail
from prunesweep.core.ledger.queue.progress import record_doing
from prunesweep.core.ledger.queue.workers import SlotUsage, register
from prunesweep.core.settings import Settings
from prunesweep.orchestrator.dashboard.cache import TimedCache
from prunesweep.orchestrator.dashboard.connection import LedgerAway, LedgerConnection
from prunesweep.orchestrator.dashboard.read_service import ReadService

Serve = Callable[..., Any]
_EVIL = "</script><img src=x onerror=alert(1)>&\"'"


def _versions(text: str) -> str:
    return ",".join(":".join(found) for found in re.findall(r'data-part="([\w-]+)" data-version="(\w*)"', text))


def test_every_page_shows_what_the_ledger_holds(engine: Engine, serve: Serve) -> None:
    fill(engine, 12, share=0.5, seeds=1)
    served = serve()
    home = served.get("/").text
    assert 'href="/sweeps/study"' in home and "12 cells" in home and "gpu-a" in home and "images/s" in home
    page = served.get("/sweeps/study").text
    assert "2 stages failed" in page and "illegal memory access" in page and "loss.backward()" in page
    assert page.count('<li class="lane') == 1 + 12
    done = sum(row.state == "DONE" for row in report_rows(engine, 1))
    assert f"{done} of 12 cells done" in page
    digest = re.search(r"/stages/(\w{16})", page).group(1)  # type: ignore[union-attr]
    stage = served.get(f"/stages/{digest}").text
    assert f"{digest}" in stage and "Attempt 1" in stage and "&#34;kind&#34;" in stage
    assert served.get("/sweeps/1").text.count("12 cells") == page.count("12 cells"), "by its number as well"
    csv = served.get("/sweeps/study/report.csv")
    assert csv.headers["content-type"].startswith("text/csv") and len(csv.text.splitlines()) == 13


def test_only_what_has_changed_is_sent(engine: Engine, serve: Serve) -> None:
    submit(engine, 4)
    served = serve()
    have = _versions(served.get("/sweeps/study").text)
    quiet = served.get("/sweeps/study/live", X_Have=have)
    assert (quiet.status, quiet.text) == (204, "")
    (held,) = take(engine, 1)
    train(engine, held, 1)
    record_doing(engine, {(held.digest, held.attempt): Doing("downloading", 3_000_000, 170_000_000, BYTES)})
    text = ""
    while not text:  # the reading that viewers share has to grow old first
        text = served.get("/sweeps/study/live", X_Have=have).text
    sent = dict(re.findall(r'id="part-(\w+)" data-part="\w+" data-version="(\w+)" hx-swap-oob="(?:morph)"', text))
    assert {"cells", "headline", "running", "stages", "workers"} == set(sent)
    assert "▶" in text and "epoch 1 of" in text and "now downloading: 3.0 of 170 MB" in text


def test_pages_and_filters(engine: Engine, serve: Serve) -> None:
    submit(engine, 240)
    break_(engine, take(engine, 1)[0])
    served = serve()
    first, last = served.get("/sweeps/study").text, served.get("/sweeps/study?page=5").text
    assert first.count('<li class="lane"') == 50 and last.count('<li class="lane"') == 40
    assert last.count('aria-current="page"') == 2, "in the trail and in the map"
    beyond = served.get(f"/sweeps/study?page={10**30}").text
    assert beyond.count('<li class="lane"') == 40 and "<title>study · page 5 ·" in beyond
    assert served.get("/sweeps/study?show=running").text.count('<li class="lane"') == 0
    assert served.get("/sweeps/study?page=1&show=unfinished").text.count('<li class="lane"') == 50
    for query, said in (
        ("page=-1", "page &#39;-1&#39;: give"),
        ("page=x", "give a number"),
        ("show=no", "known: all,"),
    ):
        for path in ("", "/live"):
            refused = served.get(f"/sweeps/study{path}?{query}")
            assert refused.status == 400 and said in refused.text
    assert 'live?page=5&amp;show=all"' in last


def test_hostile_names_reasons_and_logs_stay_text(engine: Engine, serve: Serve) -> None:
    submit(engine, 4)
    (held,) = take(engine, 1)
    fail(engine, held.digest, held.attempt, _EVIL, f"{_EVIL}\x1b[31m\x00")
    with engine.begin() as connection:
        connection.execute(update(sweeps).values(name=_EVIL, grid={"dataset": _EVIL, "model": _EVIL}))
        connection.execute(update(cells).values(algorithm=_EVIL))
        connection.execute(update(stages).values(worker=_EVIL, slot=_EVIL))
    served = serve()
    for path in ("/", "/sweeps/1", f"/stages/{held.digest}", "/sweeps/1/live", "/live"):
        answer = served.get(path)
        assert answer.status == 200 and "onerror" in answer.text
        assert "<img" not in answer.text and "\x1b" not in answer.text and "\x00" not in answer.text
    told = served.get("/sweeps/%3Cimg%20src=x%20onerror=alert(1)%3E")
    assert told.status == 404 and "<img" not in told.text


def test_what_is_not_there_is_told_in_a_line_and_nothing_can_be_changed(engine: Engine, serve: Serve) -> None:
    served = serve()
    for path in (
        "/sweeps/none",
        "/stages/zz",
        "/stages/0000",
        "/nowhere",
        "/static/../app.py",
        "/static/%2e%2e/app.py",
    ):
        answer = served.get(path)
        assert answer.status == 404, path
        assert "Traceback" not in answer.text and "Internal" not in answer.text
        assert "Not Found" not in answer.text, "what is not there, or where the pages are"
    for method in ("POST", "PUT", "DELETE", "PATCH"):
        assert served.get("/", method).status == 405


def test_the_table_holds_every_cell_and_leads_to_what_failed(engine: Engine, serve: Serve) -> None:
    import json

    fill(engine, 12, share=0.5)
    served = serve()
    rows = json.loads(served.get("/sweeps/study/cells.json").text)["rows"]
    report = report_rows(engine, 1)
    assert [row["cell"] for row in rows] == [row.cell for row in report]
    assert [row["top1"] for row in rows] == [None if row.top1 is None else round(100 * row.top1, 4) for row in report]
    failed = next(row for row in rows if row["state"] == "failed")
    assert "loss.backward()" in served.get(f"/stages/{failed['stage']}").text
    assert failed["name"] in served.get(f"/stages/{failed['stage']}").text
    page = served.get("/sweeps/study").text
    assert page.index('id="part-running"') < page.index('id="cells"'), "while it runs, what runs comes first"
    assert served.get("/sweeps/none/cells.json").status == 404


def test_the_charts_are_the_reports(engine: Engine, serve: Serve) -> None:
    import json

    fill(engine, 12, share=0.9)
    told = json.loads(serve().get("/sweeps/study/charts.json").text)
    assert [figure["name"] for figure in told["figures"]] == [
        "accuracy",
        "speed",
        "size",
        "learning",
        "layers",
        "importance",
    ]
    assert "12 cells done" in told["verdict"][0]
    assert told["figures"][0]["spec"]["datasets"]["means"]


def test_no_ledger_then_one(settings: Settings, serve: Serve) -> None:
    served = serve()
    empty = served.get("/")
    assert empty.status == 200 and "sweep run --grid demo" in empty.text
    assert served.get("/sweeps/study").status == 503
    opened = open_ledger(settings)
    submit(opened, 4)
    opened.dispose()
    text = ""
    while not text:
        text = served.get("/live", X_Have=_versions(empty.text)).text
    assert "study" in text


def test_a_ledger_that_goes_away_and_another_that_comes(settings: Settings, engine: Engine) -> None:
    source = LedgerConnection(settings)
    submit(engine, 4)
    names = ReadService(settings, 0.0)
    assert [listed.sweep.name for listed in names.sweeps()] == ["study"]
    settings.ledger_file.rename(settings.home / "moved")
    with pytest.raises(LedgerAway, match="no ledger yet") as caught:
        names.sweeps()
    assert caught.value.missing
    other = open_ledger(settings)
    submit(other, 4, name="other")
    other.dispose()
    assert [listed.sweep.name for listed in names.sweeps()] == ["other"], "not the old file, which is still open"
    names.source.close()
    source.close()


def test_a_server_that_goes_away_and_comes_back(
    settings: Settings, postgres: Engine, postgres_database: Callable[[], str]
) -> None:
    there = replace(settings, database_url=postgres_database())
    opened = open_ledger(there, upgrade=True)
    submit(opened, 4)
    name = opened.url.database
    opened.dispose()
    service = ReadService(there, 0.0)
    assert service.sweep("study").status.name == "study"
    with postgres.connect() as connection:
        connection.execute(sql(f"ALTER DATABASE {name} ALLOW_CONNECTIONS false"))
        connection.execute(sql(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"))
        for _ in range(2):  # with the connection it had, and when it asks for another
            with pytest.raises(LedgerAway) as caught:
                service.sweep("study")
            assert not caught.value.missing and "\n" not in str(caught.value)
        connection.execute(sql(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true"))
    assert service.sweep("study").status.name == "study"
    service.source.close()


def test_twenty_viewers_cost_the_ledger_what_one_does(settings: Settings, engine: Engine) -> None:
    submit(engine, 4)
    service = ReadService(settings, 1000.0)
    counted: list[str] = []
    service.sweep("study")
    opened = service.source._opened()
    event.listen(opened, "before_cursor_execute", lambda *said: counted.append(said[2]))
    viewers = [threading.Thread(target=service.sweep, args=("study",)) for _ in range(20)]
    for viewer in viewers:
        viewer.start()
    for viewer in viewers:
        viewer.join()
    assert counted == []
    service.source.close()


def test_a_failure_is_shared_as_a_value_is() -> None:
    made: list[int] = []

    def fail_() -> None:
        made.append(1)
        raise LedgerAway("gone")

    fresh = TimedCache(1000.0)
    for _ in range(3):
        with pytest.raises(LedgerAway):
            fresh.get("key", fail_)
    assert len(made) == 1


def test_a_stage_that_ends_is_seen_in_the_next_reading(settings: Settings, engine: Engine) -> None:
    submit(engine, 4)
    service = ReadService(settings, 0.0)
    (held,) = take(engine, 1)
    assert service.sweep("study").now.states[held.digest] == "RUNNING"
    finish(engine, held)
    assert service.sweep("study").now.states[held.digest] == "DONE"
    service.source.close()


def test_imported_weights_are_not_called_a_training(engine: Engine, serve: Serve) -> None:
    submit(engine, 4)
    assert "dense network" in serve().get("/sweeps/study").text
    with engine.begin() as connection:
        grid = connection.execute(sql("SELECT grid FROM sweeps")).scalar_one()
        known = {**(json.loads(grid) if isinstance(grid, str) else grid), "weights": "theirs.pt", "dense_epochs": 0}
        connection.execute(update(sweeps).values(grid=known))
    page = serve().get("/sweeps/study").text
    assert "imported weights" in page and "dense network" not in page


def test_a_slot_shows_what_it_uses_and_a_silent_worker_dashes(settings: Settings, engine: Engine, serve: Serve) -> None:
    register(engine, "here:1", "here", 1, ["cuda:0", "cpu"], "0.1.0")
    served = serve()

    def wait_for(wanted: list[str]) -> str:
        """Return the page that shows these lines; a reading that is shared has to grow old first."""
        while True:
            page = str(served.get("/").text)
            if re.findall(r'class="usage note">(.*?)</span>', page) == wanted:
                return page

    nothing = ["CPU – · memory – · GPU – · GPU memory –", "CPU – · memory –"]
    wait_for(nothing)
    heartbeat(engine, "here:1", [], 60.0, (SlotUsage(104.2, 2_300_000_000, 0.0, None), SlotUsage(99.6, 120_000_000)))
    wait_for(["CPU 104 % · memory 2.3 GB · GPU 0 % · GPU memory –", "CPU 100 % · memory 120.0 MB"])
    with engine.begin() as connection:
        connection.execute(update(workers).values(seen_at=workers.c.seen_at - 3 * settings.heartbeat))
    assert "silent" in wait_for(nothing)
