"""What the user probably meant, where a grid, a sweep's name and a plain argument were mixed up."""

import re
from typing import Any

from prunesweep.core.errors import UserError

_EXTRA = re.compile(r"unexpected extra arguments?(?:\(s\))? \((.*)\)")
_NAMING = ("--name", "--sweep", "--grid", "-g")
"""Options by which a sweep or a grid is named in some command."""
_GRID_COMMANDS = ("run", "submit", "find")


def for_usage(error: Any, message: str) -> str:
    """Return the end of a usage error's line, with its separator; "" = nothing to add.

    error: what typer raised; it has the command in its context, and the option's name where that is unknown.
    """
    context = getattr(error, "ctx", None)
    if context is None:
        return ""
    name = context.info_name
    found = _EXTRA.search(message)
    if found and name in _GRID_COMMANDS:
        return _for_word(name, found[1].split())
    if found and name == "worker":
        return "; a worker works on every sweep of the ledger, so it takes no name"
    option = getattr(error, "option_name", "")
    if option not in _NAMING:
        return ""
    if name in _GRID_COMMANDS:
        return "; the sweep's name is --name, its grid --grid"
    if any("SWEEP" in (parameter.metavar or "") for parameter in context.command.params):
        return f"; the sweep is named without an option: {context.command_path} NAME"
    return ""


def _for_word(command: str, words: list[str]) -> str:
    """Return what to do with words beside the options of `sweep run` or `sweep submit`. An empty argument is none."""
    if not words:
        return ""
    word = words[0]
    if _is_grid(word):
        return f"; a grid is given by --grid: sweep {command} --grid {word}"
    return f"; a grid is given by --grid, the sweep's name by --name: sweep {command} --grid demo --name {word}"


def for_error(error: UserError) -> str:
    """Return the end of a refusal's line, with its separator; "" = nothing to add."""
    value = str(error.value)
    if error.field == "sweep" and _is_grid(value):
        return f"; {value} is a grid; a sweep is made of it by: sweep submit --grid {value}"
    if error.field == "grid" and error.fix.startswith("unknown;") and _is_sweep(value):
        return f'; "{value}" is a sweep; its grid as a file: sweep show {value} --toml; more: sweep extend {value}'
    return ""


def _is_grid(word: str) -> bool:
    from prunesweep.core.plan.grids import GRIDS  # only when something was refused

    return word in GRIDS or word.endswith(".toml")


def _is_sweep(word: str) -> bool:
    """Return whether the ledger has a sweep of that name; one that cannot be read has none."""
    from prunesweep.core.ledger.queries.sweeps import find_sweep
    from prunesweep.core.settings import load_settings
    from prunesweep.orchestrator.ledger_session import ledger

    try:
        with ledger(load_settings()) as engine:
            return find_sweep(engine, word).name == word
    except UserError:
        return False
