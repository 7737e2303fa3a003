"""The ledger's own name."""

from uuid import uuid4

from sqlalchemy import Engine, insert, select

from core.ledger.tables import identity
from core.ledger.transactions import lock_structure, reading, writing


def ledger_id(engine: Engine) -> str:
    """32 hex digits, drawn when first asked for and the same ever after."""
    with reading(engine) as connection:
        known = connection.execute(select(identity.c.id)).scalar()
    if known is not None:
        return str(known)
    with writing(engine) as connection:
        lock_structure(connection)
        known = connection.execute(select(identity.c.id)).scalar()
        if known is None:
            known = uuid4().hex
            connection.execute(insert(identity).values(id=known))
        return str(known)
