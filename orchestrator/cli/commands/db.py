"""`sweep db`: the ledger's schema."""

import typer

from prunesweep.orchestrator.cli.options import JsonOption

app = typer.Typer(help="Care for the ledger's tables.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keep `upgrade` a sub-command although it is the only one."""


@app.command()
def upgrade(json_: JsonOption = False) -> None:
    """Bring the ledger's tables to this version's schema; safe to repeat, and while others do it too."""
    from prunesweep.core.ledger.db.migrate import HEAD
    from prunesweep.core.settings import load_settings, mask
    from prunesweep.orchestrator.console.output import say, say_json
    from prunesweep.orchestrator.ledger_session import ledger

    settings = load_settings()
    with ledger(settings, create=True, upgrade=True):
        pass
    where = mask(settings.database_url) or str(settings.ledger_file)
    if json_:
        say_json({"ledger": where, "schema": HEAD})
    else:
        say(f"{where}: at schema {HEAD}")
