"""`sweep sink mlflow` against a real MLflow server on this machine."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from prunesweep.core.ledger.queries.sweeps import find_sweep
from prunesweep.orchestrator.sinks.feed import SinkAway, feed
from prunesweep.orchestrator.sinks.mlflow import ENVIRONMENT, MlflowSink
from prunesweep.orchestrator.sinks.runs import runs_of

Sweep = Callable[..., Any]
SMALL = ("submit", "--grid", "demo", "--sparsity", "50", "--epochs", "2", "--iterations", "2", "--name")
PASSWORD = "s3kr/et@"
LOGIN_NAMES = ("MLFLOW_TRACKING_USERNAME", "MLFLOW_TRACKING_PASSWORD", "MLFLOW_TRACKING_URI")
LOGIN = "me:s3kr%2Fet%40@"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """host:port of `mlflow server`, as the wheel starts it."""
    folder, port = tmp_path_factory.mktemp("mlflow"), free_port()
    place = ("--host", "127.0.0.1", "--port", str(port), "--workers", "1", "--gunicorn-opts", "--log-level warning")
    store = ("--backend-store-uri", f"sqlite:///{folder}/store.db", "--default-artifact-root", str(folder / "files"))
    quiet = {"MLFLOW_DISABLE_TELEMETRY": "true", "MLFLOW_SERVER_ENABLE_JOB_EXECUTION": "false", "HOME": str(folder)}
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    log = folder / "server.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "mlflow", "server", *place, *store],
            env={**os.environ, **quiet, "PATH": path},
            stdout=out,
            stderr=out,
            cwd=folder,
            start_new_session=True,
        )
    try:
        deadline = time.monotonic() + 300
        while not _answers(port):
            assert process.poll() is None, log.read_text()
            assert time.monotonic() < deadline, log.read_text()
            time.sleep(0.1)
        yield f"127.0.0.1:{port}"
    finally:
        os.killpg(process.pid, 15)
        process.wait(300)


def _answers(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5) as answer:
            return bool(answer.status == 200)
    except OSError:
        return False


@pytest.fixture
def client(server: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """MLflow's own client; what the sink tells it by the environment is forgotten at the end."""
    from mlflow import MlflowClient

    for name in {*ENVIRONMENT, *LOGIN_NAMES, *(name for name in os.environ if name.startswith("MLFLOW_"))}:
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)
    return MlflowClient(f"http://{server}")


def runs(client: Any, experiment: str) -> dict[str, Any]:
    found = client.get_experiment_by_name(experiment)
    assert found is not None
    listed = client.search_runs([found.experiment_id])
    by_name = {run.info.run_name: run for run in listed}
    assert len(by_name) == len(listed), "a run is there twice"
    return by_name


def history(client: Any, run: Any, metric: str) -> list[tuple[int, float]]:
    return [(one.step, one.value) for one in client.get_metric_history(run.info.run_id, metric)]


def everything(client: Any, experiment: str) -> dict[str, Any]:
    """All that the server has of an experiment's runs."""
    return {
        name: (run.info.status, run.data.tags, run.data.params, {m: history(client, run, m) for m in run.data.metrics})
        for name, run in runs(client, experiment).items()
    }


def test_a_finished_sweep(sweep: Sweep, ledger: Engine, work: Callable[..., int], server: str, client: Any) -> None:
    sweep(*SMALL, "whole")
    work(epochs=True)
    ran = sweep("sink", "mlflow", "whole", "--to", f"http://{LOGIN}{server}")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out == f"whole → mlflow http://me:***@{server}: 2 runs, 2 written\n"
    assert os.environ["MLFLOW_TRACKING_PASSWORD"] == PASSWORD
    found = runs(client, "whole")
    assert set(found) == {"oneshot-50-2x1-seed0", "iterative-50-2x2-seed0"}
    run = found["iterative-50-2x2-seed0"]
    assert run.info.status == "FINISHED"
    assert run.data.params == {
        "algorithm": "iterative",
        "sparsity": "0.5",
        "epochs": "2",
        "iterations": "2",
        "seed": "0",
        "dataset": "digits",
        "model": "resnet18",
        "width": "16",
    }
    (copied,) = [one for one in runs_of(ledger, find_sweep(ledger, "whole").id) if one.name == run.info.run_name]
    assert run.data.tags["prunesweep.evaluate"] == copied.digest
    assert run.data.tags["prunesweep.artifact"] == copied.facts["artifact"]
    assert run.info.end_time == round(1000 * copied.ended_at)
    assert [step for step, _ in history(client, run, "train/loss")] == list(range(1, 15))
    assert history(client, run, "validation/top1")[-1] == (14, 0.52)
    assert history(client, run, "test/top1") == [(14, 0.9)]
    assert history(client, run, "speed/ratio_high") == [(14, 1.05)]
    assert history(client, run, "size/bytes") == [(14, 2_863_311.0)]


