"""The report as Parquet: the CSV's columns, each with its type."""

import io
from collections.abc import Sequence
from dataclasses import fields
from types import NoneType
from typing import get_args, get_type_hints

import pyarrow
from pyarrow import parquet

from prunesweep.core.ledger.queries.report import ReportRow

_TYPES = {str: pyarrow.string(), bool: pyarrow.bool_(), int: pyarrow.int64(), float: pyarrow.float64()}


def schema() -> pyarrow.Schema:
    """Return the schema of `ReportRow`'s fields; those that may be unknown are nullable."""
    hints = get_type_hints(ReportRow)
    columns = []
    for field in fields(ReportRow):
        kinds = get_args(hints[field.name]) or (hints[field.name],)
        (kind,) = (each for each in kinds if each is not NoneType)
        columns.append(pyarrow.field(field.name, _TYPES[kind], nullable=NoneType in kinds))
    return pyarrow.schema(columns)


def parquet_bytes(rows: Sequence[ReportRow]) -> bytes:
    """Return a whole file, compressed with zstd."""
    out = io.BytesIO()
    found = pyarrow.Table.from_pylist([vars(row) for row in rows], schema=schema())
    parquet.write_table(found, out, compression="zstd")
    return out.getvalue()
