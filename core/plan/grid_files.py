"""Grids from a name, from a TOML file, or as the ledger keeps them."""

import re
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from prunesweep.core.errors import UserError
from prunesweep.core.plan.axes import field_of
from prunesweep.core.plan.axis_readers import read_axes
from prunesweep.core.plan.compositions import KnownNames
from prunesweep.core.plan.grids import GRIDS, Grid
from prunesweep.core.plan.suggestions import one_of, unknown_file
from prunesweep.core.plan.toml_files import read_toml

_BESIDE = MappingProxyType(
    {
        "algorithm": "algorithms",
        "dense_epochs": "weights",
        "model_args": "model",
        "width": "model",
        "resize": "image_size",
        "head": "weights",
    }
)
"""Keys that can only be judged beside another."""


def load_grid(name: str) -> Grid:
    """Return a built-in grid by name, or a TOML file by a path that ends in `.toml`.

    Raises:
        UserError: unknown name; an unreadable file, a TOML error, an unknown key or a wrong type (file and line).
    """
    if name.lower().endswith(".toml"):
        return _load_toml(Path(name))
    if name in GRIDS:
        return GRIDS[name]
    raise unknown_file(name, "grid", GRIDS)


def named_fields(name: str) -> frozenset[str]:
    """Return the fields of `Grid` that a TOML file names, also where it gives them their defaults; none of a built-in
    grid.

    Raises:
        UserError: as `load_grid`, which is called before.
    """
    if not name.lower().endswith(".toml"):
        return frozenset()
    values, _ = read_toml(Path(name), "grid")
    return frozenset(map(field_of, values))


def stored_grid(values: Mapping[str, Any]) -> Grid:
    """Return the grid whose fields a ledger keeps as JSON; those that an older release had not are at their defaults.

    Raises:
        UserError: a field or a value that this release doesn't know, or a recipe's file that is gone.
    """
    tables = {own["name"]: {part: own[part] for part in own if part != "name"} for own in values.get("algorithms", ())}
    return read_axes({**values, "algorithms": KnownNames(tables)}, GRIDS["full"])


def _load_toml(path: Path) -> Grid:
    values, text = read_toml(path, "grid")
    base = "full"
    for key, value in values.items():
        # One by one for the line of the first bad one; together below, as one may depend on another.
        try:
            if key == "base":
                base = one_of(value, key, GRIDS)
            else:
                beside = _BESIDE.get(key, "")
                own = {beside: values[beside]} if beside in values else {}
                read_axes({**own, key: value}, GRIDS[base])
        except UserError as error:
            raise UserError("grid", f"{path}:{_line_of(text, key)}", str(error)) from None
    values.pop("base", None)
    return read_axes(values, GRIDS[base])


def _line_of(text: str, key: str) -> int:
    """Return the 1-based line on which a top-level key stands; 1 if it is written in an unusual way."""
    pattern = re.compile(rf"""^\s*(?:\[+\s*)?["']?{re.escape(key)}["']?\s*[=.\]]""")
    return next((n for n, line in enumerate(text.splitlines(), 1) if pattern.match(line)), 1)
