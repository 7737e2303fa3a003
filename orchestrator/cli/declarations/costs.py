"""`sweep costs`: measures what a weight costs on this machine, for the algorithm `latency`."""

from pathlib import Path
from typing import Annotated

import typer

from prunesweep.orchestrator.cli.options import JsonOption


def costs(
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE.toml", help="Where the profile goes, whole or not at all.")
    ],
    passes: Annotated[
        str, typer.Option("--passes", metavar="N", help="Passes of each network; more on a noisy machine.")
    ] = "101",
    json_: JsonOption = False,
) -> None:
    """Measure what a weight costs the sparse engine on this machine, by its layer's output positions."""
    from prunesweep.orchestrator.cli.commands import costs as command

    command.costs(output, passes, json_)
