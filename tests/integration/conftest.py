"""A real worker on an embedded broker and ledger, for the tests of the whole chain."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import psutil
import pytest
from celery import Celery
from sqlalchemy import Engine, select

from prunesweep.core.broker import hints
from prunesweep.core.broker.app import make_app
from prunesweep.core.ledger.db.engine import open_ledger
from prunesweep.core.ledger.db.schema import stages as stages_table
from prunesweep.core.ledger.db.states import State
from prunesweep.core.ledger.queue.submit import SubmitSummary, add_sweep
from prunesweep.core.plan.dag import Plan
from prunesweep.core.plan.grids import GRIDS
from prunesweep.core.plan.stages import Stage, digest_of, encode
from prunesweep.core.settings import Settings, load_settings
from tests.support.digits import put_digits

PATIENCE = 300.0
"""Seconds after which a test gives up; nothing is measured with it."""

QUICK = {"SWEEP_LEASE_SECONDS": "4", "SWEEP_HEARTBEAT_SECONDS": "0.2", "SWEEP_REPUBLISH_SECONDS": "0.5"}

_SUPPORT = Path(__file__).parents[1] / "support"
TORCHLESS = str(_SUPPORT / "torchless")
"""On PYTHONPATH: trainers have no torch and compute nothing; no stage ends while the file `hold` is in the home."""
HELD = str(_SUPPORT / "held")
"""On PYTHONPATH: while the file `hold` is in the home, trainings wait in their middle, after TEST_HOLD_AFTER steps."""


def command_line(process: psutil.Process) -> str:
    """Its command line; "" once it has ended: a worker has short-lived children too."""
    try:
        return " ".join(process.cmdline())
    except psutil.NoSuchProcess:
        return ""


@dataclass
class Site:
    """A home with its ledger, and the workers that were started on it.

    trains: their trainers import torch and train; without it they start at once, and can only sleep and report epochs.
    """

    home: Path
    extra: dict[str, str] = field(default_factory=dict)
    trains: bool = False
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.environ = {
            **{name: value for name, value in os.environ.items() if not name.startswith("SWEEP_")},
            "SWEEP_HOME": str(self.home),
            "SWEEP_THREADS": "1",
            **({} if self.trains else {"PYTHONPATH": TORCHLESS}),
            **QUICK,
            **self.extra,
        }
        if self.trains:
            put_digits(self.home)
        self.settings: Settings = load_settings(self.environ)
        self.engine: Engine = open_ledger(self.settings)
        self.app: Celery = make_app(self.settings)

    def until(self, done: Callable[[], object], what: str) -> None:
        """Waits until `done()` is true."""
        deadline = time.monotonic() + PATIENCE
        while not done():
            logs = "\n".join(path.read_text(errors="replace")[-2000:] for path in self.home.glob("worker-*.log"))
            assert time.monotonic() < deadline, f"never: {what}\n{logs}"
            time.sleep(0.05)

    def start(self, *command: str) -> subprocess.Popen[bytes]:
        """Starts a worker (by default `python -m prunesweep.worker --devices cpu`); its log is home/worker-N.log."""
        with self.log(len(self.workers)).open("wb") as log:
            worker = subprocess.Popen(
                command or [sys.executable, "-m", "prunesweep.worker", "--devices", "cpu"],
                env=self.environ,
                stdout=log,
                stderr=log,
                cwd=self.home,
            )
        self.workers.append(worker)
        return worker

    def log(self, number: int = 0) -> Path:
        return self.home / f"worker-{number}.log"

    def trainer(self, worker: subprocess.Popen[bytes]) -> psutil.Process:
        """The worker's trainer, once it is up."""

        seen: list[psutil.Process] = []

        def found() -> list[psutil.Process]:
            children = psutil.Process(worker.pid).children(recursive=True)
            seen[:] = [child for child in children if "prunesweep.worker.trainer" in command_line(child)]
            return seen

        self.until(found, "a trainer")
        return seen[0]

    def submit(self, name: str, stages: Sequence[Stage], *, hint: bool = True) -> SubmitSummary:
        """Writes stages without cells into the ledger, and hints those that are ready if a broker is there."""
        encoded = {digest_of(encode(stage)): encode(stage) for stage in stages}
        plan = Plan(GRIDS["demo"], (), {digest_of(encode(stage)): stage for stage in stages}, encoded)
        submitted = add_sweep(self.engine, plan, name, "test")
        if hint:
            hints.publish(self.app, submitted.ready)
        return submitted

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Within, no stage ends (with `HELD`, no training): what a test does to it comes in time."""
        file = self.home / "hold"
        file.touch()
        try:
            yield
        finally:
            file.unlink(missing_ok=True)

    def stage(self, stage: Stage | str) -> Any:
        """The stage's row."""
        digest = stage if isinstance(stage, str) else digest_of(encode(stage))
        with self.engine.connect() as connection:
            return connection.execute(select(stages_table).where(stages_table.c.digest == digest)).one()

    def wait(self, stage: Stage | str, state: State) -> None:
        self.until(lambda: self.stage(stage).state == state, f"{stage} {state}; it is {self.stage(stage).state}")

    def close(self) -> None:
        """Ends the workers; safe to call again."""
        for worker in self.workers:
            if worker.poll() is None:
                worker.send_signal(signal.SIGTERM)
        for worker in self.workers:
            try:
                worker.wait(20)
            except subprocess.TimeoutExpired:
                worker.kill()
                worker.wait()
        self.engine.dispose()
        self.app.close()


@pytest.fixture
def make_site(tmp_path: Path) -> Iterator[Callable[..., Site]]:
    """Makes a site in the test's own folder; at the end its workers are stopped."""
    sites: list[Site] = []

    def make(*, trains: bool = False, **extra: str) -> Site:
        home = tmp_path / f"h{len(sites)}"
        home.mkdir()
        sites.append(Site(home, extra, trains))
        return sites[-1]

    yield make
    for site in sites:
        site.close()


@pytest.fixture
def site(make_site: Callable[..., Site]) -> Site:
    return make_site()


@pytest.fixture(scope="module")
def make_shared_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Site]]:
    """Makes a site with one warm worker, for all tests of a module that leave it running."""
    sites: list[Site] = []

    def make(*, trains: bool = False, **extra: str) -> Site:
        sites.append(Site(tmp_path_factory.mktemp("shared"), extra, trains))
        site = sites[-1]
        site.trainer(site.start())
        site.until(lambda: b"is ready (" in site.log().read_bytes(), "a warm worker")
        return site

    yield make
    for site in sites:
        site.close()


@pytest.fixture(scope="module")
def shared(make_shared_site: Callable[..., Site]) -> Site:
    """A site with one warm worker whose trainer only sleeps."""
    return make_shared_site()
