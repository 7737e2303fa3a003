"""MLflow: an experiment for each sweep, in it a run for each cell, found again by the digest of its Evaluate stage.

A tag, set after all else, says what has been copied. Where it says something else, what the run lacks is found by
comparing with what the server has of it, value by value: by their steps and times.
"""

import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from prunesweep.core.answer_time import ANSWER_SECONDS
from prunesweep.core.errors import UserError
from prunesweep.core.urls import mask
from prunesweep.orchestrator.console.output import note
from prunesweep.orchestrator.console.text import one_line
from prunesweep.orchestrator.console.waiting import note_if_slow
from prunesweep.orchestrator.sinks.feed import SinkAway
from prunesweep.orchestrator.sinks.runs import SinkRun

if TYPE_CHECKING:
    from mlflow.entities import Metric

_TAG, _NAME, _COPIED = "prunesweep.evaluate", "mlflow.runName", "prunesweep.copied"
_BATCH = 900  # the server takes 1,000 values a request
_STATUS = {"DONE": "FINISHED", "FAILED": "FAILED", "QUARANTINED": "FAILED", "CANCELLED": "KILLED"}
ENVIRONMENT = {
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "1",  # of its seven, the last would come after minutes
    "MLFLOW_HTTP_REQUEST_TIMEOUT": f"{ANSWER_SECONDS:.0f}",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
}
"""Settings of the client unless the environment sets them."""


@dataclass
class _ServerRun:
    """What the server has of a run.

    Attributes:
        sent: (metric, step, milliseconds since 1970) of its values, None = not asked for yet.
        metrics: those that have values.
    """

    run_id: str
    status: str
    tags: dict[str, str]
    parameters: dict[str, str]
    sent: set[tuple[str, int, int]] | None = None
    metrics: tuple[str, ...] = ()


