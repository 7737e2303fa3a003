"""Celery's own view: a real flower beside a real worker on a real Valkey, and what Prometheus can read of it."""

import re
import socket
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from prunesweep.core.ledger.db.states import State
from prunesweep.core.plan.stages import Sleep
from prunesweep.core.plan.task import TASK

PASSWORD = "flower-secret"


@contextmanager
def _flower(site: Any, *options: str) -> Iterator[Callable[[str], str]]:
    """Runs it and gives a way to read a path of it."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    words = ["--address=127.0.0.1", f"--port={port}", *options]
    log = site.home / "flower.log"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "celery", "-A", "prunesweep.worker.app", "flower", *words],
            env=site.environ | {"PYTHONPATH": str(Path(__file__).parents[2]), "FLOWER_BASIC_AUTH": f"sweep:{PASSWORD}"},
            stdout=out,
            stderr=out,
            cwd=site.home,
        )

    def read(path: str) -> str:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
                return str(answer.read().decode())
        except urllib.error.HTTPError as error:
            error.close()
            return f"HTTP {error.code}"
        except OSError:
            assert process.poll() is None, log.read_text()
            return ""

    try:
        yield read
    finally:
        process.terminate()
        process.wait(300)


def _value(metrics: str, name: str, **labels: str) -> float:
    """The sum of a metric's samples with these labels; 0 if there is none."""
    total = 0.0
    for line in re.findall(rf"^{name}{{.*$", metrics, re.M):
        inner, _, value = line.partition("{")[2].rpartition("} ")
        if all(f'{label}="{wanted}"' in inner for label, wanted in labels.items()):
            total += float(value)
    return total


ENABLED = b"Events of group {task} enabled by remote"
"""A worker's own words."""


@pytest.mark.slow
def test_metrics_of_a_worker_and_its_tasks(shared: Any) -> None:
    """Workers send no task events until flower asks for them; `--enable-events=false` leaves it so."""
    with _flower(shared, "--enable-events=false") as read:
        shared.until(lambda: _value(read("/metrics"), "flower_worker_online") == 1, "a worker in flower's metrics")
        _sleep(shared, "unwatched")
        assert _value(read("/metrics"), "flower_events_total", type="task-succeeded") == 0
        assert ENABLED not in shared.log().read_bytes()
    with _flower(shared) as read:
        shared.until(lambda: ENABLED in shared.log().read_bytes(), "flower asks for task events")
        for number in range(3):
            _sleep(shared, f"watched {number}")

        def succeeded() -> float:
            return _value(read("/metrics"), "flower_events_total", type="task-succeeded", task=TASK)

        shared.until(lambda: succeeded() >= 3, "three tasks in flower's metrics")
        metrics = read("/metrics")
        assert _value(metrics, "flower_task_runtime_seconds_count", task=TASK) >= 3
        assert not re.search("[0-9a-f]{64}", metrics), "a label for each stage would grow without end"
        assert read("/workers") == "HTTP 401", "pages ask for the password, /metrics and /healthcheck do not"


def _sleep(site: Any, name: str) -> None:
    stage = Sleep(name, 0.0)
    site.submit(name.replace(" ", "-"), [stage])
    site.wait(stage, State.DONE)
