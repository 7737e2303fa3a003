"""The pages and their addresses. Whatever reads the ledger or draws runs in a few threads beside the event loop."""

import asyncio
from collections.abc import AsyncIterator, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from http import HTTPStatus
from importlib.resources import files
from types import MappingProxyType
from typing import Any, TypeVar

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, PlainTextResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from prunesweep.core.errors import UserError
from prunesweep.core.ledger.queries.sweeps import SweepRow
from prunesweep.core.settings import Settings
from prunesweep.core.version import version
from prunesweep.orchestrator.dashboard import charts, views
from prunesweep.orchestrator.dashboard.auth import TokenAuth
from prunesweep.orchestrator.dashboard.cells_table import cells_table
from prunesweep.orchestrator.dashboard.connection import LedgerAway
from prunesweep.orchestrator.dashboard.fragments import Fragment, TemplatePages, changed, compare_url, key_of, sweep_url
from prunesweep.orchestrator.dashboard.grid_view import SHOWN
from prunesweep.orchestrator.dashboard.read_service import ReadService
from prunesweep.orchestrator.report.figures.selection import MOST_COMPARED
from prunesweep.orchestrator.report.render import render

_THREADS = 4
_HAVE = "x-have"
_FOREVER = {"Cache-Control": "private, max-age=31536000, immutable"}

_OTHERS = 8
_GENERIC = MappingProxyType(
    {
        404: "There is no page at this address. Pages are /, /sweeps/NAME, /compare?sweep=NAME&sweep=NAME and"
        " /stages/DIGEST.",
        405: "The dashboard only reads: it answers GET and HEAD.",
    }
)
_DIGITS = 18
"""Of an address's page number; longer ones are cut."""
_NAME_TWO = "Name two or more sweeps: /compare?sweep=NAME&sweep=NAME"

Made = TypeVar("Made")


class Dashboard:
    """The handlers, and what they share."""

    def __init__(self, settings: Settings) -> None:
        self.service = ReadService(settings)
        self._pages = TemplatePages()
        self._threads = ThreadPoolExecutor(_THREADS, "dashboard")

    def close(self) -> None:
        self._threads.shutdown(cancel_futures=True)
        self.service.source.close()

    async def home(self, _: Request) -> Response:
        parts = await self._aside(lambda: views.home(self._pages, self.service))
        return self._page("home", parts, title="Sweeps")

    async def home_live(self, request: Request) -> Response:
        return _live(await self._aside(lambda: views.home(self._pages, self.service)), request)

    async def sweep(self, request: Request) -> Response:
        key, page, show = _asked(request)
        found, parts = await self._aside(lambda: views.sweep(self._pages, self.service, key, page, show))
        if page > 1:
            page = await self._aside(lambda: views.page_shown(found, page, show))
        live = f"{sweep_url(found.sweep)}/live?page={page}&show={show}"
        return self._page(
            "sweep",
            parts,
            title=found.sweep.name,
            live=live,
            sweep=found.sweep,
            page=page,
            show=show,
            ended=found.status.ended,
            several=False,
            others=await self._aside(lambda: self._others(found.sweep.id)),
        )

    async def sweep_live(self, request: Request) -> Response:
        key, page, show = _asked(request)
        _, parts = await self._aside(lambda: views.sweep(self._pages, self.service, key, page, show))
        return _live(parts, request)

    async def compare(self, request: Request) -> Response:
        keys = _compared(request)
        found, parts = await self._aside(lambda: views.compare(self._pages, self.service, keys))
        if not parts:
            raise HTTPException(400, f"{found[0].sweep.name} and what? {_NAME_TWO}")
        known = [key_of(each.sweep) for each in found]
        return self._page(
            "compare",
            parts,
            title=" and ".join(each.sweep.name for each in found),
            live=compare_url(known, "/live"),
            ended=True,
            several=True,
        )

    async def compare_live(self, request: Request) -> Response:
        keys = _compared(request)
        return _live((await self._aside(lambda: views.compare(self._pages, self.service, keys)))[1], request)

    async def compare_charts(self, request: Request) -> Response:
        keys, token = _compared(request), request.query_params.get("token", "")
        return JSONResponse(await self._aside(lambda: charts.overlaid(self.service, keys, token)))

    async def compare_cells(self, request: Request) -> Response:
        keys, token = _compared(request), request.query_params.get("token", "")
        return JSONResponse(await self._aside(lambda: cells_table(self.service, keys, token)))

    async def charts(self, request: Request) -> Response:
        key, token = request.path_params["key"], request.query_params.get("token", "")
        return JSONResponse(await self._aside(lambda: charts.charts(self.service, key, token)))

    async def cells(self, request: Request) -> Response:
        key, token = request.path_params["key"], request.query_params.get("token", "")
        return JSONResponse(await self._aside(lambda: cells_table(self.service, [key], token)))

    async def table(self, request: Request) -> Response:
        """Return the report as CSV."""
        key = request.path_params["key"]

        def make() -> str:
            return render(self.service.results(key), "csv", 120, {})

        return PlainTextResponse(await self._aside(make), media_type="text/csv")

    async def stage(self, request: Request) -> Response:
        digest = request.path_params["digest"].lower()
        found, parts = await self._aside(lambda: views.stage(self._pages, self.service, digest))
        live = f"/stages/{found.log.digest}/live"
        return self._page("stage", parts, title=found.name, live=live, facts=found.facts)

    async def stage_live(self, request: Request) -> Response:
        digest = request.path_params["digest"].lower()
        return _live((await self._aside(lambda: views.stage(self._pages, self.service, digest)))[1], request)

    async def vega(self, request: Request) -> Response:
        found = await self._aside(charts.program)
        packed = "gzip" in request.headers.get("accept-encoding", "")
        encoding = {"Content-Encoding": "gzip"} if packed else {}
        headers = {**_FOREVER, "Vary": "Accept-Encoding", **encoding}
        return Response(found.packed if packed else found.plain, 200, headers, "text/javascript")

    async def tokens(self, _: Request) -> Response:
        """Return the colours, which the report page has as well."""
        content = files("prunesweep.orchestrator.report.html").joinpath("tokens.css").read_text(encoding="utf-8")
        return Response(content, 200, {"Cache-Control": "no-cache"}, "text/css")

    def away(self, request: Request, error: Exception) -> Response:
        """Answer while the ledger is unreachable: a line for a page that is open, else a page that reloads itself."""
        if _HAVE in request.headers:
            return PlainTextResponse(str(error), 503)
        missing = isinstance(error, LedgerAway) and error.missing
        return self._message(503, "No ledger yet" if missing else "The ledger is unreachable", str(error), again=True)

    def wrong(self, request: Request, error: Exception) -> Response:
        if _HAVE in request.headers:
            return PlainTextResponse(str(error), 404)
        return self._message(404, "Not found", str(error))

    def refused(self, _: Request, error: Exception) -> Response:
        status = error.status_code if isinstance(error, HTTPException) else 500
        said = str(getattr(error, "detail", ""))
        words = _GENERIC.get(status, said) if said == HTTPStatus(status).phrase else said
        return self._message(status, "Not found" if status == 404 else "Not possible", words)

    def _others(self, sweep_id: int) -> list[SweepRow]:
        """Return the latest other sweeps."""
        return [each.sweep for each in self.service.sweeps() if each.sweep.id != sweep_id][:_OTHERS]

    def _page(self, template: str, parts: list[Fragment], **more: Any) -> Response:
        values = {"live": "/live", "version": version(), "parts": {part.name: part for part in parts}, **more}
        return HTMLResponse(self._pages.page(template, **values))

    def _message(self, status: int, title: str, words: str, again: bool = False) -> Response:
        content = self._pages.page("message", title=title, words=words, again=again, version=version(), live="")
        return HTMLResponse(content, status)

    async def _aside(self, make: Callable[[], Made]) -> Made:
        return await asyncio.get_running_loop().run_in_executor(self._threads, make)


