"""`sweep compare` and `sweep verdict`: differences paired by seed, and what they decide."""

from typing import Annotated

import typer

from prunesweep.orchestrator.cli import completion
from prunesweep.orchestrator.cli.options import JsonOption, SweepArgument, flag

_SIDE = "a sweep, or cells of one: SWEEP:axis=value,… (:axis=value of the latest)."


def compare(
    a: Annotated[str, typer.Argument(metavar="A", help=f"One side: {_SIDE}", autocompletion=completion.sweeps)],
    b: Annotated[str, typer.Argument(metavar="B", help=f"The other side: {_SIDE}", autocompletion=completion.sweeps)],
    metric: Annotated[
        str,
        typer.Option(
            "--metric",
            metavar="COLUMN",
            help="What is compared: top1, drop, latency_speedup, …",
            autocompletion=completion.METRICS,
        ),
    ] = "top1",
    queue: Annotated[bool, flag("--queue", "Submit the same grids with the seeds that would decide it.")] = False,
    json_: JsonOption = False,
) -> None:
    """Compare two sweeps, or two kinds of cells: differences paired by seed, an interval, a verdict."""
    from prunesweep.orchestrator.cli.commands import compare as command

    command.compare(a=a, b=b, metric=metric, queue=queue, json_=json_)


def verdict(sweep: SweepArgument = None, json_: JsonOption = False) -> None:
    """Compare pruning in rounds with one-shot pruning of as many epochs, per sparsity, and what explains the
    difference. Exit code 1 if the sweep has no such pair."""
    from prunesweep.orchestrator.cli.commands import compare as command

    command.verdict(sweep, json_)