class MlflowSink:
    """Runs in one experiment of an MLflow server (or of a database, `sqlite:///FILE`)."""

    def __init__(self, uri: str, experiment: str) -> None:
        """Raise UserError: no URI of MLflow's."""
        if "://" not in uri and uri != "databricks":
            raise UserError("to", uri if "@" not in uri else "***", "give the server's URL, e.g. http://127.0.0.1:5000")
        for name, value in ENVIRONMENT.items():
            os.environ.setdefault(name, value)
        self._uri = uri
        self._experiment = experiment
        self._experiment_id = ""
        self._noted = False
        self._there: dict[tuple[str, str], _ServerRun] = {}
        with self._as_away():
            from mlflow import MlflowClient

            self._client: Any = MlflowClient(_without_login(uri))

    def write(self, run: SinkRun) -> bool:
        """See `prunesweep.orchestrator.sinks.feed.Sink`."""
        with note_if_slow(f"MLflow at {mask(self._uri)}", self._note_once), self._as_away():
            there = self._opened(run)
            wrote = there is None
            there = there or self._create(run)
            wrote = self._describe(run, there) or wrote
            wrote = self._measure(run, there) or wrote
            # Last, so that a run whose copying was cut off does not look finished.
            wrote = self._conclude(run, there) or wrote
        self._noted = False
        return wrote

    def _note_once(self, line: str) -> None:
        """Say that the server is slow: not at each try, if it is followed."""
        if not self._noted:
            self._noted = True
            note(line)

    def _opened(self, run: SinkRun) -> _ServerRun | None:
        """Return the run as it is on the server, if it is."""
        if not self._experiment_id:
            self._open_experiment()
        return self._there.get((run.digest, run.name))

    def _open_experiment(self) -> None:
        """Find or make the experiment, and learns which runs are in it."""
        found = self._client.get_experiment_by_name(self._experiment)
        if found is not None and found.lifecycle_stage != "active":
            fix = "was deleted in MLflow; restore it there, or give another: --experiment NAME"
            raise UserError("experiment", self._experiment, fix)
        experiment_id = found.experiment_id if found else self._client.create_experiment(self._experiment)
        token = None
        while token != "":
            page = self._client.search_runs([experiment_id], order_by=["start_time DESC"], page_token=token)
            for one in page:
                tags = dict(one.data.tags)
                if _TAG in tags:
                    self._there[tags[_TAG], tags.get(_NAME, "")] = _ServerRun(
                        one.info.run_id, one.info.status, tags, dict(one.data.params), None, tuple(one.data.metrics)
                    )
            token = page.token or ""
        self._experiment_id = experiment_id

    def _create(self, run: SinkRun) -> _ServerRun:
        tags = {_TAG: run.digest, _NAME: run.name}
        made = self._client.create_run(self._experiment_id, start_time=_ms(run.started_at), tags=tags)
        there = self._there[run.digest, run.name] = _ServerRun(made.info.run_id, made.info.status, tags, {}, set())
        return there

    def _describe(self, run: SinkRun, there: _ServerRun) -> bool:
        """Write parameters and tags; return whether any were new."""
        from mlflow.entities import Param, RunTag

        wanted = {f"prunesweep.{name}": value for name, value in run.facts.items()}
        wanted |= {"prunesweep.sweep": run.sweep, "prunesweep.cell": str(run.cell)}
        tags = {name: value for name, value in wanted.items() if there.tags.get(name) != value}
        parameters = {name: str(value) for name, value in run.parameters.items() if name not in there.parameters}
        if not tags and not parameters:
            return False
        self._client.log_batch(
            there.run_id,
            params=[Param(name, value) for name, value in parameters.items()],
            tags=[RunTag(name, value) for name, value in tags.items()],
        )
        there.tags |= tags
        there.parameters |= parameters
        return True

    def _measure(self, run: SinkRun, there: _ServerRun) -> bool:
        """Write epochs and results that the server lacks; return whether there were any."""
        from mlflow.entities import RunTag

        wanted = list(_metrics(run))
        mark = _mark(wanted)
        if there.tags.get(_COPIED) == mark:
            return False
        if there.sent is None:
            there.sent = set(self._sent(there))
        missing = [one for one in wanted if (one.key, one.step, one.timestamp) not in there.sent]
        for start in range(0, len(missing), _BATCH):
            batch = missing[start : start + _BATCH]
            self._client.log_batch(there.run_id, metrics=batch)
            there.sent.update((one.key, one.step, one.timestamp) for one in batch)
        self._client.log_batch(there.run_id, tags=[RunTag(_COPIED, mark)])
        there.tags[_COPIED] = mark
        return True

    def _sent(self, there: _ServerRun) -> Iterator[tuple[str, int, int]]:
        for name in there.metrics:
            for value in self._client.get_metric_history(there.run_id, name):
                yield name, value.step, value.timestamp

    def _conclude(self, run: SinkRun, there: _ServerRun) -> bool:
        status = _STATUS.get(run.state, "RUNNING")
        if status == there.status:
            return False
        if status == "RUNNING" or run.ended_at is None:
            self._client.update_run(there.run_id, status)
        else:
            self._client.set_terminated(there.run_id, status, _ms(run.ended_at))
        there.status = status
        return True

    @contextmanager
    def _as_away(self) -> Iterator[None]:
        """Turn what the client complains of into SinkAway; the next try reads again what the server has."""
        from mlflow.exceptions import MlflowException

        try:
            yield
        except (MlflowException, OSError) as error:  # requests' errors are OSErrors
            self._experiment_id = ""
            self._there.clear()
            raise SinkAway(f"{mask(self._uri)}: {one_line(self._redact(str(error)), 300)}") from None

    def _redact(self, text: str) -> str:
        """Return it without the login that the URI may hold."""
        login = self._uri.partition("://")[2].rpartition("@")[0]
        text = text.replace(self._uri, mask(self._uri))
        password = login.partition(":")[2]
        for secret in filter(None, (login, password, unquote(password))):
            text = text.replace(secret, "***")
        return text


def _without_login(uri: str) -> str:
    """Return the URI for the client, which prints and logs it; a server's login goes by the variables that MLflow has
    for it."""
    scheme, _, rest = uri.partition("://")
    place, slash, path = rest.partition("/")
    login, at, host = place.rpartition("@")
    if not at or scheme not in ("http", "https"):
        return uri
    user, _, password = login.partition(":")
    os.environ["MLFLOW_TRACKING_USERNAME"], os.environ["MLFLOW_TRACKING_PASSWORD"] = unquote(user), unquote(password)
    return f"{scheme}://{host}{slash}{path}"


def _metrics(run: SinkRun) -> "Iterator[Metric]":
    from mlflow.entities import Metric

    for point in run.points:
        for name, value in point.values.items():
            yield Metric(name, value, _ms(point.at), point.step)


def _mark(metrics: "Sequence[Metric]") -> str:
    """Stands for these values."""
    listed = "\n".join(f"{one.key} {one.step} {one.timestamp}" for one in metrics)
    return hashlib.sha256(listed.encode()).hexdigest()[:16]


def _ms(seconds: float) -> int:
    return round(1000 * seconds)
