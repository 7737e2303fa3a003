"""The artifact store as a trainer uses it: one that is away, full or refuses is waited for, and
nothing is trained twice for its sake.

The policy is that of ledger and broker: wait, report it once, continue by itself. What a training made stays in memory
meanwhile, and in a file under SWEEP_HOME (the spool), so that an attempt that is ended while it waits need not train
again. Whether there is room is asked before a training begins, not after.
"""

import json
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

from prunesweep.core.artifacts.store import ArtifactStore, StoreAway
from prunesweep.core.io import whole_file
from prunesweep.core.ledger.db.doing import BYTES
from prunesweep.worker.trainer.progress import Reporter
from prunesweep.worker.trainer.waiting import OutageWait, say

_KEPT_SECONDS = 14 * 86_400

SPOOL = "spool"
"""The spool's name under SWEEP_HOME."""

_T = TypeVar("_T")


@dataclass(frozen=True)
class TrainedArtifact:
    """What a training made.

    Attributes:
        data: the artifact's bytes.
        facts: the rest of what its `Done` says.
    """

    data: bytes
    facts: Mapping[str, Any]


class TrainerStore:
    """One trainer's."""

    def __init__(self, store: ArtifactStore, spool: Path, waiting: OutageWait, report: Reporter) -> None:
        """spool: the folder for what waits to be stored; made when it is needed."""
        self._store, self._spool, self._waiting, self._report = store, spool, waiting, report

    def get(self, name: str) -> bytes:
        """Return the artifact's bytes; waits for a store that is away.

        Raises:
            StageError: no such artifact, or its bytes have another hash.
        """
        read = "reading from the store"
        counted = lambda done, total: self._report(read, done=done, total=total, unit=BYTES)  # noqa: E731
        return self._wait_for(lambda: self._store.get(name, counted), read)

    def await_room(self, size: int) -> None:
        """Wait until the store takes `size` bytes: before a training, not after it."""
        self._wait_for(lambda: self._store.check_room(size), "looking for room")

    def put(self, stage: str, made: TrainedArtifact) -> tuple[str, int]:
        """Store what the stage made; waits for as long as the store does not take it. SHA-256 and size."""
        phase = "storing"

        def counted(done: int, total: int) -> None:
            # Also while no byte moves: the client gives a request up by itself (`prunesweep.core.artifacts.location`).
            self._report(phase, done=done, total=total, unit=BYTES)

        def store() -> tuple[str, int]:
            counted(0, len(made.data))
            return self._store.put(made.data, counted)

        stored = self._wait_for(store, phase, lambda: self._keep(stage, made))
        self._file(stage).unlink(missing_ok=True)
        return stored

    def made_before(self, stage: str) -> TrainedArtifact | None:
        """Return what an earlier attempt on this machine made of the stage and could not store, None if there is
        nothing."""
        try:
            head, _, data = self._file(stage).read_bytes().partition(b"\n")
            facts = json.loads(head)
            sound = facts.pop("sha256") == sha256(data).hexdigest()
        except (OSError, ValueError, KeyError, AttributeError, TypeError):
            return None
        return TrainedArtifact(data, facts) if sound else None

    def _keep(self, stage: str, made: TrainedArtifact) -> None:
        """Write it into the spool, whole or not at all; a disk without room keeps it in memory only."""
        file = self._file(stage)
        head = json.dumps({**made.facts, "sha256": sha256(made.data).hexdigest()}).encode()
        try:
            self._spool.mkdir(mode=0o700, parents=True, exist_ok=True)
            with whole_file(file) as part:
                part.write(head + b"\n" + made.data)
        except OSError as error:
            say(f"not kept on this disk either, only in memory: {error}")

    def _file(self, stage: str) -> Path:
        return self._spool / f"{stage}.made"

    def _wait_for(self, act: Callable[[], _T], phase: str, on_trouble: Callable[[], None] = lambda: None) -> _T:
        return self._waiting.until(act, phase, "the store", StoreAway, on_trouble)


def tidy(spool: Path) -> None:
    """Remove what has lain in the spool for two weeks: another worker has made it since, or nobody wants it."""
    with suppress(OSError):
        for file in spool.iterdir():
            with suppress(OSError):
                if time.time() - file.stat().st_mtime > _KEPT_SECONDS:
                    file.unlink()
