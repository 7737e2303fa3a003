"""Reads the TOML files that a person writes: grids, recipes, cost profiles."""

import tomllib
from pathlib import Path
from typing import Any

from prunesweep.core.errors import UserError

_MAX_FILE = 2**20


def read_toml(path: Path, field: str) -> tuple[dict[str, Any], str]:
    """Return a file's values and its text.

    Args:
        field: the option that names the file, for the error's line.

    Raises:
        UserError: a file that cannot be read, is larger than 1 MiB, or is not TOML.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(_MAX_FILE + 1)
    except OSError as error:
        raise UserError(field, path, f"cannot be read: {error.strerror}") from None
    except ValueError:  # a null character
        raise UserError(field, path, "is not a path") from None
    if len(raw) > _MAX_FILE:
        raise UserError(field, path, f"is larger than a {field} can be (1 MiB)")
    return parse_toml(raw, field, path)


def parse_toml(raw: bytes, field: str, where: object) -> tuple[dict[str, Any], str]:
    """Return the values and the text of a TOML file's bytes; a byte order mark is left out.

    Raises:
        UserError: not TOML, or not UTF-8.
    """
    try:
        text = raw.decode("utf-8-sig")
        return tomllib.loads(text), text
    except tomllib.TOMLDecodeError as error:
        raise UserError(field, where, f"not valid TOML: {error}") from None
    except UnicodeDecodeError:
        raise UserError(field, where, "cannot be read: not UTF-8 text") from None
    except RecursionError:
        raise UserError(field, where, "not valid TOML: nested too deeply") from None
