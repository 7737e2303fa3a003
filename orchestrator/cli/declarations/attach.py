"""`sweep attach`: follow a sweep that runs elsewhere, until its end."""

from prunesweep.orchestrator.cli.options import SweepArgument


def attach(sweep: SweepArgument = None) -> None:
    """Follow a sweep to its end, then print its report; Ctrl-C stops following, not the sweep."""
    from prunesweep.orchestrator.cli.commands import attach as command

    command.attach(sweep)
