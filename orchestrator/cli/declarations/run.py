"""`sweep run`: submit, a local worker, live progress, the report."""

from typing import Annotated

from prunesweep.orchestrator.cli.options import DevicesOption, PerDeviceOption, flag, takes_grid
from prunesweep.orchestrator.run.interrupts import stop_in_order
from prunesweep.orchestrator.run.request import GridRequest


@takes_grid
def run(
    asked: GridRequest,
    devices: DevicesOption = None,
    per_device: PerDeviceOption = None,
    detach: Annotated[bool, flag("--detach", "Run in the background, even after logout; see sweep attach.")] = False,
) -> None:
    """Run a grid here and now: submit it, work on it, show progress, print the report."""
    stop_in_order()  # before what takes a while to import
    from prunesweep.orchestrator.cli.commands import run as command

    command.run(asked, devices, per_device, detach)
