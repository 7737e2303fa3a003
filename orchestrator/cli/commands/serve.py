"""`sweep serve`: this home for other machines, through SSH."""

import sys

from prunesweep.core.errors import UserError
from prunesweep.core.settings import load_settings
from prunesweep.orchestrator.console.output import note, say


def serve() -> None:
    """Serve this home to other machines through SSH, until Ctrl-C; no server, port or password to set up."""
    if sys.platform == "win32":
        raise UserError("serve", "", "needs Linux or macOS; on Windows serve from WSL 2")
    from prunesweep.orchestrator.serving.host import serve as run

    def tell(url: str) -> None:
        note("serving until Ctrl-C; on each other machine:")
        say(f"sweep worker --join {url}")

    run(load_settings(), tell)
