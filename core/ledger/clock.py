"""The ledger's clock: the database's own, so that hosts with wrong clocks agree on leases."""

from typing import Any

from sqlalchemy import Double
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.functions import FunctionElement


class Now(FunctionElement[float]):
    """SQL for "seconds since 1970 on the database's clock", as a float; it moves on within a transaction."""

    inherit_cache = True
    type = Double()


@compiles(Now, "sqlite")
def _sqlite(_element: Now, _compiler: Any, **_options: Any) -> str:
    # unixepoch('subsec') needs SQLite 3.42; both are good to a millisecond.
    return "((julianday('now') - 2440587.5) * 86400.0)"


@compiles(Now, "postgresql")
def _postgresql(_element: Now, _compiler: Any, **_options: Any) -> str:
    return "(extract(epoch from clock_timestamp())::double precision)"
