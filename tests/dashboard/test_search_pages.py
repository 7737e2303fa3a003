"""The dashboard of a search: its three sweeps, under way and at the end."""

import json
import os
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from sqlalchemy import Engine

from prunesweep.core.settings import Settings
from prunesweep.orchestrator.cli.app import main
from prunesweep.orchestrator.find import session
from tests.orchestrator.test_find import FIND, Cluster, Killed


def test_every_sweep_of_a_search_has_its_page(
    engine: Engine, settings: Settings, serve: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [*os.environ]:
        if name.startswith("SWEEP_") or name == "REDIS_URL":
            monkeypatch.delenv(name)
    monkeypatch.setenv("SWEEP_HOME", str(settings.home))
    cluster = Cluster(engine)
    monkeypatch.setattr(session, "follow", cluster.follow)
    served = serve()
    for kill_after, names in ((7, ["seek"]), (10**9, ["seek", "seek-timed", "seek-best"])):
        cluster.kill_after = kill_after
        with suppress(Killed):
            main([*FIND, "--for", "latency"])
        for name in names:
            for place in ("", "/live", "/charts.json", "/cells.json", "/report.csv"):
                answer = served.get(f"/sweeps/{name}{place}")
                assert answer.status == 200, (name, place, answer.text)
            rows = json.loads(served.get(f"/sweeps/{name}/cells.json").text)["rows"]
            assert rows and all(served.get(f"/stages/{row['stage']}").status == 200 for row in rows)
    both = "sweep=seek&sweep=seek-best"
    for place in ("compare", "compare/charts.json", "compare/cells.json"):
        assert served.get(f"/{place}?{both}").status == 200, place
    assert "cells done" in served.get("/sweeps/seek").text
