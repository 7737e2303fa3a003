"""The ledger of a home that `sweep serve` serves: the settings point at it, and its server listens there."""

from pathlib import Path

DATABASE = USER = "sweep"


def postgres_folder(home: Path) -> Path:
    """Return the database's folder. It exists, complete, from the first `sweep serve` on."""
    return home / "postgres"


def postgres_socket(home: Path) -> Path:
    """Return the unix socket of the home's PostgreSQL; its name is PostgreSQL's own."""
    from prunesweep.core.sockets import short_socket  # the settings are read by `sweep --help`, which needs none of it

    return short_socket(postgres_folder(home) / ".s.PGSQL.5432")


def served_ledger(home: Path) -> str:
    """Return the URL of the home's PostgreSQL; "" for a home that was never served, whose ledger is the SQLite file.

    Nobody but the home's owner can enter the socket's folder, so that there is no password.
    """
    if not postgres_folder(home).is_dir():
        return ""
    return ledger_at(postgres_socket(home).parent)


def ledger_at(folder: Path) -> str:
    """Return the URL of a ledger whose server listens in that folder."""
    return f"postgresql+psycopg://{USER}@/{DATABASE}?host={folder}"
