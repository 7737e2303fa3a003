"""The house rules that no linter knows: the map is the one on disk, a word has one meaning, functions stay short."""

import inspect
import re
import tomllib
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from itertools import chain
from pathlib import Path

import pytest

from prunesweep.core import errors

ROOT = Path(__file__).parents[2]
_MOST_LINES = 40
"""Of a function's body, its docstring left out."""

_OTHERS = ("tests", "bench")
_PRIVATE = re.compile(
    r"\b(?:anew|goes on|is had|was had|[Ss]peaks?|[Hh]ears?|[Pp]atience|not well|is well|_?[Tt]old|deaf|calm)\b"
)
"""Words that were taken out of docstrings, comments and messages, because programs do not do these things."""


@cache
def _texts() -> dict[Path, str]:
    rooms = ("core", "orchestrator", "worker")
    files = chain((ROOT / "prunesweep").glob("*.py"), *((ROOT / room).rglob("*.py") for room in rooms))
    return {file.relative_to(ROOT): file.read_text() for file in files}


@cache
def _tree_rows() -> tuple[tuple[Path, str], ...]:
    """(folder, text) of each folder in ARCHITECTURE.md's tree, with the lines that continue its text."""
    text = (ROOT / "ARCHITECTURE.md").read_text().partition("```\nprunesweep/ ")[2].partition("```")[0]
    rows: list[tuple[Path, str]] = []
    top = Path()
    for line in f"prunesweep/ {text}".splitlines():
        indent = len(line) - len(line.lstrip())
        if indent > 2:
            rows[-1] = (rows[-1][0], f"{rows[-1][1]} {line.strip()}")
        elif re.match(r"\s*\w+/(  \w+/)+", line):
            rows += [(top / name, "") for name in re.findall(r"(\w+)/", line)]
        else:
            name, _, said = line.strip().partition(" ")
            top = top if indent else Path(name)
            rows.append((top / name if indent else top, said))
    return tuple(rows)


@pytest.mark.parametrize("top", ["core", "orchestrator", "worker"])
def test_every_room_is_in_the_tree_and_every_room_of_the_tree_is_there(top: str) -> None:
    shown = {folder.name for folder, _ in _tree_rows() if folder.parent == Path(top)}
    assert shown == {child.name for child in (ROOT / top).iterdir() if (child / "__init__.py").is_file()}


def test_the_modules_and_folders_that_the_tree_names_are_there() -> None:
    assert len(_tree_rows()) > 25
    for folder, said in _tree_rows():
        for name in re.findall(r"\b([a-z0-9_]+)/(?=[ ;,)]|$)", said):
            assert (ROOT / folder / name).is_dir() or (ROOT / name).is_dir(), f"{folder}: {name}/"
        for name in re.findall(r"\b[a-z0-9]+_[a-z0-9_]+\b", said):
            assert list((ROOT / folder).rglob(f"{name}.py")) or name == "build_model", f"{folder}: {name}"


def test_a_public_class_has_its_name_alone() -> None:
    found: dict[str, list[str]] = defaultdict(list)
    for file, text in _texts().items():
        for name in re.findall(r"^class ([A-Za-z]\w*)", text, re.M):
            found[name].append(str(file))
    assert len(found) > 300
    assert not {name: files for name, files in found.items() if len(files) > 1}


def _bodies(text: str) -> Iterator[tuple[str, int]]:
    """(name, lines of the body without its docstring) of each function, as ruff lays it out."""
    lines = text.splitlines()
    for number, line in enumerate(lines):
        if not (begun := re.match(r"( *)(?:async )?def (\w+)\(", line)) or line.endswith("..."):
            continue
        indent, place = begun[1], number
        if not re.search(r":(  #.*)?$", line):
            place = next(
                at for at in range(number + 1, len(lines)) if lines[at].startswith((f"{indent})", f"{indent}]"))
            )
        first = place = place + 1
        inside = f"{indent}    "
        while place < len(lines) and (not lines[place].strip() or lines[place].startswith(inside)):
            place += 1
        body = "\n".join(lines[first:place]).strip()
        yield begun[2], len(re.sub(r'^"""(?s:.*?)"""', "", body).strip().splitlines())


