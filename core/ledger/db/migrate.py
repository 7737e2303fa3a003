"""Bring a ledger's schema up to date, and compare it with the code.

Alembic is imported only when there is something to do: it costs more time than a whole `sweep status`.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Engine, inspect, text

from prunesweep.core.ledger.db.schema import METADATA
from prunesweep.core.ledger.db.transactions import lock_structure, reading, writing

if TYPE_CHECKING:
    from alembic.config import Config

REVISIONS = ("0001", "0002", "0003", "0004", "0005", "0006", "0007", "0008", "0009", "0010", "0011", "0012")
"""Every revision, oldest first; a test compares them with migrations/versions."""
HEAD = REVISIONS[-1]

_VERSION = text("SELECT version_num FROM alembic_version")
_VERSION_TABLE = text(
    "CREATE TABLE alembic_version"
    " (version_num VARCHAR(32) NOT NULL, CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num))"
)
_AT_HEAD = text("INSERT INTO alembic_version (version_num) VALUES (:revision)")


def current(engine: Engine) -> str | None:
    """Return the ledger's revision, or None for an empty database."""
    with reading(engine) as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        version: str | None = connection.execute(_VERSION).scalar()
        return version


def is_known(revision: str) -> bool:
    """Return False for a revision of a newer release."""
    return revision in REVISIONS


def upgrade(engine: Engine) -> tuple[str | None, str]:
    """Run what is missing, in one transaction; (revision before, revision after).

    Two at once are safe: the second waits for the first and finds nothing to do.
    """
    from alembic import command

    before = current(engine)
    config = _config()
    with writing(engine) as connection:
        lock_structure(connection)
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    return before, HEAD


def create(engine: Engine) -> None:
    """Make in an empty SQLite file what all revisions make, a test compares the two; without Alembic, whose import
    takes longer than that."""
    with writing(engine) as connection:
        METADATA.create_all(connection, checkfirst=False)
        connection.execute(_VERSION_TABLE)
        connection.execute(_AT_HEAD, {"revision": HEAD})


def check(engine: Engine) -> list[str]:
    """Return how the ledger's tables differ from `prunesweep.core.ledger.db.schema`, one line each; empty when they
    agree."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with reading(engine) as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True, "target_metadata": METADATA}
        )
        return [str(difference) for difference in compare_metadata(context, METADATA)]


def _config() -> "Config":
    """Alembic's configuration without a file: the scripts are where the installed package is."""
    from alembic.config import Config

    from prunesweep import migrations

    config = Config()
    config.attributes["metadata"] = METADATA
    config.set_main_option("script_location", str(Path(migrations.__file__).parent).replace("%", "%%"))
    return config
