"""`sweep submit`: writes a grid into the ledger, or says what it would come to."""

from typing import Annotated

from prunesweep.orchestrator.cli.options import JsonOption, flag, takes_grid
from prunesweep.orchestrator.run.request import GridRequest


@takes_grid
def submit(
    asked: GridRequest,
    dry_run: Annotated[
        bool, flag("--dry-run", "Only show cells, stages, epochs, time and cost; submit nothing.", "-n")
    ] = False,
    watch: Annotated[bool, flag("--watch", "Follow the sweep until it ends.")] = False,
    json_: JsonOption = False,
) -> None:
    """Submit a grid; what is already done or wanted by another sweep is not run again."""
    from prunesweep.orchestrator.cli.commands import submit as command

    command.submit(asked, dry_run, watch, json_)
