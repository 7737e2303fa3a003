"""The pages while their ledger is connected and answers nothing."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine

from prunesweep.core.settings import Settings
from tests.support.stopped import stopped


@pytest.fixture
def settings(settings: Settings, postgres_ledger: Engine) -> Settings:
    url = postgres_ledger.url.render_as_string(hide_password=False)
    return replace(settings, database_url=url, answer=0.3)


def test_pages_say_that_the_ledger_is_silent_and_come_back(serve: Callable[..., Any], postgres: Engine) -> None:
    served = serve()
    assert served.get("/").status == 200
    with stopped(postgres):
        while (page := served.get("/")).status == 200:  # read a moment ago
            pass
        assert page.status == 503 and "The ledger is unreachable" in page.text and "has not answered for" in page.text
        assert served.get("/live", X_Have="x").status == 503
    while served.get("/").status != 200:
        pass
