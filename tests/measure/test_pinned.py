"""What is pinned while something is measured, and put back."""

import os
import threading

import pytest
import torch

from core.measure.pinned import load_average, pinned, usable_cpus

linux = pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="affinity is Linux's")


def test_threads_are_put_back_after_an_error() -> None:
    before = torch.get_num_threads()
    with pytest.raises(ZeroDivisionError), pinned(before + 1):
        assert torch.get_num_threads() == before + 1
        raise ZeroDivisionError
    assert torch.get_num_threads() == before


@linux
def test_every_thread_stays_on_the_first_cpus_and_comes_back() -> None:
    mine = os.sched_getaffinity(0)
    told: list[int] = []
    go, end = threading.Event(), threading.Event()

    def wait() -> None:
        told.append(threading.get_native_id())
        go.set()
        end.wait(60)

    older = threading.Thread(target=wait)
    older.start()
    go.wait(60)
    younger: threading.Thread | None = None
    try:
        with pytest.raises(ZeroDivisionError), pinned(1):
            assert os.sched_getaffinity(0) == {min(mine)} == os.sched_getaffinity(told[0])
            go.clear()
            younger = threading.Thread(target=wait)
            younger.start()
            go.wait(60)
            assert os.sched_getaffinity(told[1]) == {min(mine)}, "it inherits"
            raise ZeroDivisionError
        assert [os.sched_getaffinity(task) for task in (0, *told)] == [mine] * 3
    finally:
        end.set()
        older.join()
        if younger is not None:
            younger.join()


def test_more_threads_than_cpus_have_all_cpus() -> None:
    with pinned(usable_cpus() + 3):
        assert torch.get_num_threads() == usable_cpus() + 3
        assert usable_cpus() >= 1


def test_load_average_is_a_number() -> None:
    assert load_average() >= 0
