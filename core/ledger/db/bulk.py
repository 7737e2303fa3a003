"""One statement for many rows, in bounded memory."""

from collections.abc import Callable, Iterable, Mapping
from itertools import chain, islice
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, Dialect

CHUNK = 5_000
"""Rows handed to the database at once."""

Row = Mapping[str, Any]


def bulk(connection: Connection, statement: Any, rows: Iterable[Row]) -> None:
    """Execute an INSERT or UPDATE for all rows, some thousand at a time, so that memory stays flat.

    SQLAlchemy works out the values of each row by itself, which takes longer than SQLite takes to write them. Here it
    compiles the statement once, and only what a column's type or default does is done for each row.

    Args:
        rows: values by the names of columns or of the statement's own parameters, the same names in each.
    """
    left = iter(rows)
    first = next(left, None)
    if first is None:
        return
    text, values = _compiled(connection.dialect, statement, first)
    every = chain((first,), left)
    while part := list(islice(every, CHUNK)):
        connection.exec_driver_sql(text, [values(row) for row in part])


def _compiled(dialect: Dialect, statement: Any, first: Row) -> tuple[str, Callable[[Row], Any]]:
    """Return the statement as text, and what makes a row's parameters for it."""
    compiled: Any = statement.compile(dialect=dialect, column_keys=list(first))
    binds = {name: bind for bind, name in compiled.bind_names.items()}
    names: list[str] = list(compiled.positiontup if compiled.positional else binds)
    types = {name: binds[name].type.dialect_impl(dialect).bind_processor(dialect) for name in names}
    convert = {name: function for name, function in types.items() if function is not None}
    fixed = {**compiled.params, **_defaults(statement)}
    fixed = {name: value for name, value in fixed.items() if name not in first}
    in_order = itemgetter(*names) if len(names) > 1 else lambda made: (made[names[0]],)

    if compiled.positional and not convert and not fixed:
        return str(compiled), in_order

    def values(row: Row) -> Any:
        made = {**fixed, **row}
        for name, function in convert.items():
            made[name] = function(made[name])
        return in_order(made) if compiled.positional else {name: made[name] for name in names}

    return str(compiled), values


def _defaults(statement: Any) -> dict[str, Any]:
    """Return the plain values that columns have where a row says nothing of them."""
    if not statement.is_insert:
        return {}
    columns = (column for column in statement.table.columns if column.default is not None)
    return {column.key: column.default.arg for column in columns if column.default.is_scalar}
