"""`sweep deploy`: files that start servers and workers elsewhere."""

from pathlib import Path
from typing import Annotated

import typer

from prunesweep.orchestrator.cli.options import JsonOption

app = typer.Typer(
    help="Write files that start all servers and workers of a deployment.", no_args_is_help=True, add_completion=False
)


@app.callback()
def _group() -> None:
    """Keep `compose` a sub-command although it is the only one."""


@app.command()
def compose(
    folder: Annotated[Path, typer.Argument(metavar="FOLDER", help="Where the files go; made when missing.")],
    workers: Annotated[
        int | None,
        typer.Option("--workers", metavar="N", min=0, max=64, help="Workers on the CPU; default 1, with --gpus 0."),
    ] = None,
    gpus: Annotated[
        int, typer.Option("--gpus", metavar="N", min=0, max=64, help="Workers that have a GPU each, from 0 on.")
    ] = 0,
    image: Annotated[
        str | None,
        typer.Option("--image", metavar="NAME", help="Use this image; default one built from this installation."),
    ] = None,
    json_: JsonOption = False,
) -> None:
    """Write docker-compose.yml and .env with fresh secrets: ledger, broker, store, flower and workers on one host."""
    from prunesweep.orchestrator.cli.commands import deploy as command

    command.compose(folder, workers, gpus, image, json_)
