"""Scores of the user's own: a Python file, named in a plan by its name and the SHA-256 of its bytes.

Nothing of the file is run here: it is read, parsed and hashed. A worker that prunes with it reads its own copy, and
refuses one with another hash (`prunesweep.core.pruning.own`), so that equal digests mean equal code. The code itself
travels with neither the plan nor the broker.
"""

import ast
import re
import sys
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from prunesweep.core.errors import UserError
from prunesweep.core.plan.suggestions import one_of

FUNCTION = "score"
"""What the function in the file is called."""
ARGUMENTS = ("weight", "gradient", "squares", "name")
"""What it may ask for, by name; see `prunesweep.core.pruning.own`."""
_LARGEST = 2**20
_PACKAGES = ("torch", "numpy")
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,31}")
_WRITTEN = re.compile(r"own:([a-z][a-z0-9_-]{0,31}):([0-9a-f]{64})")


@dataclass(frozen=True)
class OwnScore:
    """Own score.

    Attributes:
        name: of the file, without `.py`.
        sha: SHA-256 of its bytes, 64 hex digits.
    """

    name: str
    sha: str

    def __str__(self) -> str:
        """As it stands in a grid's algorithm and in a stage: `own:fisher:3fa9…`."""
        return f"own:{self.name}:{self.sha}"

    @property
    def file(self) -> str:
        return f"{self.name}.py"


def read_own(text: str) -> OwnScore | None:
    """Return what stands in a stage; None for a score of ours."""
    found = _WRITTEN.fullmatch(text)
    return OwnScore(found[1], found[2]) if found else None


def parse_score(value: object, field: str, known: tuple[str, ...]) -> str:
    """Return what a person wrote, one of `known` or the path of a file that ends in `.py`, as a stage writes it.

    Raises:
        UserError: an unknown name; a file that cannot be read or holds no score.
    """
    if isinstance(value, str) and value.endswith(".py"):
        return str(_read(Path(value), field))
    if isinstance(value, str) and read_own(value):
        return value
    return one_of(value, field, (*known, "FILE.py"))


def source_of(score: OwnScore, folder: Path | None) -> bytes:
    """Return the submitted file's bytes, from the folder of this machine's own scores (`SWEEP_SCORES`).

    Raises:
        ValueError: no folder, no file, or another one; the message tells what to do.
    """
    if folder is None:
        raise ValueError(f"own score {score.name!r}: set SWEEP_SCORES to the folder of {score.file} on this machine")
    path = folder / score.file
    try:
        source = path.read_bytes()
    except OSError as error:
        raise ValueError(f"own score {score.name!r}: {path} cannot be read: {error.strerror}") from None
    found = sha256(source).hexdigest()
    if found != score.sha:
        told = f"{path} is another one (SHA-256 {found[:12]}…, submitted: {score.sha[:12]}…)"
        raise ValueError(f"own score {score.name!r}: {told}; put the submitted file there")
    return source


def _read(path: Path, field: str) -> OwnScore:
    if not _NAME.fullmatch(path.stem):
        raise UserError(field, path, "name the file with 1-32 small letters, digits, '_' or '-', a letter first")
    try:
        with path.open("rb") as file:
            source = file.read(_LARGEST + 1)
    except (OSError, ValueError) as error:
        raise UserError(field, path, f"cannot be read: {getattr(error, 'strerror', 'is not a path')}") from None
    if len(source) > _LARGEST:
        raise UserError(field, path, "is larger than a score can be (1 MiB)")
    try:
        tree = ast.parse(source)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        line = getattr(error, "lineno", None)
        raise UserError(field, f"{path}:{line or 1}", "is not valid Python") from None
    if fault := _fault(tree):
        raise UserError(field, path, fault)
    return OwnScore(path.stem, sha256(source).hexdigest())


def _fault(tree: ast.Module) -> str:
    """Return what keeps the file from being a score, or ""."""
    for node in ast.walk(tree):
        for module in _imported(node):
            top = module.partition(".")[0]
            if top not in sys.stdlib_module_names and top not in _PACKAGES:
                return f"imports {module or 'its neighbours'}, which its hash would not cover; put that into the file"
    found = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == FUNCTION]
    if not found:
        return f"has no function {FUNCTION}({', '.join(ARGUMENTS[:2])})"
    given = found[-1].args
    names = [argument.arg for argument in (*given.posonlyargs, *given.args, *given.kwonlyargs)]
    if given.posonlyargs or given.vararg or given.kwarg or not names or not set(names) <= set(ARGUMENTS):
        return f"{FUNCTION}() may take {', '.join(ARGUMENTS)}, by these names, and nothing else"
    return ""


def _imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        return ["" if node.level else node.module or ""]
    return []
