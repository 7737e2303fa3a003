"""`sweep find`: the smallest or fastest network within a given drop of accuracy."""

from pathlib import Path
from typing import Annotated

import typer

from prunesweep.orchestrator.cli import completion
from prunesweep.orchestrator.cli.options import DevicesOption, JsonOption, PerDeviceOption, flag, takes_grid
from prunesweep.orchestrator.run.interrupts import stop_in_order
from prunesweep.orchestrator.run.request import GridRequest


@takes_grid
def find(
    asked: GridRequest,
    max_drop: Annotated[
        str, typer.Option("--max-drop", metavar="POINTS", help="Validation accuracy it may lose, in points.")
    ] = "0.5",
    objective: Annotated[
        str,
        typer.Option(
            "--for",
            metavar="WHAT",
            help="size (fewest weights), macs (fewest multiply-adds) or latency (fastest, as measured).",
            autocompletion=completion.one("size", "macs", "latency"),
        ),
    ] = "size",
    budget: Annotated[
        str | None, typer.Option("--budget", metavar="TIME", help="End the search after 90s, 40m or 1h30m.")
    ] = None,
    export: Annotated[
        Path | None, typer.Option("--export", metavar="DIR", help="Write the network there, as .pt and packed.")
    ] = None,
    no_worker: Annotated[bool, flag("--no-worker", "Leave the work to workers that are up or will be.")] = False,
    devices: DevicesOption = None,
    per_device: PerDeviceOption = None,
    json_: JsonOption = False,
) -> None:
    """Find the smallest or fastest network within a given drop of accuracy; it decides on validation images."""
    stop_in_order()  # before what takes a while to import
    from prunesweep.orchestrator.cli.commands import find as command

    wanted = command.FindOptions(max_drop, objective, budget, export)
    command.find(asked, wanted, worker=not no_worker, devices=devices, per_device=per_device, json_=json_)
