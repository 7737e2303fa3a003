"""`sweep worker`: becomes a worker process."""

from typing import Annotated

import typer

from prunesweep.orchestrator.cli.options import DevicesOption, PerDeviceOption

JoinOption = Annotated[
    str | None,
    typer.Option(
        "--join",
        metavar="URL",
        help="Work for a host that runs `sweep serve`: ssh://[USER@]HOST[:PORT][/HOME], as it prints.",
    ),
]


CompileOption = Annotated[
    bool,
    typer.Option("--compile", help="Compile each network before it trains (torch.compile); see docs/speed.md."),
]


def worker(
    devices: DevicesOption = None,
    per_device: PerDeviceOption = None,
    join: JoinOption = None,
    compiled: CompileOption = False,
) -> None:
    """Work on whatever is submitted, until Ctrl-C; one slot per device, or several."""
    from prunesweep.orchestrator.cli.commands import worker as command

    code = command.worker(devices, per_device, join, compiled)
    raise typer.Exit(code)
