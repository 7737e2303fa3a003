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
    iterations: Annotated[
        str | None, typer.Option("--iterations", metavar="LIST", help="More numbers of rounds.")
    ] = None,
    dry_run: Annotated[
        bool, flag("--dry-run", "Only show cells, stages, epochs, time and cost; write nothing.")
    ] = False,
    json_: JsonOption = False,
) -> None:
    """Add seeds, sparsities, algorithms, epochs or iterations to a sweep; only what is new is run."""
    from prunesweep.orchestrator.cli.commands import extend as command

    axes = {"seeds": seeds, "sparsity": sparsity, "algorithm": algorithm, "epochs": epochs, "iterations": iterations}
    command.extend(sweep, {axis: value for axis, value in axes.items() if value is not None}, dry_run, json_)
