"""The ledger's clock: the database's own, so that hosts with wrong clocks agree on leases.

It may be stepped, by hours and in both directions (a machine that wakes up, a battery that is empty, somebody who sets
it). So no moment in the ledger is believed that lies further ahead than it could: a lease ends no later than its length
from now, a rest no later than the longest one, and a hint was not published in the future. A step forward makes the
leases of all look as if they had run out: whoever takes leases back notices it first (see
`prunesweep.worker.reap_guard`).
"""

from typing import Any

from sqlalchemy import Double, Engine, select
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement

SLACK = 1.0
"""Seconds by which a moment may be further ahead than it should, and is believed all the same."""


class DatabaseNow(FunctionElement[float]):
    """SQL for "seconds since 1970 on the database's clock", as a float; it moves on within a transaction."""

    inherit_cache = True
    type = Double()


@compiles(DatabaseNow, "sqlite")
def _sqlite(_element: DatabaseNow, _compiler: Any, **_options: Any) -> str:
    # unixepoch('subsec') needs SQLite 3.42; both are good to a millisecond.
    return "((julianday('now') - 2440587.5) * 86400.0)"


@compiles(DatabaseNow, "postgresql")
def _postgresql(_element: DatabaseNow, _compiler: Any, **_options: Any) -> str:
    return "(extract(epoch from clock_timestamp())::double precision)"


def read_clock(engine: Engine) -> float:
    """Return the seconds since 1970 on the ledger's clock."""
    with engine.connect() as connection:
        return float(connection.execute(select(DatabaseNow())).scalar_one())
