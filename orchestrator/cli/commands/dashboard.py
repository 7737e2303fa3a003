"""`sweep dashboard`: a live page over the ledger."""

import os
from pathlib import Path

from prunesweep.core.errors import UserError
from prunesweep.core.extras import need
from prunesweep.core.settings import load_settings


def dashboard(host: str, port: int, token_file: Path | None) -> None:
    """Serve a live page: sweeps, stages, workers, curves, failures and charts, until Ctrl-C."""
    need("dashboard")
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
