"""`sweep worker`: becomes a worker process."""

from prunesweep.orchestrator.cli.options import DevicesOption, PerDeviceOption


def worker(devices: DevicesOption = None, per_device: PerDeviceOption = None) -> None:
    """Work on whatever is submitted, until Ctrl-C; one slot per device, or several."""
    from prunesweep.orchestrator.cli.commands import worker as command

    command.worker(devices, per_device)
