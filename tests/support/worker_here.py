"""A worker without its processes: it claims what is ready and runs it with the trainer's own code, in this process."""

from collections.abc import Callable
from pathlib import Path

import torch
from sqlalchemy import Engine

from prunesweep.core.artifacts.store import ArtifactStore
from prunesweep.core.ledger.queries.lookup import places_of
from prunesweep.core.ledger.queue.claims import claim
from prunesweep.core.ledger.queue.outcome import complete, crash, fail
from prunesweep.core.ledger.queue.reaper import due
from prunesweep.core.settings import Settings
from prunesweep.orchestrator.ledger_session import ledger
from prunesweep.worker.protocol import Done, Owner, Request
from prunesweep.worker.trainer.__main__ import serve_stage
from prunesweep.worker.trainer.context import TrainerContext
from tests.support.bursts import in_short_bursts


def work_here(
    engine: Engine,
    settings: Settings,
    emit: Callable[[object], None] = lambda event: None,
    kind: type[TrainerContext] = TrainerContext,
) -> None:
    """Run stages until none is ready; they measure in short bursts.

    Args:
        emit: takes what a trainer reports, epochs for example.
        kind: `FewImages` where it does not matter how much is learned.
    """
    store = ArtifactStore.open(settings.artifacts_url, settings.home)
    context = kind(torch.device("cpu"), settings, store, emit, cores=1)
    while ready := due(engine, "cpu", 1, 0.0):
        held = claim(engine, ready[0], "host:1", "cpu", "cpu", 60.0)
        assert held is not None
        places = places_of(engine, held.digest)
        with in_short_bursts():
            ended = serve_stage(context, Request(held.digest, held.attempt, held.spec, held.inputs, "", places))
        who = (engine, held.digest, held.attempt)
        if isinstance(ended, Done):
            names = ("artifact", "artifact_bytes", "train_seconds", "summary", "result", "ran")
            complete(*who, log="", **{name: getattr(ended, name) for name in names})
        elif ended.owner != Owner.WORK:
            crash(*who, ended.reason, "", 1, 0.0)
        else:
            fail(*who, ended.reason, "")


class WorkerHere:
    """Takes the place of `LocalWorker`: where `sweep run` waits for its worker, all stages are run."""

    def __init__(self, settings: Settings, devices: str, per_device: str = "1") -> None:
        self._settings = settings
        self.log = Path(f"no log: {devices}, {per_device} each, in this process")

    def wait_ready(self) -> None:
        with ledger(self._settings) as engine:
            work_here(engine, self._settings)

    def check(self) -> None:
        """It never ends by itself."""

    def check_slots(self, engine: Engine) -> None:
        """Its only slot works."""

    def terminate(self) -> None:
        """It has ended."""

    def stop(self) -> None:
        """It has ended."""
