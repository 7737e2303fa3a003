"""Python files of the user's own, named in a plan by the SHA-256 of their bytes: read, parsed and hashed, never run.

A worker reads its own copy from a folder that its operator chose, and refuses one with another hash, so that equal
digests mean equal code. The code itself travels with neither the plan nor the broker.
"""

import ast
import re
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from prunesweep.core.errors import UserError

_LARGEST = 2**20
_STEM = re.compile(r"[a-z][a-z0-9_-]{0,31}")


@dataclass(frozen=True)
class OwnFile:
    """A file that was read. sha: SHA-256 of its bytes, 64 hex digits."""

    tree: ast.Module
    sha: str


def read_own_file(path: Path, shown: object, field: str, what: str) -> OwnFile:
    """Return a file's syntax tree and hash.

    Args:
        shown: what the user wrote.
        what: what the file is to hold, e.g. `a score`.

    Raises:
        UserError: a name that a plan cannot hold, or a file that cannot be read, is too large or no Python.
    """
    if not _STEM.fullmatch(path.stem):
        raise UserError(field, shown, "name the file with 1-32 small letters, digits, '_' or '-', a letter first")
    try:
        with path.open("rb") as file:
            source = file.read(_LARGEST + 1)
    except (OSError, ValueError) as error:
        raise UserError(field, shown, f"cannot be read: {getattr(error, 'strerror', 'is not a path')}") from None
    if len(source) > _LARGEST:
        raise UserError(field, shown, f"is larger than {what} can be (1 MiB)")
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise UserError(field, f"{path}:{getattr(error, 'lineno', None) or 1}", "is not valid Python") from None
    return OwnFile(tree, sha256(source).hexdigest())


def imported(node: ast.AST) -> list[str]:
    """Return the modules that a statement imports; "" for those beside the file."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return ["" if node.level else node.module or ""]
    return []


def submitted_source(what: str, name: str, sha: str, folder: Path | None, setting: str) -> bytes:
    """Return the submitted file's bytes, from a folder of this machine.

    Args:
        what: what the file holds, in words.
        name: the file's.
        setting: the environment variable that names the folder.

    Raises:
        ValueError: no folder, no file, or another one; the message tells what to do.
    """
    if folder is None:
        raise ValueError(f"{what}: set {setting} to the folder of {name} on this machine")
    path = folder / name
    try:
        source = path.read_bytes()
    except OSError as error:
        raise ValueError(f"{what}: {path} cannot be read: {error.strerror}") from None
    found = sha256(source).hexdigest()
    if found != sha:
        other = f"{path} is another one (SHA-256 {found[:12]}…, submitted: {sha[:12]}…)"
        raise ValueError(f"{what}: {other}; put the submitted file there")
    return source
