"""Options that one command lacks and another one has."""

from collections.abc import Iterator
from difflib import SequenceMatcher
from typing import Any

from prunesweep.orchestrator.cli.table import COMMANDS

_NEAR = 0.8
"""From here on another option of the same command is what was meant: `--seed` for `--seeds`."""
_MOST = 2


def for_option(error: Any) -> str:
    """Return `run has no --dry-run, but: sweep submit --dry-run` for an option that other commands have; "" for other
    errors, and where the command itself has one that is spelled almost alike.

    error: what typer raised.
    """
    option, context = getattr(error, "option_name", ""), getattr(error, "ctx", None)
    if not option or context is None or any(_alike(option, one) for one in error.possibilities or ()):
        return ""
    root = context.find_root()
    known = {path: options for path, options in _commands(root.command, root.info_name) if option in options}
    name = context.command_path.removeprefix(f"{root.info_name} ")
    asked, heading = _options(context.command), _heading(context.command_path)

    def unlike(path: str) -> tuple[bool, float]:
        return _heading(path) != heading, -len(asked & known[path]) / len(asked | known[path])

    # The command that is most like the one that was asked comes first; of equals, the order is that of `sweep --help`.
    best = sorted(known, key=unlike)[:_MOST]
    if not best:
        return ""
    return f"{name} has no {option}, but: {' and '.join(f'{path} {option}' for path in best)}"


def _heading(path: str) -> str:
    entry = COMMANDS.get((*path.split(), "")[1])
    return "" if entry is None else entry.panel


def _alike(option: str, other: str) -> bool:
    return other.startswith(option) or SequenceMatcher(None, option, other).ratio() >= _NEAR


def _commands(command: Any, path: str) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield every command below this one, as it is called, and its options."""
    for name, lazy in getattr(command, "commands", {}).items():
        below = getattr(lazy, "loaded", lazy)
        yield f"{path} {name}", _options(below)
        yield from _commands(below, f"{path} {name}")


def _options(command: Any) -> frozenset[str]:
    shown = (one for one in command.params if one.param_type_name == "option" and not getattr(one, "hidden", False))
    return frozenset(name for one in shown for name in (*one.opts, *one.secondary_opts))
