"""Before a latency is taken on a GPU, its clock must have risen."""

import torch

from prunesweep.core.measure.clocks import clock_mhz, run_until_steady, smi_clock


def test_it_runs_until_passes_take_equally_long() -> None:
    passes: list[float] = []

    def timer(run: object, count: int) -> tuple[float, float]:
        passes.append(max(0.010, 0.050 - 0.002 * len(passes)))
        return passes[-1], 0.0

    assert run_until_steady(lambda: None, timer)
    assert passes[-20:] == [0.010] * 20, "still rising until then"
    assert sum(passes) < 2.0


def test_it_gives_up_on_passes_that_never_take_equally_long() -> None:
    turns = iter(range(100_000))

    def timer(run: object, count: int) -> tuple[float, float]:
        return 0.050 * (1 + next(turns) // 3 % 2), 0.0

    assert not run_until_steady(lambda: None, timer)


def test_a_clock_that_nobody_tells_is_not_known() -> None:
    assert clock_mhz(torch.device("cpu")) is None
    assert smi_clock("GPU-none") is None
