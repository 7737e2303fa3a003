"""`sweep costs`: measures what a weight costs on this machine, for the algorithm `latency`."""

from pathlib import Path
from typing import Annotated

import typer

from prunesweep.orchestrator.cli.options import JsonOption


def costs(
    output: Annotated[
        Path, typer.Option("--out", metavar="FILE.toml", help="Where the profile goes, whole or not at all.")
    ],
    rounds: Annotated[
        str, typer.Option("--rounds", metavar="N", help="Passes of each network; more on a noisy machine.")
    ] = "101",
    json_: JsonOption = False,
) -> None:
    """Measure what a weight costs the sparse engine on this machine, by its layer's output positions."""
    from prunesweep.orchestrator.cli.commands import costs as command

    command.costs(output, rounds, json_)
