"""Scores of the user's own: a Python file, named in a plan by its name and the SHA-256 of its bytes.

Nothing of the file is run here: it is read, parsed and hashed. A worker that prunes with it reads its own copy, and
refuses one with another hash (`prunesweep.core.pruning.own`), so that equal digests mean equal code. The code itself
travels with neither the plan nor the broker.
"""

import ast
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from prunesweep.core.errors import UserError
from prunesweep.core.plan.own_files import imported, read_own_file, submitted_source
from prunesweep.core.plan.suggestions import one_of

FUNCTION = "score"
"""What the function in the file is called."""
ARGUMENTS = ("weight", "gradient", "squares", "name")
"""What it may ask for, by name; see `prunesweep.core.pruning.own`."""
_PACKAGES = ("torch", "numpy")
_WRITTEN = re.compile(r"own:([a-z][a-z0-9_-]{0,31}):([0-9a-f]{64})")


@dataclass(frozen=True)
class OwnScore:
    """A user's score, as a plan names it.

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
    return submitted_source(f"own score {score.name!r}", score.file, score.sha, folder, "SWEEP_SCORES")


def _read(path: Path, field: str) -> OwnScore:
    file = read_own_file(path, path, field, "a score")
    if fault := _fault(file.tree):
        raise UserError(field, path, fault)
    return OwnScore(path.stem, file.sha)


def _fault(tree: ast.Module) -> str:
    """Return what keeps the file from being a score, or ""."""
    for node in ast.walk(tree):
        for module in imported(node):
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
