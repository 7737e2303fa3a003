"""`sweep rm`: takes sweeps out of the ledger, and what only they hold out of the artifact store."""

from typing import Annotated

import typer

from prunesweep.orchestrator.cli import completion
from prunesweep.orchestrator.cli.options import JsonOption, flag


def rm(
    sweeps: Annotated[
        list[str], typer.Argument(metavar="SWEEP...", help="Names or numbers.", autocompletion=completion.sweeps)
    ],
    yes: Annotated[bool, flag("--yes", "Don't ask.", "-y")] = False,
    dry_run: Annotated[bool, flag("--dry-run", "Remove nothing; show what would be removed.", "-n")] = False,
    json_: JsonOption = False,
) -> None:
    """Remove sweeps that are over: their rows and artifacts, but for what other sweeps share. There is no way back."""
    from prunesweep.orchestrator.cli.commands import rm as command

    command.rm(sweeps, yes, dry_run, json_)