def test_again_writes_nothing(sweep: Sweep, work: Callable[..., int], server: str, client: Any) -> None:
    sweep(*SMALL, "again")
    work(epochs=True)
    sweep("sink", "mlflow", "again", "--to", f"http://{server}")
    before = everything(client, "again")
    assert "2 runs, 0 written" in sweep("sink", "mlflow", "again", "--to", f"http://{server}").out
    assert everything(client, "again") == before
    # As a copy leaves it that is cut off after some of the values: the mark that comes last is not there.
    for run in runs(client, "again").values():
        client.delete_tag(run.info.run_id, "prunesweep.copied")
    assert "2 runs, 2 written" in sweep("sink", "mlflow", "again", "--to", f"http://{server}").out
    assert everything(client, "again") == before


class _Dies:
    """A client whose n-th batch does not arrive, as when its process is killed."""

    def __init__(self, client: Any, batches: int) -> None:
        self._client = client
        self._left = batches

    def __getattr__(self, name: str) -> Any:
        return getattr(self._client, name)

    def log_batch(self, *given: Any, **named: Any) -> Any:
        self._left -= 1
        if self._left < 0:
            raise KeyboardInterrupt
        return self._client.log_batch(*given, **named)


def test_a_copy_that_was_cut_off_is_completed(
    sweep: Sweep, ledger: Engine, work: Callable[..., int], server: str, client: Any
) -> None:
    sweep(*SMALL, "cut")
    work(epochs=True)
    copies = runs_of(ledger, find_sweep(ledger, "cut").id)
    for batches in (0, 1, 1, 1):  # lost: parameters, values, mark of the first run; parameters of the second
        sink = MlflowSink(f"http://{server}", "cut")
        sink._client = _Dies(sink._client, batches)
        with pytest.raises(KeyboardInterrupt):
            for run in copies:
                sink.write(run)
    sweep("sink", "mlflow", "cut", "--to", f"http://{server}")
    sweep("sink", "mlflow", "cut", "--to", f"http://{server}", "--experiment", "uncut")
    assert everything(client, "cut") == everything(client, "uncut")


def test_a_sweep_that_goes_on(sweep: Sweep, work: Callable[..., int], server: str, client: Any) -> None:
    sweep(*SMALL, "live")
    assert (
        "0 runs, 0 written; the sweep has not ended" in sweep("sink", "mlflow", "live", "--to", f"http://{server}").out
    )
    work(1, epochs=True)
    sweep("sink", "mlflow", "live", "--to", f"http://{server}")
    early = runs(client, "live")["oneshot-50-2x1-seed0"]
    assert (early.info.status, early.info.end_time) == ("RUNNING", None)
    assert len(history(client, early, "train/loss")) == 10
    work(epochs=True)
    ran = sweep("sink", "mlflow", "live", "--to", f"http://{server}", "--follow", "--json")
    assert '"ended": true' in ran.out
    late = runs(client, "live")["oneshot-50-2x1-seed0"]
    assert (late.info.run_id, late.info.status) == (early.info.run_id, "FINISHED")
    assert [step for step, _ in history(client, late, "train/loss")] == list(range(1, 13))


def test_the_uri_from_the_environment(
    sweep: Sweep, work: Callable[..., int], server: str, client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    sweep(*SMALL, "env")
    assert "set MLFLOW_TRACKING_URI" in sweep("sink", "mlflow").complaint
    work()
    monkeypatch.setenv("MLFLOW_TRACKING_URI", f"http://{server}")
    assert "2 runs, 2 written" in sweep("sink", "mlflow").out
    client.delete_experiment(client.get_experiment_by_name("env").experiment_id)
    ran = sweep("sink", "mlflow")
    assert (ran.code, "was deleted in MLflow" in ran.complaint) == (2, True)


@pytest.mark.parametrize(
    "uri",
    ["http://{login}127.0.0.1:{port}", "http://{login}127.0.0.1:no-port", "http://me:s3kr/et@[::1", "me:s3kr/et@x"],
)
def test_no_error_shows_the_password(
    uri: str, sweep: Sweep, work: Callable[..., int], client: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    sweep(*SMALL, "secret")
    work()
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    given = uri.format(login=LOGIN, port=free_port())
    ran = sweep("sink", "mlflow", "--to", given)
    assert ran.code in (1, 2)
    assert "s3kr" not in ran.complaint
    assert "***" in ran.complaint


def test_follow_waits_for_a_server_that_is_away(
    ledger: Engine, sweep: Sweep, work: Callable[..., int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """And gives up only once the sweep has ended."""
    monkeypatch.setattr("prunesweep.orchestrator.sinks.feed._LONGEST", 0.1)
    sweep(*SMALL, "away")
    work(1, epochs=True)
    tries, told = [], []

    class Away:
        def write(self, run: Any) -> bool:
            tries.append(run)
            if len(tries) == 1:
                raise SinkAway("no answer")
            if len(tries) == 2:
                work(epochs=True)
            return True

    fed = feed(ledger, 1, Away(), until_ended=True, tell=told.append)
    assert told == ["no answer; trying again", "it is back"]
    assert (fed.runs, fed.written, fed.ended) == (2, 2, True)
