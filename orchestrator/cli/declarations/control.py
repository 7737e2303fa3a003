"""`sweep cancel` and `sweep retry`."""

from prunesweep.orchestrator.cli.options import JsonOption, NamedSweepArgument, SweepArgument


def cancel(
    sweep: NamedSweepArgument,
    json_: JsonOption = False,
) -> None:
    """Stop a sweep; stages that another sweep wants too continue."""
    from prunesweep.orchestrator.cli.commands import control as command

    command.cancel(sweep, json_)


def retry(sweep: SweepArgument = None, json_: JsonOption = False) -> None:
    """Give failed, quarantined and cancelled stages of a sweep a new start."""
    from prunesweep.orchestrator.cli.commands import control as command

    command.retry(sweep, json_)
