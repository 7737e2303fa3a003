"""The command group: lists commands by the table, and imports one when it is used."""

import sys
from collections.abc import Callable, Iterator
from functools import cached_property, partial
from importlib import import_module
from itertools import pairwise
from pathlib import Path
from typing import Any, get_args

import typer
from typer.core import TyperCommand, TyperGroup

from prunesweep.core.errors import UserError
from prunesweep.orchestrator.cli import help_page
from prunesweep.orchestrator.cli.table import COMMANDS, Entry
from prunesweep.orchestrator.console.output import is_terminal, note

_DECLARATIONS = "prunesweep.orchestrator.cli.declarations"
_UNSET = "is empty; is a variable unset? The current folder is ."


class LazyCommand(TyperCommand):
    """Stands for a command in `sweep --help` and for Tab; parsing its arguments imports it."""

    def __init__(self, name: str, entry: Entry) -> None:
        super().__init__(name, help=entry.help, rich_help_panel=entry.panel)
        self._entry = entry

    @cached_property
    def loaded(self) -> Any:
        """The command itself."""
        module, _, attribute = self._entry.declared.partition(":")
        found = getattr(import_module(f"{_DECLARATIONS}.{module}"), attribute)
        app = found if isinstance(found, typer.Typer) else typer.Typer(add_completion=False)
        if app is not found:
            app.command(self.name)(found)
        command = typer.main.get_command(app)
        command.name = self.name
        help_page.plain(command)
        return command

    def make_context(self, info_name: str | None, args: list[str], parent: Any = None, **extra: Any) -> Any:
        """Return the loaded command's context, in which everything else happens."""
        _refuse_empty(args, self.loaded)
        _note_repeated(args, self.loaded)
        _be_frugal(self.loaded.get_params(typer.Context(self.loaded, parent=parent, info_name=info_name)))
        return self.loaded.make_context(info_name, args, parent=parent, **extra)


class LazyGroup(TyperGroup):
    """`sweep` itself."""

    def __init__(self, **attributes: Any) -> None:
        super().__init__(**attributes)
        self.commands = {name: LazyCommand(name, entry) for name, entry in COMMANDS.items()}

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse what stands before the command."""
        _be_frugal(self.get_params(ctx))
        return super().parse_args(ctx, args)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        """Write the page: every command under its heading."""
        help_page.fit(formatter)
        self.format_usage(ctx, formatter)
        self.format_help_text(ctx, formatter)
        options = (parameter.get_help_record(ctx) for parameter in self.get_params(ctx))
        sections = {"Options": [record for record in options if record is not None]}
        for name, entry in COMMANDS.items():
            sections.setdefault(entry.panel, []).append((name, entry.help))
        help_page.write_sections(sections, formatter)
        self.format_epilog(ctx, formatter)


def _refuse_empty(args: list[str], command: Any) -> None:
    """Refuse an empty argument, and an option's empty path: both would be the current folder.

    Raises:
        UserError: there is one.
    """
    if not any(one == "" or one.endswith("=") for one in args):
        return
    paths = {name for one in _parameters(command) if _is_path(one) for name in one.opts}
    for before, one in pairwise(["", *args]):
        option = one[:-1] if one.endswith("=") else before
        if option in paths and one in ("", f"{option}="):
            raise UserError(option, "", _UNSET)
        if one == "" and (not before.startswith("-") or before == "--"):
            raise UserError("argument", "", _UNSET)


def _note_repeated(args: list[str], command: Any) -> None:
    """Note at a terminal that of an option of several values that stands there twice the last one counts:
    other programs add such values up. A script that puts its own after given ones means it."""
    if not is_terminal(sys.stderr):
        return
    lists = {name for one in _parameters(command) if one.metavar == "LIST" for name in one.opts}
    given: dict[str, list[str]] = {}
    for one, after in pairwise([*args, ""]):
        name, joined, value = one.partition("=")
        if name in lists:
            given.setdefault(name, []).append(value if joined else after)
    for name, values in given.items():
        if len(values) > 1:
            note(f"note: {name} is there {len(values)} times, the last one counts; for all: {name} {','.join(values)}")


def _parameters(command: Any) -> Iterator[Any]:
    yield from command.params
    for one in getattr(command, "commands", {}).values():
        yield from _parameters(one)


def _is_path(parameter: Any) -> bool:
    annotation = getattr(getattr(parameter, "type_descriptor", None), "annotation", None)
    return Path in (annotation, *get_args(annotation))


class _Frugal:
    """Coerces what needs no validator, and asks typer for the rest: pydantic, which it uses, takes as long to import as
    typer itself."""

    def __init__(self, ask_typer: Callable[[], Any], text: bool) -> None:
        self._ask_typer = ask_typer
        self._text = text

    def coerce(self, value: Any, param: Any, ctx: Any) -> Any:
        """Return the value as the command takes it."""
        if value is None:
            return () if param.multiple or param.nargs == -1 else None
        if self._text and isinstance(value, str):
            return value
        return self._ask_typer().coerce(value, param=param, ctx=ctx)


def _be_frugal(parameters: list[Any]) -> None:
    """Spare the parameters that are left out, and those that are one text, the import of a validator.

    `get_runtime_param` and `type_descriptor` are not in typer's documentation (tests/test_private_apis.py); where they
    are missing, typer validates as it always does.
    """
    for parameter in parameters:
        ask_typer = getattr(parameter, "get_runtime_param", None)
        if ask_typer is not None and not isinstance(ask_typer, partial):
            parameter.get_runtime_param = partial(_Frugal, ask_typer, _is_text(parameter))


def _is_text(parameter: Any) -> bool:
    described = getattr(parameter, "type_descriptor", None)
    return getattr(described, "annotation", None) is str and parameter.nargs == 1 and not parameter.multiple
