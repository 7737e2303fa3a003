"""`sweep show`: what a sweep was asked to do."""

from typing import Annotated

from prunesweep.orchestrator.cli.options import JsonOption, SweepArgument, flag


def show(
    sweep: SweepArgument = None,
    toml: Annotated[bool, flag("--toml", "Only the file that --grid takes.")] = False,
    json_: JsonOption = False,
) -> None:
    """Show a sweep's grid; with --toml as a file that `--grid` takes."""
    from prunesweep.orchestrator.cli.commands import show as command

    command.show(sweep, toml, json_)
