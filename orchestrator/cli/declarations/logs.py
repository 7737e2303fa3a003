"""`sweep logs`: what a stage's trainer printed."""

from typing import Annotated

import typer

from prunesweep.orchestrator.cli import completion
from prunesweep.orchestrator.cli.options import JsonOption

StageArgument = Annotated[
    str,
    typer.Argument(
        metavar="STAGE",
        help="The first digits of a stage's digest, as status shows them.",
        autocompletion=completion.stages,
    ),
]


def logs(stage: StageArgument, json_: JsonOption = False) -> None:
    """Show a stage's attempts and what its trainer printed."""
    from prunesweep.orchestrator.cli.commands import logs as command

    command.logs(stage, json_)
