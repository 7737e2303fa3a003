"""A dashboard that answers, and a browser that looks at it."""

import http.client
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import Engine

from prunesweep.core.ledger.db.engine import open_ledger
from prunesweep.core.settings import Settings
from prunesweep.orchestrator.dashboard.connections import ConnectionLimits
from prunesweep.orchestrator.dashboard.serve import server, take


@dataclass(frozen=True)
class Answer:
    status: int
    headers: dict[str, str]
    text: str


@dataclass(frozen=True)
class Served:
    """A dashboard under way."""

    port: int
    url: str

    def get(self, path: str, method: str = "GET", **headers: str) -> Answer:
        """Asks as a program does; `x_have="…"` is the header X-Have."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=300)
        try:
            connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
            answer = connection.getresponse()
            told = {name.lower(): value for name, value in answer.getheaders()}
            return Answer(answer.status, told, answer.read().decode())
        finally:
            connection.close()


@contextmanager
def _serving(
    settings: Settings, token: str = "", host: str = "127.0.0.1", limits: ConnectionLimits = ConnectionLimits()
) -> Iterator[Served]:
    place = take(host, 0)
    answering = server(settings, place, token, limits=limits)
    thread = threading.Thread(target=answering.run, kwargs={"sockets": [place.socket]})
    thread.start()
    try:
        yield Served(place.port, f"http://127.0.0.1:{place.port}/")
    finally:
        answering.should_exit = True
        thread.join(300)
        place.socket.close()


@pytest.fixture
def serve(settings: Settings) -> Iterator[Callable[..., Served]]:
    """`serve(token="…", host="0.0.0.0")` starts one on the test's ledger."""
    opened: list[Any] = []

    def start(**options: Any) -> Served:
        context = _serving(settings, **options)
        served = context.__enter__()
        opened.append(context)
        return served

    yield start
    for context in opened:
        context.__exit__(None, None, None)


@pytest.fixture
def engine(settings: Settings) -> Iterator[Engine]:
    """The ledger that it shows."""
    opened = open_ledger(settings)
    yield opened
    opened.dispose()


_NO_CHARTS: dict[str, Any] = {"verdict": [], "figures": [], "axes": [], "no_axes": ""}


@dataclass
class Browser:
    """Chromium, and all that its pages complain about."""

    chromium: Any
    complaints: list[str] = field(default_factory=list)
    _contexts: list[Any] = field(default_factory=list)

    def page(self, url: str, *, dark: bool = False, width: int = 1280, height: int = 900, charts: bool = True) -> Any:
        """A new page that has loaded. charts: without them vega is not loaded, which takes seconds."""
        context = self.chromium.new_context(
            color_scheme="dark" if dark else "light", viewport={"width": width, "height": height}
        )
        self._contexts.append(context)
        page = context.new_page()
        if not charts:
            page.route("**/charts.json*", lambda route: route.fulfill(json=_NO_CHARTS))
        page.set_default_timeout(300_000)
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.goto(url)
        return page

    def close(self) -> None:
        for context in self._contexts:
            context.close()

    def _heard(self, message: Any) -> None:
        # A request that a busy machine let time out is sent again by the page; what comes of it is asserted.
        slow = message.text.startswith(("htmx:timeout", "htmx:afterRequest"))
        if message.type == "error" and not slow:
            self.complaints.append(message.text)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    found = shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None:
        pytest.skip("no chromium on PATH (Debian: apt-get install chromium)")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        yield launched
        launched.close()


@pytest.fixture
def browser(chromium: Any) -> Iterator[Browser]:
    """Pages of a test; it fails when one of them wrote an error to its console."""
    browser = Browser(chromium)
    yield browser
    browser.close()
    assert browser.complaints == []
