"""`sweep extend`: more points of a sweep's axes, under the same name."""

from typing import Annotated

import typer

from prunesweep.orchestrator.cli import completion
from prunesweep.orchestrator.cli.options import JsonOption, NamedSweepArgument, flag


def extend(
    sweep: NamedSweepArgument,
    seeds: Annotated[str | None, typer.Option("--seeds", metavar="LIST", help="More seeds, e.g. 3,4.")] = None,
    sparsity: Annotated[
        str | None, typer.Option("--sparsity", metavar="LIST", help="More sparsities, e.g. 95.")
    ] = None,
    algorithm: Annotated[
        str | None,
        typer.Option(
            "--algorithm",
            metavar="LIST",
            help="More pruning algorithms.",
            autocompletion=completion.listed(completion.ALGORITHMS),
        ),
    ] = None,
    epochs: Annotated[
        str | None, typer.Option("--epochs", metavar="LIST", help="More fine-tuning epochs per round.")
    ] = None,
    rounds: Annotated[
        str | None, typer.Option("--rounds", metavar="LIST", help="More numbers of pruning rounds.")
    ] = None,
    dry_run: Annotated[
        bool, flag("--dry-run", "Only show cells, stages, epochs, time and cost; write nothing.", "-n")
    ] = False,
    json_: JsonOption = False,
) -> None:
    """Add seeds, sparsities, algorithms, epochs or rounds to a sweep; only what is new is run."""
    from prunesweep.orchestrator.cli.commands import extend as command

    axes = {"seeds": seeds, "sparsity": sparsity, "algorithm": algorithm, "epochs": epochs, "rounds": rounds}
    command.extend(sweep, {axis: value for axis, value in axes.items() if value is not None}, dry_run, json_)
