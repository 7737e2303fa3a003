"""`sweep dashboard`: a live page over the ledger."""

import os
from pathlib import Path
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
    token_file: Annotated[
        Path | None,
        typer.Option(
            "--token-file",
            metavar="FILE",
            help="File that holds what visitors must show; made up where one is needed. Or set SWEEP_DASHBOARD_TOKEN.",
            dir_okay=False,
        ),
    ] = None,
) -> None:
    """Serve a live page: sweeps, stages, workers, curves, failures and charts, until Ctrl-C."""
    _check()
    from prunesweep.core.settings import load_settings
    from prunesweep.orchestrator.dashboard.serve import serve, take, token_for

    settings = load_settings()
    given = _read_token(token_file)
    place = take(host, port)
    try:
        serve(settings, place, token_for(place, given))
    finally:
        place.socket.close()


def _read_token(file: Path | None) -> str:
    """Return the token of the file, else of the environment, "" = none. Not an option: processes' arguments are public.

    Raises:
        UserError: the file cannot be read, or is empty.
    """
    from prunesweep.core.errors import UserError

    if file is None:
        return os.environ.get("SWEEP_DASHBOARD_TOKEN", "")
    try:
        token = file.read_text(encoding="utf-8-sig").strip()
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else "is not text"
        raise UserError("--token-file", file, f"cannot be read: {reason}") from None
    if not token:
        raise UserError("--token-file", file, "is empty; write the token into it")
    return token


def _check() -> None:
    """Raise UserError when a package is missing."""
    from importlib.util import find_spec

    from prunesweep.core.errors import UserError

    missing = [name.replace("vl_convert", "vl-convert-python") for name in _PACKAGES if find_spec(name) is None]
    if missing:
        raise UserError("dashboard", "", f"needs {', '.join(missing)}: pip install 'prunesweep[dashboard]'")
