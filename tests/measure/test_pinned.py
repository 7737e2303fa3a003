"""What is pinned while something is measured, and put back."""

import math
import os
import tempfile
import threading
from pathlib import Path

import pytest
import torch

from prunesweep.core import cpus
from prunesweep.core.cpus import capped, cgroup_quota, cpus_to_leave, usable_cpus
from prunesweep.core.measure.pinned import load_average, pinned
from prunesweep.core.settings import load_settings

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


def test_a_quota_is_the_tightest_of_all_groups_above(tmp_path: Path) -> None:
    """As the kernel's two versions write them; a container sees its own group as the root."""
    proc = tmp_path / "cgroup"

    def quota(lines: str, **files: str) -> float | None:
        root = Path(tempfile.mkdtemp(dir=tmp_path))
        for name, text in files.items():
            (root / name.replace("__", "/")).parent.mkdir(parents=True, exist_ok=True)
            file = root / name.replace("__", "/")
            file.with_name(file.name.replace("_", ".", 1)).write_text(text)
        proc.write_text(lines)
        return cgroup_quota(proc, root)

    assert cgroup_quota(tmp_path / "none", tmp_path) is None
    assert quota("0::/\n") is None
    assert quota("0::/a/b\n", cpu_max="max 100000\n") is None
    assert quota("0::/a/b\n", a__cpu_max="150000 100000\n", a__b__cpu_max="max 100000\n") == 1.5
    assert quota("0::/a/b\n", cpu_max="50000 100000\n", a__cpu_max="400000 100000\n") == 0.5
    two = {"cpu_cfs_quota_us": "200000\n", "cpu_cfs_period_us": "100000\n"}
    assert quota("3:cpu,cpuacct:/job\n2:memory:/x\n", **{f"cpu,cpuacct__job__{k}": v for k, v in two.items()}) == 2
    assert quota("1:cpu:/away\n0::/\n", **{f"cpu__{key}": value for key, value in two.items()}) == 2
    assert quota("1:cpu:/\n", cpu__cpu_cfs_quota_us="-1\n", cpu__cpu_cfs_period_us="100000\n") is None
    assert quota("nonsense\n0::/\n", cpu_max="nonsense\n") is None


def test_a_quota_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)))
    for quota, usable in ((None, 8), (0.2, 1), (1.5, 2), (64.0, 8)):
        monkeypatch.setattr(cpus, "cgroup_quota", lambda *_, found=quota: found)
        assert (usable_cpus(), capped(1), capped(1000)) == (usable, 1, usable)
    assert load_settings({"SWEEP_THREADS": "1000"}).threads == 8
    assert load_settings({"SWEEP_THREADS": "0"}).threads == 0


def test_more_threads_than_cpus_have_all_cpus() -> None:
    with pinned(usable_cpus() + 3):
        assert torch.get_num_threads() == usable_cpus() + 3
        assert usable_cpus() >= 1


def test_load_average_is_a_number() -> None:
    assert load_average() >= 0


def test_others_leave_whole_cores_to_a_measurement(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for cpu, siblings in enumerate(("0,4", "1,5", "2-3", "2-3", "0,4", "1,5")):
        folder = tmp_path / f"cpu{cpu}" / "topology"
        folder.mkdir(parents=True)
        (folder / "thread_siblings_list").write_text(siblings + "\n")
    monkeypatch.setattr(cpus, "usable", lambda: {0, 1, 2, 3, 4, 5})
    assert cpus_to_leave(1, tmp_path, math.inf) == {0, 4}
    assert cpus_to_leave(2, tmp_path, math.inf) == {0, 1, 4, 5}
    assert cpus_to_leave(3, tmp_path, math.inf) == set(), "none is left to others"
    assert cpus_to_leave(1, tmp_path, 5.0) == set(), "a container whose time others would use up"
    assert cpus_to_leave(1, tmp_path / "none", math.inf) == {0}
