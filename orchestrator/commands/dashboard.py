"""`sweep dashboard`: a live page over the ledger."""

from typing import Annotated

import typer

_PACKAGES = ("starlette", "uvicorn", "jinja2", "altair", "vl_convert")
_PORT = 8440


def dashboard(
    host: Annotated[
        str,
        typer.Option(
            "--host", metavar="HOST", help="Address to listen on; others than this machine's own need a token."
        ),
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", metavar="N", min=0, max=65535, help="Port to listen on; 0 takes a free one.")
    ] = _PORT,
    token: Annotated[
        str,
        typer.Option(
            "--token",
            metavar="TOKEN",
            envvar="SWEEP_DASHBOARD_TOKEN",
            show_envvar=False,
            help="What visitors must show; made up where it is needed. Default SWEEP_DASHBOARD_TOKEN.",
        ),
    ] = "",
) -> None:
    """Serve a live page: sweeps, stages, workers, curves, failures and charts, until Ctrl-C."""
    _check()
    from core.settings import load_settings
    from orchestrator.dashboard.serve import serve, take, token_for

    settings = load_settings()
    place = take(host, port)
    try:
        serve(settings, place, token_for(place, token))
    finally:
        place.socket.close()


def _check() -> None:
    """Raises UserError when a package is missing."""
    from importlib.util import find_spec

    from core.errors import UserError

    missing = [name.replace("vl_convert", "vl-convert-python") for name in _PACKAGES if find_spec(name) is None]
    if missing:
        raise UserError("dashboard", "", f"needs {', '.join(missing)}: pip install 'prunesweep[dashboard]'")
