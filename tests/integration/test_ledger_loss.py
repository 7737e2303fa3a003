"""Workers whose ledger goes away for longer than a lease while they work: no trainer ends, nothing is run twice."""

import os
import signal
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import pytest

from prunesweep.core.ledger.db.engine import open_ledger
from prunesweep.core.ledger.db.states import State
from prunesweep.core.plan.datasets import parse_dataset
from prunesweep.core.plan.models import ModelRef
from prunesweep.core.plan.recipes import load_recipe
from prunesweep.core.plan.stages import Sleep, Train, digest
from prunesweep.core.settings import load_settings
from tests.integration.conftest import PATIENCE
from tests.support.watchdog import watch

AWAY = float(os.environ.get("TEST_OUTAGE_SECONDS", "7"))
"""Seconds; longer than the lease of these tests (4 s) and than a worker's call waits for a locked file (5 s)."""


@dataclass
class Postgres:
    """A server of the test's own."""

    folder: Path
    server: Any

    @property
    def url(self) -> str:
        return str(self.server.get_uri())

    @contextmanager
    def away(self) -> Iterator[None]:
        """Stops it as a power cut would; at the end it is up again."""
        from pgserver._commands import pg_ctl

        pg_ctl(["stop", "-m", "immediate"], pgdata=self.folder, user=self.server.system_user)
        try:
            yield
        finally:
            self.server.ensure_postgres_running()

    @contextmanager
    def silent(self) -> Iterator[None]:
        """Its connections stay open, and nothing comes through them: as when its host is cut off."""
        first = psutil.Process(int((self.folder / "postmaster.pid").read_text().split()[0]))
        processes = [first, *first.children(recursive=True)]
        for process in processes:
            process.suspend()
        try:
            yield
        finally:
            for process in processes:
                process.resume()


@pytest.fixture
def own_postgres() -> Iterator[Postgres]:
    # Not in pytest's own folder, see the fixture `postgres`.
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    watch(folder)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pgserver

        server = pgserver.get_server(folder, cleanup_mode="delete")
    yield Postgres(folder, server)
    server.cleanup()


_LOCK = """
import sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=60)
connection.execute("BEGIN IMMEDIATE")
print("locked", flush=True)
sys.stdin.read()
"""


@contextmanager
def locked(file: Path) -> Iterator[None]:
    """Another process writes to the file and does not come to an end."""
    command = [sys.executable, "-c", _LOCK, str(file)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"locked\n"
        yield


@pytest.fixture
def lossy(request, make_site):
    """A site, and a context in which its ledger is away."""
    if request.param == "sqlite":
        site = make_site()
        return site, lambda: locked(site.settings.ledger_file)
    server = request.getfixturevalue("own_postgres")
    open_ledger(load_settings({"SWEEP_DATABASE_URL": server.url}), upgrade=True).dispose()
    return make_site(SWEEP_DATABASE_URL=server.url), server.away


@pytest.mark.slow
@pytest.mark.parametrize("lossy", ["sqlite", "postgresql"], indirect=True)
def test_a_ledger_that_is_away_for_longer_than_a_lease(lossy) -> None:
    """One stage ends meanwhile, the other trains on; each worker could take the other's as lost. On PostgreSQL
    a third worker is lost: what keeps the others from reaping is over after a lease."""
    site, away = lossy
    third = bool(site.settings.database_url)
    recipe = load_recipe("digits").dense
    # An epoch takes 0.3 s: tests/support/torchless.
    training = Train(parse_dataset("digits"), ModelRef("resnet18", 2, 10), recipe, 5 * int(AWAY), 0)
    stages, lost = [Sleep("ends meanwhile", 0.0), training], Sleep("lost", 0.0)
    after = Sleep("after", 0.0, tuple(digest(stage) for stage in stages))
    with ExitStack() as outage:
        with site.hold():
            if third:
                first = site.start()
                site.submit("lost", [lost], hint=False)
                site.wait(lost, State.RUNNING)
            site.submit("naps", [*stages, after], hint=False)
            workers = [site.start(), site.start()]
            for stage in stages:
                site.wait(stage, State.RUNNING)
            trainers = [site.trainer(worker) for worker in workers]
            site.engine.dispose()
            outage.enter_context(away())
            if third:
                first.kill()
                first.wait()
        time.sleep(AWAY)
    if third:
        site.until(lambda: site.stage(lost).losses == 1, "the lost stage taken back")
    for stage in (*stages, after):
        site.wait(stage, State.DONE)
        row = site.stage(stage)
        assert (row.attempt, row.failures, row.losses) == (1, 0, 0)
    if third:
        site.until(lambda: site.stage(lost).attempt == 2, "the lost stage taken up again")
    assert [site.trainer(worker) for worker in workers] == trainers
    assert [worker.poll() for worker in workers] == [None, None]


@pytest.mark.slow
@pytest.mark.parametrize("lossy", ["sqlite"], indirect=True)
def test_a_worker_can_stop_while_the_ledger_is_away(lossy) -> None:
    site, away = lossy
    stage = Sleep("handed back", 60.0)
    worker = site.start()
    site.submit("handed-back", [stage], hint=False)
    site.wait(stage, State.RUNNING)
    trainer = site.trainer(worker)
    site.engine.dispose()
    with away():
        worker.terminate()
        assert worker.wait(PATIENCE) == 0
        assert not trainer.is_running()
    site.start()
    site.until(lambda: site.stage(stage).attempt == 2, "the stage taken up again")
    assert site.stage(stage).failures == 0


@pytest.mark.slow
@pytest.mark.parametrize("lossy", ["postgresql"], indirect=True)
def test_a_worker_stops_though_its_ledger_says_nothing(lossy, own_postgres) -> None:
    """libpq waits for an answer without end, and a stage's own thread waits in it as well as the worker's."""
    site, _ = lossy
    training = Train(parse_dataset("digits"), ModelRef("resnet18", 2, 10), load_recipe("digits").dense, 1000, 0)
    worker = site.start()
    site.submit("silent", [training], hint=False)
    site.wait(digest(training), State.RUNNING)
    trainer = site.trainer(worker)
    with own_postgres.silent():
        for _ in range(2):
            worker.send_signal(signal.SIGINT)
        assert worker.wait(60) == 1, site.log().read_text()
        assert not trainer.is_running()
    told = site.log().read_text()
    assert told.count("while the worker stops") <= 2 and "Traceback" not in told
    row = site.stage(digest(training))
    assert (row.state, row.attempt, row.failures) == (State.RUNNING, 1, 0)  # until its lease runs out
