"""`sweep dashboard`: a live page over the ledger."""

from pathlib import Path
from typing import Annotated

import typer

PORT = 8440


def dashboard(
    host: Annotated[
        str,
        typer.Option(
            "--host", metavar="HOST", help="Address to listen on; others than this machine's own need a token."
        ),
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", metavar="N", min=0, max=65535, help="Port to listen on; 0 takes a free one.")
    ] = PORT,
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
    from prunesweep.orchestrator.cli.commands import dashboard as command

    command.dashboard(host, port, token_file)
