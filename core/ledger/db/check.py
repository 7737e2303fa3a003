"""`python -m prunesweep.core.ledger.db.check`: do the migrations make the tables that the code expects?"""

import sys
import tempfile

from prunesweep.core.ledger.db import migrate
from prunesweep.core.ledger.db.engine import open_ledger
from prunesweep.core.settings import load_settings


def main() -> int:
    """Migrate an empty SQLite ledger and print how it differs from the schema.

    Returns:
        Exit code: 0 if it does not differ, 1 if it does.
    """
    with tempfile.TemporaryDirectory() as folder:
        engine = open_ledger(load_settings({"SWEEP_HOME": folder}))
        differences = migrate.check(engine)
        engine.dispose()
    print("\n".join(differences) or "migrations: up to date with the schema")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
