"""Latency, side by side. No test looks at how long anything took, only at ratios that cannot be missed."""

import itertools
import math
from dataclasses import asdict

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from core.errors import StageError
from core.measure import latency
from core.measure.latency import compare, median_interval
from core.measure.machine import host_name, processor_name

CPU = torch.device("cpu")
SHAPE = (3, 8, 8)


def _linear(size: int) -> nn.Module:
    return nn.Sequential(nn.Flatten(), nn.Linear(192, size), nn.Linear(size, size), nn.Linear(size, 10))


def test_facts_name_the_machine_and_are_plain() -> None:
    facts = compare(_linear(8), _linear(8), SHAPE, batch=2, threads=1, device=CPU)
    assert facts.processor == processor_name(CPU) != ""
    assert facts.host == host_name() != ""
    assert (facts.engine, facts.threads, facts.batch) == ("torch", 1, 2)
    assert facts.rounds >= 20
    assert all(type(value) in (int, float, str) for value in asdict(facts).values())
    assert 0 < facts.ratio_low <= facts.ratio <= facts.ratio_high < math.inf
    assert facts.dense_ms > 0
    assert facts.pruned_ms > 0


def test_a_hundred_times_less_work_is_faster() -> None:
    facts = compare(_linear(2048), _linear(8), SHAPE, batch=1, threads=1, device=CPU)
    assert facts.ratio_low > 1.5
    back = compare(_linear(8), _linear(2048), SHAPE, batch=1, threads=1, device=CPU)
    assert back.ratio_high < 1 / 1.5


def test_threads_and_networks_are_put_back() -> None:
    before = torch.get_num_threads()
    seen: list[int] = []

    class Spy(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner = nn.Linear(192, 4)

        def forward(self, images: torch.Tensor) -> torch.Tensor:
            seen.append(torch.get_num_threads())
            result: torch.Tensor = self.inner(images.flatten(1))
            return result

    model = Spy().train()
    compare(model, model, SHAPE, batch=1, threads=before + 1, device=CPU)
    assert set(seen) == {before + 1}
    assert torch.get_num_threads() == before
    assert model.training


def test_threads_are_put_back_after_a_failure() -> None:
    before = torch.get_num_threads()
    with pytest.raises(RuntimeError):
        compare(nn.Linear(5, 5), nn.Linear(5, 5), SHAPE, batch=1, threads=before + 1, device=CPU)
    assert torch.get_num_threads() == before


def test_unknown_engine() -> None:
    with pytest.raises(StageError, match="unknown latency engine 'warp'; known: torch"):
        compare(_linear(8), _linear(8), SHAPE, 1, 1, CPU, engine="warp")


def test_both_take_turns_at_being_made_first_and_running_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Either would otherwise be someone's advantage."""
    events: list[tuple[str, int]] = []

    def engine(model: nn.Module, images: torch.Tensor) -> latency.Pass:
        which = int(model[1].out_features == 9)  # type: ignore[index]
        events.append(("made", which))
        return lambda: events.append(("ran", which))

    monkeypatch.setattr(latency, "ENGINES", {"torch": engine})
    # 10 ms a pass on this clock: a few passes in a burst.
    ticks = iter(range(10**9))
    monkeypatch.setattr(latency.time, "perf_counter", lambda: next(ticks) * 0.01)
    facts = compare(_linear(8), _linear(9), SHAPE, 1, 1, CPU)
    made = [which for what, which in events if what == "made"]
    blocks = list(zip(made[::2], made[1::2], strict=True))
    first_runs = [
        which for (before, _), (what, which) in itertools.pairwise(events) if (before, what) == ("made", "ran")
    ]
    assert len(blocks) == len(first_runs) == 12
    starts = [(made[0], ran) for made, ran in zip(blocks, first_runs, strict=True)]
    assert all(starts.count(combination) == 3 for combination in ((0, 0), (0, 1), (1, 0), (1, 1)))
    assert sum(which for what, which in events if what == "ran") * 2 == sum(what == "ran" for what, _ in events)
    assert (facts.ratio, facts.ratio_low, facts.ratio_high) == (1.0, 1.0, 1.0)


@given(st.lists(st.lists(st.floats(0.1, 10), min_size=2, max_size=2), min_size=2, max_size=15), st.floats(0.5, 2))
def test_interval_holds_the_median_repeats_and_scales(rows: list[list[float]], factor: float) -> None:
    values = np.array(rows)
    middle, low, high = median_interval(values)
    assert values.min() <= low <= middle <= high <= values.max()
    assert median_interval(values) == (middle, low, high)
    assert median_interval(values * factor) == pytest.approx((middle * factor, low * factor, high * factor))


def test_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    random = np.random.default_rng(1)
    hits = 0
    for _ in range(100):
        # Blocks have luck of their own, as measured: 1 % between blocks, 1 % within.
        values = 1 + 0.01 * random.standard_normal((12, 1)) + 0.01 * random.standard_normal((12, 2))
        _, low, high = median_interval(values)
        hits += low <= 1 <= high
    assert hits >= 97
