"""A store that goes away for a while, with a real S3 server that is killed and comes back."""

import os
import threading
import time
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from prunesweep.core.artifacts.location import RetryLimits
from prunesweep.core.artifacts.store import ArtifactStore, StoreAway

OUTAGE = float(os.environ.get("TEST_OUTAGE_SECONDS", "4"))
"""Seconds for which the server is gone; up to two minutes should do no harm."""


def _until(done: Callable[[], object]) -> None:
    """Wait until it is true; after five minutes the test's own assertions say what is missing."""
    deadline = time.monotonic() + 300
    while not done() and time.monotonic() < deadline:
        time.sleep(0.05)


def test_writers_and_readers_outlast_an_outage(weed: Any, tmp_path: Path) -> None:
    """Killed in the middle of their requests: none fails, none reads anything but what was written."""
    store = ArtifactStore.open(weed.s3.url("outage"), tmp_path)
    large = b"kept" * 1_000_000
    kept, _ = store.put(large)
    stop, problems = threading.Event(), list[BaseException]()
    written: dict[str, bytes] = {}

    def write(number: int) -> None:
        turn = 0
        while not stop.is_set():
            data = f"{number} {turn} ".encode() * 100_000
            written[store.put(data)[0]] = data
            turn += 1

    def read() -> None:
        while not stop.is_set():
            assert store.get(kept) == large

    def work(task: Any, *arguments: Any) -> None:
        try:
            task(*arguments)
        except BaseException as error:
            problems.append(error)

    threads = [threading.Thread(target=work, args=(write, number)) for number in range(2)]
    threads.append(threading.Thread(target=work, args=(read,)))
    for thread in threads:
        thread.start()
    try:
        _until(lambda: written or problems)
        weed.kill()
        before = set(written)
        time.sleep(OUTAGE)
        weed.start()
        weed.wait()
        _until(lambda: set(written) - before or problems)
    finally:
        stop.set()
        for thread in threads:
            thread.join()
    assert not problems
    assert set(written) - before
    assert before
    for name, data in written.items():
        assert sha256(data).hexdigest() == name
        assert store.get(name) == data


def test_patience_ends(weed: Any, tmp_path: Path) -> None:
    store = ArtifactStore.open(weed.s3.url("gone"), tmp_path, RetryLimits(connect=1, request=5, total=0.5))
    name, _ = store.put(b"x")
    weed.kill()
    with pytest.raises(StoreAway, match="cannot write the artifact store s3://sweeps/gone"):
        store.put(b"y")
    with pytest.raises(StoreAway, match="cannot read the artifact store s3://sweeps/gone"):
        store.get(name)
