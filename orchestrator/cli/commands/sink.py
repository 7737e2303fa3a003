"""`sweep sink`: a sweep's curves and results in MLflow or TensorBoard."""

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from prunesweep.core.errors import UserError
from prunesweep.orchestrator.cli.options import JsonOption, SweepArgument, flag

if TYPE_CHECKING:
    from collections.abc import Callable

    from prunesweep.orchestrator.sinks.feed import Sink

app = typer.Typer(help="Copy a sweep's curves and results to MLflow or TensorBoard.", no_args_is_help=True)

FollowOption = Annotated[bool, flag("--follow", "Go on until the sweep has ended.")]


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
    """Copy a sweep to MLflow: a run for each cell. Again copies only what is new."""
    import os

    from prunesweep.core.urls import mask

    _need("mlflow", "mlflow")
    uri = to or os.environ.get("MLFLOW_TRACKING_URI", "")
    if not uri:
        raise UserError("to", "", "give the server's URL (--to http://127.0.0.1:5000), or set MLFLOW_TRACKING_URI")

    def open_sink(name: str) -> "Sink":
        from prunesweep.orchestrator.sinks.mlflow import MlflowSink

        return MlflowSink(uri, experiment or name)

    _copy(sweep, "mlflow", mask(uri), open_sink, follow, json_)


@app.command()
def tensorboard(
    sweep: SweepArgument = None,
    to: Annotated[Path, typer.Option("--to", metavar="DIR", help="TensorBoard's --logdir; made when missing.")] = Path(
        "runs"
    ),
    follow: FollowOption = False,
    json_: JsonOption = False,
) -> None:
    """Copy a sweep to TensorBoard: an event file for each cell. Again writes only what is new."""
    _need("tensorboard", "tensorboard")

    def open_sink(_: str) -> "Sink":
        from prunesweep.orchestrator.sinks.tensorboard import TensorBoardSink

        return TensorBoardSink(to)

    _copy(sweep, "tensorboard", str(to), open_sink, follow, json_)


def _need(package: str, extra: str) -> None:
    """Raise UserError if the package is missing."""
    if find_spec(package) is None:
        raise UserError("sink", extra, f"needs a package that is not installed: pip install 'prunesweep[{extra}]'")


def _copy(
    sweep: str | None, kind: str, place: str, open_sink: "Callable[[str], Sink]", follow: bool, json_: bool
) -> None:
    from prunesweep.core.ledger.queries.sweeps import find_sweep
    from prunesweep.core.settings import load_settings
    from prunesweep.orchestrator.console.output import note, say, say_json
    from prunesweep.orchestrator.console.text import plural
    from prunesweep.orchestrator.ledger_session import ledger
    from prunesweep.orchestrator.sinks.feed import SinkAway, feed

    with ledger(load_settings()) as engine:
        found = find_sweep(engine, sweep)
        try:
            fed = feed(engine, found.id, open_sink(found.name), until_ended=follow, tell=note)
        except SinkAway as error:
            note(f"sweep: {error}; what is missing is copied when you run this again")
            raise typer.Exit(1) from None
    if json_:
        body: dict[str, Any] = {"sweep": found.name, "sink": kind, "to": place}
        say_json({**body, "runs": fed.runs, "written": fed.written, "ended": fed.ended})
        return
    more = "" if fed.ended else "; the sweep goes on (--follow copies until it has ended)"
    say(f"{found.name} → {kind} {place}: {plural(fed.runs, 'run')}, {fed.written:,} written{more}")
