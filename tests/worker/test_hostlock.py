"""One measurement at a time on a host, and no training meanwhile."""

import multiprocessing
import os
import threading
from collections.abc import Iterator, Set
from contextlib import contextmanager
from pathlib import Path

import pytest

from prunesweep.core.affinity import Sidestep, affinities, usable
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


class Elsewhere(Sidestep):
    """Moves no thread: `off` is where it was asked to keep off. left: CPUs of this machine."""

    def __init__(self, left: set[int]) -> None:
        super().__init__()
        self.left, self.off = left, frozenset[int]()

    def keep_off(self, cpus: Set[int]) -> bool:
        self.off = frozenset(cpus)
        return bool(cpus) and bool(self.left - cpus)

    def come_back(self) -> None:
        self.off = frozenset()


def test_a_training_on_a_gpu_goes_on_beside_a_measurement_that_leaves_it_a_cpu(tmp_path: Path) -> None:
    beside, alone = Elsewhere({0, 1, 2, 3}), Elsewhere({0, 1, 2, 3})
    with working(folder=tmp_path, sidestep=beside) as work:
        waits, go_on, measured = threading.Event(), threading.Event(), threading.Event()

        def measure() -> None:
            with measuring(waits.set, folder=tmp_path, cpus={2, 3}):
                measured.set()
                go_on.wait(SOON)

        with started(threading.Thread(target=measure)):
            assert waits.wait(SOON), "for the step that is under way"
            work.step()
            assert measured.wait(SOON), "the training has left the room"
            work.step()
            assert beside.off == {2, 3}
            with working(lambda: True, folder=tmp_path) as cpu_training:
                cpu_training.step()
            with working(folder=tmp_path, sidestep=alone):
                assert alone.off == {2, 3}, "one that begins meanwhile"
            assert alone.off == frozenset(), "and has ended"
            go_on.set()
        work.step()
        assert beside.off == frozenset(), "nobody measures any more"


@pytest.mark.parametrize("cpus", [set(), {0, 1}])
def test_it_waits_for_a_measurement_that_leaves_it_none(tmp_path: Path, cpus: set[int]) -> None:
    """Even where an earlier measurement, which left it some, died and could not take back what it said."""
    with measuring(folder=tmp_path, cpus={1}):
        pass
    assert (tmp_path / "cpus").read_text() == "1"
    waited: list[bool] = []
    with measuring(folder=tmp_path, cpus=cpus):
        sidestep = Elsewhere({0, 1})
        with working(lambda: not waited.append(True), folder=tmp_path, sidestep=sidestep) as work:
            work.step()
    assert waited == [True, True], "at its beginning and at its step"


@pytest.mark.skipif(len(usable()) < 2, reason="one CPU only")
def test_its_threads_keep_off_and_come_back() -> None:
    here, before, sidestep = usable(), affinities(), Sidestep()
    off = {min(here)}
    try:
        assert sidestep.keep_off(off)
        assert usable() == here - off
        assert sidestep.keep_off(off), "at every step again"
        assert not sidestep.keep_off(here) and usable() == here, "none would be left"
        assert not sidestep.keep_off(set())
    finally:
        sidestep.come_back()
    after = affinities()
    left = before.keys() & after.keys()  # a thread of an earlier test may end meanwhile
    assert {task: after[task] for task in left} == {task: before[task] for task in left}, "other tests' threads, too"
