"""`sweep --help`: every command under its heading, and the options of `sweep` itself."""

from collections.abc import Iterable
from itertools import groupby
from typing import Any

from rich.console import Console
from rich.padding import Padding
from rich.panel import Panel
from rich.table import Table
from rich.text import Text


def print_page(group: Any, ctx: Any) -> None:
    """Print the page to stdout, as wide as the terminal, in the look of typer's pages for single commands."""
    console = Console(highlight=False, emoji=False)
    usage = Text.assemble(
        (" Usage: ", "bold yellow"), (" ".join([ctx.command_path, *group.collect_usage_pieces(ctx)]), "bold")
    )
    console.print(Padding(usage, 1))
    console.print(Padding(Text(group.help or ""), (0, 1, 1, 1)))
    options = (parameter.get_help_record(ctx) for parameter in group.get_params(ctx))
    console.print(_panel("Options", [record for record in options if record is not None]))
    longest = max(map(len, group.commands))
    for panel, commands in groupby(group.commands.values(), key=lambda command: command.rich_help_panel):
        console.print(_panel(panel, [(command.name, command.help) for command in commands], longest))
    if group.epilog:
        console.print(Padding(Text(group.epilog), 1))


def _panel(title: str, rows: Iterable[tuple[str, str]], longest: int = 0) -> Panel:
    """Return a box with a name and its help in each row. longest: characters of the longest name in all boxes."""
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="bold cyan", no_wrap=True, min_width=longest)
    table.add_column()
    for name, text in rows:
        table.add_row(name, Text(text))
    return Panel(table, title=title, title_align="left", border_style="dim")
