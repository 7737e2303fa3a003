"""Throws away saved states that nothing needs any more, in the background. What it misses, `sweep gc` finds."""

import queue
import threading

from celery.utils.log import get_logger

from core.artifacts.store import ArtifactStore

logger = get_logger(__name__)


class Discards:
    """Call it with an artifact's name, from any thread; it never waits and never fails."""

    def __init__(self, store: ArtifactStore) -> None:
        self._store = store
        self._names: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._work, name="discards", daemon=True)
        self._thread.start()

    def __call__(self, name: str) -> None:
        if name:
            self._names.put(name)

    def _work(self) -> None:
        while True:
            name = self._names.get()
            try:
                self._store.delete(name)
            except OSError as error:
                logger.info("%s left for gc: %s", name[:12], error)
