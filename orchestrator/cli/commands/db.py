"""`sweep db`: the ledger's schema."""

from prunesweep.core.ledger.db.migrate import HEAD
from prunesweep.core.settings import load_settings, mask
from prunesweep.orchestrator.console.output import say, say_json
from prunesweep.orchestrator.ledger_session import ledger


def upgrade(json_: bool) -> None:
    """Bring the ledger's tables to this version's schema; safe to repeat, and while others do it too."""
    settings = load_settings()
    with ledger(settings, create=True, upgrade=True):
        pass
    where = mask(settings.database_url) or str(settings.ledger_file)
    if json_:
        say_json({"ledger": where, "schema": HEAD})
    else:
        say(f"{where}: at schema {HEAD}")
