"""The ledger's own name, and what it remembers of removed stages."""

from uuid import uuid4

from sqlalchemy import Connection, Engine, bindparam, func, insert, select, update

from prunesweep.core.ledger.db.schema import identity
from prunesweep.core.ledger.db.transactions import lock_structure, reading, writing

_removed = select(func.coalesce(func.max(identity.c.removed_attempt), 0))
_remember = (
    update(identity)
    .where(identity.c.removed_attempt < bindparam("highest"))
    .values(removed_attempt=bindparam("highest"))
)


def ledger_id(engine: Engine) -> str:
    """Return 32 hex digits, drawn when first asked for and the same ever after."""
    with reading(engine) as connection:
        known = connection.execute(select(identity.c.id)).scalar()
    if known is not None:
        return str(known)
    with writing(engine) as connection:
        lock_structure(connection)
        return _known_or_drawn(connection)


def remember_attempt(connection: Connection, highest: int) -> None:
    """Notes that stages with attempts up to this number are removed. Needs the structure lock, alone."""
    _known_or_drawn(connection)
    connection.execute(_remember, {"highest": highest})


def removed_attempt(connection: Connection) -> int:
    """Return the highest attempt number of any removed stage. Needs the structure lock, alone."""
    return int(connection.execute(_removed).scalar_one())


def _known_or_drawn(connection: Connection) -> str:
    known = connection.execute(select(identity.c.id)).scalar()
    if known is None:
        known = uuid4().hex
        connection.execute(insert(identity).values(id=known))
    return str(known)
