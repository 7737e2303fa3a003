"""`sweep verify`: are the artifacts what the ledger says they are, and does the ledger keep its own rules?"""

from typing import Annotated

import typer

from prunesweep.orchestrator.cli import completion
from prunesweep.orchestrator.cli.options import JsonOption, flag


def verify(
    sweep: Annotated[
        str | None,
        typer.Argument(
            metavar="[SWEEP]", help="Name or number of a sweep; all when left out.", autocompletion=completion.sweeps
        ),
    ] = None,
    repair: Annotated[bool, flag("--repair", "Run stages again whose artifact is damaged or missing.")] = False,
    json_: JsonOption = False,
) -> None:
    """Read every artifact again: is it there, does its hash fit, do its weights and masks add up to the ledger's
    numbers? And does the ledger keep its own rules? Exit code 1 if something is wrong."""
    from prunesweep.orchestrator.cli.commands import verify as command

    command.verify(sweep, repair, json_)
