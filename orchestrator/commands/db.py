"""`sweep db`: the ledger's schema."""

import typer

app = typer.Typer(help="Care for the ledger's tables.", no_args_is_help=True)


@app.callback()
def _group() -> None:
    """Keeps `upgrade` a sub-command although it is the only one."""


@app.command()
def upgrade() -> None:
    """Bring the ledger's tables to this version's schema; safe to repeat, and while others do it too."""
    from core.ledger.migrate import HEAD
    from core.settings import load_settings, mask
    from orchestrator.ledgers import ledger
    from orchestrator.output import say

    settings = load_settings()
    with ledger(settings, create=True, upgrade=True):
        pass
    say(f"{mask(settings.database_url) or settings.ledger_file}: at schema {HEAD}")
