"""`python -m prunesweep.core.ledger.db.check`: do the migrations make the tables that the code expects?"""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Engine

from prunesweep.core.ledger.db import migrate
from prunesweep.core.ledger.db.sqlite import make_empty, sqlite_engine


@contextmanager
def revised() -> Iterator[Engine]:
    """A SQLite ledger that all revisions have made, one after the other; a new one is made by `migrate.create`."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "ledger.sqlite3"
        make_empty(file, 0o600)
        engine = sqlite_engine(file)
        try:
            migrate.upgrade(engine)
            yield engine
        finally:
            engine.dispose()


def main() -> int:
    """Migrate an empty SQLite ledger and print how it differs from the schema.

    Returns:
        Exit code: 0 if it does not differ, 1 if it does.
    """
    with revised() as engine:
        differences = migrate.check(engine)
    print("\n".join(differences) or "migrations: up to date with the schema")
    return 1 if differences else 0


if __name__ == "__main__":
    sys.exit(main())
