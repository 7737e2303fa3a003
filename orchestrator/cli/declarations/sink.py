"""`sweep sink`: a sweep's curves and results in MLflow or TensorBoard."""

from pathlib import Path
from typing import Annotated

import typer

from prunesweep.orchestrator.cli.options import JsonOption, SweepArgument, flag

app = typer.Typer(
    help="Copy a sweep's curves and results to MLflow or TensorBoard.", no_args_is_help=True, add_completion=False
)


FollowOption = Annotated[bool, flag("--follow", "Continue until the sweep has ended.")]


@app.command()
def mlflow(
    sweep: SweepArgument = None,
    to: Annotated[
        str | None,
        typer.Option(
            "--to", metavar="URI", help="The server, e.g. http://127.0.0.1:5000; default MLFLOW_TRACKING_URI."
        ),
    ] = None,
    experiment: Annotated[
        str | None, typer.Option("--experiment", metavar="NAME", help="MLflow's experiment; default the sweep's name.")
    ] = None,
    follow: FollowOption = False,
    json_: JsonOption = False,
) -> None:
    """Copy a sweep to MLflow: a run for each cell. Re-running copies only new data."""
    from prunesweep.orchestrator.cli.commands import sink as command

    command.mlflow(sweep=sweep, to=to, experiment=experiment, follow=follow, json_=json_)


@app.command()
def tensorboard(
    sweep: SweepArgument = None,
    to: Annotated[Path, typer.Option("--to", metavar="DIR", help="TensorBoard's --logdir; made when missing.")] = Path(
        "runs"
    ),
    follow: FollowOption = False,
    json_: JsonOption = False,
) -> None:
    """Copy a sweep to TensorBoard: an event file for each cell. Re-running writes only new data."""
    from prunesweep.orchestrator.cli.commands import sink as command

    command.tensorboard(sweep, to, follow, json_)
