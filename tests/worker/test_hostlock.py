"""One measurement at a time on a host, and no training meanwhile."""

import multiprocessing
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from prunesweep.core.errors import UserError
from prunesweep.core.hostlock import TrainingHold, measuring, working

SOON = 60
"""Seconds that nothing here takes unless it is broken."""


@contextmanager
def started(*jobs: threading.Thread) -> Iterator[None]:
    for job in jobs:
        job.start()
    try:
        yield
    finally:
        for job in jobs:
            job.join(SOON)
            assert not job.is_alive()


def test_trainings_do_not_wait_for_each_other(tmp_path: Path) -> None:
    with working(folder=tmp_path) as one, working(folder=tmp_path) as other:
        one.step()
        other.step()


def test_a_measurement_waits_for_a_step_and_not_for_the_end(tmp_path: Path) -> None:
    log: list[str] = []
    waits, measured, go_on = threading.Event(), threading.Event(), threading.Event()

    def measure() -> None:
        with measuring(waits.set, folder=tmp_path):
            log.append("measures")
            measured.set()
            go_on.wait(SOON)
            log.append("has measured")

    with working(folder=tmp_path) as work, started(threading.Thread(target=measure)):
        assert waits.wait(SOON)
        assert log == [], "a step is under way"
        threading.Timer(0.05, go_on.set).start()
        work.step()
        log.append("goes on")
    assert log == ["measures", "has measured", "goes on"]
    assert measured.is_set()


def test_a_training_that_shall_end_does_not_wait(tmp_path: Path) -> None:
    with measuring(folder=tmp_path), working(lambda: True, folder=tmp_path) as work:
        work.step()


def test_one_measurement_at_a_time(tmp_path: Path) -> None:
    waits, inside = threading.Event(), threading.Event()

    def measure() -> None:
        with measuring(waits.set, folder=tmp_path):
            inside.set()

    second = threading.Thread(target=measure)
    with measuring(folder=tmp_path):
        second.start()
        assert waits.wait(SOON)
        assert not inside.is_set()
    second.join(SOON)
    assert inside.is_set()


def _hold(folder: Path) -> None:
    with measuring(folder=folder):
        os._exit(0)


def test_a_process_that_dies_lets_go(tmp_path: Path) -> None:
    process = multiprocessing.get_context("spawn").Process(target=_hold, args=(tmp_path,))
    process.start()
    process.join(SOON)
    assert process.exitcode == 0
    with measuring(folder=tmp_path):
        pass


def test_an_error_lets_go(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), measuring(folder=tmp_path):
        raise ZeroDivisionError
    with working(folder=tmp_path) as work:
        assert isinstance(work, TrainingHold)


def test_a_folder_that_is_no_folder_of_ours_is_refused(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    with pytest.raises(UserError, match="belongs to somebody else"), working(folder=tmp_path / "link"):
        pass