def make_app(settings: Settings, token: str, names: frozenset[str], port: int) -> Starlette:
    """Return the application. token, names, port: see `TokenAuth`."""
    board = Dashboard(settings)

    @asynccontextmanager
    async def life(_: Starlette) -> AsyncIterator[None]:
        yield
        board.close()

    return Starlette(
        routes=[
            Route("/", board.home, methods=["GET"]),
            Route("/live", board.home_live, methods=["GET"]),
            Route("/sweeps/{key}", board.sweep, methods=["GET"]),
            Route("/sweeps/{key}/live", board.sweep_live, methods=["GET"]),
            Route("/sweeps/{key}/charts.json", board.charts, methods=["GET"]),
            Route("/sweeps/{key}/cells.json", board.cells, methods=["GET"]),
            Route("/sweeps/{key}/report.csv", board.table, methods=["GET"]),
            Route("/compare", board.compare, methods=["GET"]),
            Route("/compare/live", board.compare_live, methods=["GET"]),
            Route("/compare/charts.json", board.compare_charts, methods=["GET"]),
            Route("/compare/cells.json", board.compare_cells, methods=["GET"]),
            Route("/stages/{digest}", board.stage, methods=["GET"]),
            Route("/stages/{digest}/live", board.stage_live, methods=["GET"]),
            Route("/static/vega.js", board.vega, methods=["GET"]),
            Route("/static/tokens.css", board.tokens, methods=["GET"]),
            Mount("/static", StaticFiles(packages=[("prunesweep.orchestrator.dashboard", "static")])),
        ],
        middleware=[
            Middleware(TokenAuth, token=token, names=names, port=port),
            Middleware(GZipMiddleware, minimum_size=800, compresslevel=5),
        ],
        exception_handlers={LedgerAway: board.away, UserError: board.wrong, HTTPException: board.refused},
        lifespan=life,
    )


def _asked(request: Request) -> tuple[str, int, str]:
    """Return sweep, page and filter of the address. A page beyond the last is the last: there may have been more.

    Raises:
        HTTPException: a page or a filter that there never is.
    """
    page, show = request.query_params.get("page", "1"), request.query_params.get("show", "all")
    if not (page.isascii() and page.isdecimal() and int(page[:_DIGITS]) > 0):
        raise HTTPException(400, f"page '{page[:_DIGITS]}': give a number from 1.")
    if show not in SHOWN:
        raise HTTPException(400, f"show '{show[:_DIGITS]}': unknown; known: {', '.join(SHOWN)}.")
    return request.path_params["key"], int(page[:_DIGITS]), show


def _compared(request: Request) -> list[str]:
    """Return the sweeps of the address, each once.

    Raises:
        HTTPException: fewer than two, or more than colours can tell apart.
    """
    keys = list(dict.fromkeys(key for key in request.query_params.getlist("sweep") if key))
    if len(keys) < 2:
        raise HTTPException(400, f"There is nothing to compare. {_NAME_TWO}")
    if len(keys) > MOST_COMPARED:
        raise HTTPException(400, f"{len(keys)} sweeps are more than colours can tell apart: at most {MOST_COMPARED}.")
    return keys


def _live(parts: list[Fragment], request: Request) -> Response:
    """Return what has changed since the page was drawn; nothing at all when nothing has."""
    content = changed(parts, request.headers.get(_HAVE, ""))
    return HTMLResponse(content) if content else Response(status_code=204)
