"""`sweep sink`: a sweep's curves and results in MLflow or TensorBoard."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import typer

from prunesweep.core.errors import UserError
from prunesweep.core.extras import need
from prunesweep.core.ledger.queries.sweeps import find_sweep
from prunesweep.core.settings import load_settings
from prunesweep.core.urls import mask
from prunesweep.orchestrator.console.output import note, say, say_json
from prunesweep.orchestrator.console.text import plural
from prunesweep.orchestrator.ledger_session import ledger
from prunesweep.orchestrator.sinks.feed import Sink, SinkAway, feed


def mlflow(*, sweep: str | None, to: str | None, experiment: str | None, follow: bool, json_: bool) -> None:
    """Copy a sweep to MLflow: a run for each cell. Re-running copies only new data."""
    need("mlflow", "sink", "mlflow")
    uri = to or os.environ.get("MLFLOW_TRACKING_URI", "")
    if not uri:
        raise UserError("to", "", "give the server's URL (--to http://127.0.0.1:5000), or set MLFLOW_TRACKING_URI")

    def open_sink(name: str) -> Sink:
        from prunesweep.orchestrator.sinks.mlflow import MlflowSink

        return MlflowSink(uri, experiment or name)

    _copy(sweep, "mlflow", mask(uri), open_sink, follow, json_)


def tensorboard(sweep: str | None, to: Path, follow: bool, json_: bool) -> None:
    """Copy a sweep to TensorBoard: an event file for each cell. Again writes only what is new."""
    need("tensorboard", "sink", "tensorboard")

    def open_sink(_: str) -> Sink:
        from prunesweep.orchestrator.sinks.tensorboard import TensorBoardSink

        return TensorBoardSink(to)

    _copy(sweep, "tensorboard", str(to), open_sink, follow, json_)


def _copy(
    sweep: str | None, kind: str, place: str, open_sink: Callable[[str], Sink], follow: bool, json_: bool
) -> None:
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
    more = "" if fed.ended else "; the sweep has not ended (--follow copies until it has)"
    say(f"{found.name} → {kind} {place}: {plural(fed.runs, 'run')}, {fed.written:,} written{more}")
