"""Accuracy in another engine: the same figure, or torch."""

from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch import nn

from prunesweep.core.measure import engine_passes
from prunesweep.core.measure.accuracy import evaluate
from prunesweep.core.measure.engine_passes import EAGER, fastest_engine, passes_in
from prunesweep.core.measure.engines.registry import missing, registry
from prunesweep.core.training.datasets import Split

CPU = torch.device("cpu")


@pytest.mark.parametrize("engine", ["onnxruntime", "openvino", "sparse"])
@pytest.mark.parametrize("images", [37, 149])
def test_accuracy_is_that_of_torch(engine: str, images: int, tiny: nn.Module, split: Split) -> None:
    if reason := missing(engine, CPU):
        pytest.skip(reason)
    copies = -(-images // len(split.labels))
    many, labels = split.images.repeat(copies, 1, 1, 1)[:images], split.labels.repeat(copies)[:images]
    split, model = replace(split, images=many, labels=labels), tiny
    run = passes_in(engine, model, split, threads=1)
    assert run is not None
    wanted, found = evaluate(model, split, CPU), evaluate(model, split, CPU, engine_passes.BATCH, logits_of=run)
    assert (found.top1, found.top5, found.images) == (wanted.top1, wanted.top5, images)
    assert found.loss == pytest.approx(wanted.loss, rel=1e-5)


def test_an_engine_with_other_logits_is_not_used(
    tiny: nn.Module, split: Split, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest = registry()["sparse"]

    def stale(*given: object) -> object:
        """Passes that never look at a new batch."""
        make = honest.prepare(*given)  # type: ignore[arg-type]
        once = np.array(make()())
        return lambda: lambda: once

    monkeypatch.setattr(engine_passes, "registry", lambda: {"sparse": replace(honest, prepare=stale)})
    assert passes_in("sparse", tiny, split, threads=1) is None
    assert passes_in(EAGER, tiny, split, threads=1) is None


def test_the_fastest_exact_engine_is_taken_where_it_pays() -> None:
    def time(engine: str, ms: float, dtype: str = "fp32", dense: bool = True, pruned: bool = False) -> SimpleNamespace:
        return SimpleNamespace(engine=engine, ms=ms, dtype=dtype, dense=dense, pruned=pruned)

    times = [
        time("torch", 50.0),
        time("onnxruntime", 20.0),
        time("openvino-bf16", 1.0, dtype="bf16"),
        time("sparse", 5.0, dense=False),  # the dense network in it
        time("sparse", 10.0, dense=False, pruned=True),
    ]
    race = SimpleNamespace(times=times, batch=10)
    assert fastest_engine(race, 10_000, 100, 1000) == "sparse"  # type: ignore[arg-type]
    assert fastest_engine(race, 100, 100, 1000) == "torch"  # type: ignore[arg-type]
    many = 30_000_000
    assert fastest_engine(race, 10_000, many, many) == "onnxruntime", "to encode them would take longer"  # type: ignore[arg-type]
    assert fastest_engine(race, 10_000_000, many, many) == "sparse"  # type: ignore[arg-type]
    race.times = times[:-1]
    assert fastest_engine(race, 10_000, 100, 1000) == "onnxruntime"  # type: ignore[arg-type]
