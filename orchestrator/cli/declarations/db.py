"""`sweep db`: the ledger's schema."""

import typer

from prunesweep.orchestrator.cli.options import JsonOption

app = typer.Typer(help="Check and upgrade the ledger's tables.", no_args_is_help=True, add_completion=False)


@app.callback()
def _group() -> None:
    """Keep `upgrade` a sub-command although it is the only one."""


@app.command()
def upgrade(json_: JsonOption = False) -> None:
    """Bring the ledger's tables to this version's schema; safe to repeat, and while others do it too."""
    from prunesweep.orchestrator.cli.commands import db as command

    command.upgrade(json_)
