"""What a worker does to the artifact store itself, in the background: it signs its ledger in, and throws away saved
states that nothing needs any more. What it misses, `sweep gc` finds."""

import queue
import threading
from collections.abc import Callable

from celery.utils.log import get_logger

from prunesweep.core.artifacts.store import ArtifactStore

logger = get_logger(__name__)


class ArtifactCleanup:
    """Call it with an artifact's name, from any thread; it never waits and never fails."""

    def __init__(self, store: ArtifactStore, ledger_id: str) -> None:
        self._store, self._ledger_id = store, ledger_id
        self._names: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="artifact cleanup", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def __call__(self, name: str) -> None:
        if name:
            self._names.put(name)

    def _work(self) -> None:
        self._try("ledger not signed in", lambda: self._store.sign_in(self._ledger_id))
        while True:
            name = self._names.get()
            self._try(f"{name[:12]} left for gc", lambda: self._store.delete(name))  # noqa: B023 - called at once

    def _try(self, otherwise: str, act: Callable[[], None]) -> None:
        try:
            act()
        except OSError as error:
            logger.warning("%s: %s", otherwise, error)