def test_functions_stay_short() -> None:
    found = [(file, *body) for file, text in _texts().items() for body in _bodies(text)]
    assert len(found) > 2500
    assert not [(str(file), name) for file, name, lines in found if lines > _MOST_LINES]


def test_no_file_imports_what_another_keeps_to_itself() -> None:
    """A name with an underscore is its file's alone; who needs it elsewhere, tests too, gives it a public one."""
    files = chain(_texts(), *((file.relative_to(ROOT) for file in (ROOT / room).rglob("*.py")) for room in _OTHERS))
    imported = re.compile(r"^ *from (?:prunesweep|tests|bench)\b\S* import (\([^)]*\)|.*)", re.M)
    found = [(str(file), names) for file in files for names in imported.findall((ROOT / file).read_text())]
    assert len(found) > 3000
    assert not [one for one in found if re.search(r"(?<!\w)_(?!_)\w", one[1])]


def test_docstrings_comments_and_messages_have_no_private_words() -> None:
    assert not {str(file): word[0] for file, text in _texts().items() if (word := _PRIVATE.search(text))}


def test_only_one_file_knows_how_a_sweep_s_rows_are_found() -> None:
    """Joins of all sweeps at once are others' matter; the number of one sweep belongs into `sweep_rows`. The other two
    write."""
    one = re.compile(r"\b(cells|sweep_stages)\.c\.sweep_id == (?!sweeps\.c)")
    writing = {Path("core/ledger/queue/staging.py"), Path("core/ledger/queue/submit.py")}
    assert {file for file, text in _texts().items() if one.search(text)} == {
        Path("core/ledger/db/sweep_rows.py"),
        *writing,
    }


@pytest.mark.parametrize(
    ("contract", "room", "allowed"),
    [
        ("the plan imports nothing of ours", "core", {"errors", "plan"}),
        ("the sparse engine imports nothing of ours", "core", {"errors", "io", "cpus", "affinity", "sparse"}),
        ("the dashboard only reads", "core/ledger/queue", {"workers"}),
    ],
)
def test_a_contract_forbids_all_that_its_name_says(contract: str, room: str, allowed: set[str]) -> None:
    """import-linter knows no "all but": a new module would not be in the list."""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
    (found,) = [one for one in contracts if one["name"].startswith(contract)]
    modules = {
        path.stem
        for path in (ROOT / room).iterdir()
        if (path.suffix == ".py" and path.stem != "__init__") or (path / "__init__.py").is_file()
    }
    package = f"prunesweep.{room.replace('/', '.')}"
    assert {f"{package}.{name}" for name in modules - allowed} <= set(found["forbidden_modules"])


def test_the_errors_are_drawn_as_they_are() -> None:
    drawn = set(re.findall(r"[─ ]([A-Z]\w+)", errors.__doc__ or "")) | {"Exception"}
    ours = {one for one in vars(errors).values() if inspect.isclass(one) and one.__module__ == errors.__name__}
    assert {one.__name__ for one in ours} <= drawn
    assert drawn <= {base.__name__ for one in ours for base in one.__mro__}


def test_no_page_and_no_notebook_imports_a_room() -> None:
    """The public API is `import prunesweep`; what lies below it may change in any release."""
    room = re.compile(r"(?:import|from) prunesweep\.(?!worker\.app\b)")
    pages = (ROOT / "README.md", *(ROOT / "docs").rglob("*.md"), *(ROOT / "notebooks").glob("*.ipynb"))
    assert not [str(page) for page in pages if room.search(page.read_text())]
    cards = (ROOT / "orchestrator" / "export" / "load_snippets.py").read_text()
    shown = "".join(re.findall(r"""["'](.*)["']""", cards))
    assert "import prunesweep" in shown and not room.search(shown)
