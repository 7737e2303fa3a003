"""`sweep status`: where a sweep stands."""

from typing import Annotated

from prunesweep.orchestrator.cli.options import JsonOption, SweepArgument, flag


def status(
    sweep: SweepArgument = None,
    watch: Annotated[
        bool, flag("--watch", "Follow the sweep until it ends (--json: wait); exit code 1 if stages failed.")
    ] = False,
    json_: JsonOption = False,
) -> None:
    """Show stages by state, what is running where, and what failed and why."""
    from prunesweep.orchestrator.cli.commands import status as command

    command.status(sweep, watch, json_)
