"""Latency, side by side. No test looks at how long anything took, only at ratios that cannot be missed."""

import json
import math
from collections.abc import Callable
from dataclasses import asdict, replace

import numpy as np
import pytest
import torch
from torch import nn

from prunesweep.core.cpus import usable_cpus
from prunesweep.core.errors import StageError
from prunesweep.core.latency import LatencyRun
from prunesweep.core.measure import latency
from prunesweep.core.measure.engines.base import EngineAdapter, Maker, Pass, UnsupportedNetwork
from prunesweep.core.measure.interleaved import CountDone, InterleavedRun, Timer
from prunesweep.core.measure.latency import compete, latency_row
from prunesweep.core.measure.machine import host_name, processor_name
from prunesweep.core.plan.models import ModelRef
from prunesweep.core.pruning.masks import apply_masks
from prunesweep.core.pruning.registry import prune
from prunesweep.core.pruning.subject import Subject
from prunesweep.core.sparse.runtime import engine as sparse_module
from prunesweep.core.training.models import build_model

pytestmark = pytest.mark.usefixtures("short_bursts")
CPU = torch.device("cpu")
SHAPE = (3, 8, 8)


def _linear(size: int) -> nn.Module:
    return nn.Sequential(nn.Flatten(), nn.Linear(192, size), nn.Linear(size, size), nn.Linear(size, 10))


def _prepare(model: nn.Module, images: torch.Tensor, threads: int) -> Maker:
    return lambda: lambda: model(images)


def _engine(name: str, prepare: Callable[..., Maker] = _prepare) -> EngineAdapter:
    return EngineAdapter(name, lambda device: None, lambda: "1.2", prepare)


@pytest.fixture
def field(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """`field(engines)` makes these the engines that there are."""

    def use(*engines: EngineAdapter, **left_out: str) -> None:
        monkeypatch.setattr(latency, "choose", lambda names, device: (engines, dict(left_out)))

    return use


@pytest.fixture
def timed(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """`timed(1.0, 2.0)` makes passes take so long, give or take 1 %; the last is the twin."""

    def use(*seconds: float, noise: float = 0.01) -> None:
        random = np.random.default_rng(0)

        def turns(
            makers: list[Maker], timer: Timer, settle: float, blocks: int = 12, progress: CountDone | None = None
        ) -> InterleavedRun:
            paces = np.array(seconds[: len(makers)])
            return InterleavedRun(
                paces * (1 + noise * random.standard_normal((blocks, 2, len(makers)))), np.full(len(makers), 0.9)
            )

        monkeypatch.setattr(latency, "take_turns", turns)

    return use


def test_facts_name_the_machine_and_are_plain() -> None:
    race = compete(_linear(8), _linear(8), SHAPE, 2, 1, CPU, ["torch"])
    assert race.processor == processor_name(CPU) != ""
    assert race.host == host_name() != ""
    assert (race.best, race.threads, race.batch) == ("torch", 1, 2)
    assert race.rounds >= 20
    assert race.busy > 0
    row = latency_row(race)
    assert json.loads(json.dumps(row)) == row
    assert [(one["engine"], one["pruned"]) for one in row["engines"]] == [("torch", False), ("torch", True)]
    assert row["dense_ms"] == race.times[0].ms > 0
    assert row["pruned_ms"] == race.times[1].ms > 0
    assert 0 < row["ratio_low"] <= row["ratio"] <= row["ratio_high"] < math.inf
    assert 0 < race.null_low <= race.null_ratio <= race.null_high < math.inf
    assert row["engine_version"] == row["dense_version"] == torch.__version__


def test_a_hundred_times_less_work_is_faster() -> None:
    """By the median, which a busy machine hardly moves; its interval may then rightly hold 1."""
    assert compete(_linear(2048), _linear(8), SHAPE, 1, 1, CPU, ["torch"]).pruned().ratio > 1.5
    assert compete(_linear(8), _linear(2048), SHAPE, 1, 1, CPU, ["torch"]).pruned().ratio < 1 / 1.5


def test_a_smaller_network_runs_in_every_engine_and_the_fastest_fp32_one_counts(
    field: Callable[..., None], timed: Callable[..., None]
) -> None:
    """dense: torch, onnxruntime, bf16; then the smaller one in the three of them; the twin of the best dense one."""
    field(_engine("torch"), _engine("onnxruntime"), _engine("torch-bf16"))
    timed(3.0, 2.0, 1.0, 1.2, 0.5, 0.1, 2.0)
    race = compete(_linear(8), _linear(4), SHAPE, 1, 1, CPU, ["torch"], smaller=True)
    order = [("torch", False), ("onnxruntime", False), ("torch-bf16", False)]
    assert [(one.engine, one.pruned) for one in race.times] == [
        *order, ("onnxruntime", True), ("torch", True), ("torch-bf16", True)
    ]  # fmt: skip
    assert [round(one.ms / 1000, 1) for one in race.times] == [3.0, 2.0, 1.0, 0.5, 1.2, 0.1]
    assert (race.best, race.null_engine, race.dense().engine) == ("onnxruntime", "onnxruntime", "onnxruntime")
    assert race.pruned().engine == "onnxruntime" and 3.9 < race.pruned().ratio < 4.1
    assert race.zeros is not None and 3.9 < race.zeros.middle < 4.1
    assert not race.disturbed


def test_threads_and_networks_are_put_back_also_after_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(latency, "BLOCKS", 1)
    before = torch.get_num_threads()
    model = _linear(8).train()
    compete(model, model, SHAPE, 1, before + 1, CPU, ["torch"])
    assert torch.get_num_threads() == before
    assert model.training
    with pytest.raises(RuntimeError):
        compete(nn.Linear(5, 5), nn.Linear(5, 5), SHAPE, 1, before + 1, CPU, ["torch"])
    assert torch.get_num_threads() == before


def test_no_more_threads_than_cpus(timed: Callable[..., None]) -> None:
    timed(1.0, 1.0, 1.0)
    assert compete(_linear(8), _linear(8), SHAPE, 1, 1000, CPU, ["torch"]).threads == usable_cpus()


def test_unknown_engine() -> None:
    with pytest.raises(StageError, match="unknown latency engine 'warp'; known: torch"):
        compete(_linear(8), _linear(8), SHAPE, 1, 1, CPU, ["warp"])


def test_best_dense_is_the_fastest_dense_fp32_one(field: Callable[..., None], timed: Callable[..., None]) -> None:
    field(*map(_engine, ("torch", "torch-bf16", "onnxruntime", "sparse")))
    timed(4.0, 0.5, 2.0, 1.0, 2.0)
    model = _linear(8)
    race = compete(model, model, SHAPE, 1, 1, CPU, ())
    assert (race.best, race.null_engine) == ("onnxruntime", "onnxruntime")
    assert (race.dense().engine, race.pruned().engine) == ("onnxruntime", "sparse")
    ratios = {time.engine: time.ratio for time in race.times}
    assert ratios == pytest.approx({"torch": 0.5, "torch-bf16": 4.0, "onnxruntime": 1.0, "sparse": 2.0}, rel=0.03)
    assert not race.disturbed
    row = latency_row(race)
    assert (row["engine"], row["dense_engine"], row["dtype"]) == ("sparse", "onnxruntime", "fp32")
    assert row["ratio_low"] > 1
    assert asdict(race)["left_out"] == {}


class Choosing:
    """Makes passes of a network in a code of its own choice."""

    def __init__(self, model: nn.Module, images: torch.Tensor, code: str) -> None:
        self.model, self.images, self._code = model, images, code

    def __call__(self) -> Pass:
        return lambda: self.model(self.images)

    def code(self) -> str:
        return self._code

    def same(self, model: nn.Module) -> Maker:
        return Choosing(model, self.images, self._code)


def test_what_the_zeros_bring_is_told_apart_from_what_the_engine_does(
    field: Callable[..., None], timed: Callable[..., None]
) -> None:
    """The dense network takes 4 in torch and 1.5 in the code that takes 1 for the pruned one."""
    sparse = _engine("sparse", lambda model, images, threads: Choosing(model, images, "own"))
    field(_engine("torch"), sparse)
    timed(4.0, 1.0, 1.5, 4.0)
    race = compete(_linear(8), _linear(4), SHAPE, 1, 1, CPU, ())
    shown = [(time.engine, time.pruned, time.code) for time in race.times]
    assert shown == [("torch", False, "torch"), ("sparse", True, "own"), ("sparse", False, "own")]
    assert race.best == "torch"
    row = latency_row(race)
    assert row["ratio"] == pytest.approx(4.0, rel=0.03)
    assert row["zeros_ratio"] == pytest.approx(1.5, rel=0.03)
    assert 1.4 < row["zeros_low"] <= row["zeros_ratio"] <= row["zeros_high"] < 1.6
    assert row["zeros_ms"] == pytest.approx(1500, rel=0.03)
    assert (row["code"], row["p"], row["zeros_p"]) == ("own", 2 / 4096, 2 / 4096)
    assert -1 <= row["autocorrelation"] <= 1
    model = _linear(8)
    assert compete(model, model, SHAPE, 1, 1, CPU, ()).zeros is None


@pytest.mark.parametrize("kept", [0.1, 1.0])
def test_the_dense_network_runs_in_the_code_that_the_pruned_one_chose(
    kept: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The real engine: its own code for zeros, a library where that is faster."""
    pytest.importorskip("onnxruntime")
    monkeypatch.setattr(latency, "BLOCKS", 2)
    chosen = "own" if kept < 1 else "onnxruntime"
    monkeypatch.setattr(
        sparse_module,
        "_faster",
        lambda runs, *_, **__: next(
            (run for run in runs if (run.__class__.__name__ == "_Sparse") == (kept < 1)), runs[0]
        ),
    )
    dense, pruned = (build_model(ModelRef("resnet18", 4, 10), seed=1) for _ in range(2))
    if kept < 1:
        apply_masks(pruned, prune(Subject(pruned, {}), "magnitude", "global", 1 - kept))
    race = compete(dense, pruned, (3, 16, 16), 1, 1, CPU, ["torch", "sparse"])
    assert [(time.engine, time.pruned, time.code) for time in race.times[1:]] == [
        ("sparse", True, chosen),
        ("sparse", False, chosen),
    ]


def test_a_biased_run_is_disturbed(field: Callable[..., None], timed: Callable[..., None]) -> None:
    field(_engine("torch"), _engine("sparse"))
    model = _linear(8)
    timed(1.0, 0.5, 1.1)
    assert compete(model, model, SHAPE, 1, 1, CPU, ()).disturbed
    timed(1.0, 0.5, 1.0)
    quiet = compete(model, model, SHAPE, 1, 1, CPU, ())
    assert not quiet.disturbed
    assert replace(quiet, null_low=1.001, null_high=1.2).disturbed
    assert replace(quiet, null_low=0.8, null_high=0.999).disturbed


def test_without_an_engine_for_zeros_the_pruned_network_runs_in_the_best_dense_one(
    field: Callable[..., None], timed: Callable[..., None]
) -> None:
    def refuse(model: nn.Module, images: torch.Tensor, threads: int) -> Maker:
        raise UnsupportedNetwork("no such layer")

    field(_engine("torch"), _engine("onnxruntime"), _engine("sparse", refuse), openvino="not installed")
    timed(3.0, 1.0, 1.0, 1.0)
    race = compete(_linear(8), _linear(8), SHAPE, 1, 1, CPU, ())
    assert [(time.engine, time.pruned) for time in race.times] == [
        ("torch", False),
        ("onnxruntime", False),
        ("onnxruntime", True),
    ]
    assert race.left_out == {"openvino": "not installed", "sparse": "no such layer"}
    pruned = race.pruned()
    assert pruned.ratio_low <= 1 <= pruned.ratio_high


@pytest.mark.parametrize("when", ["prepared", "made", "run"])
def test_a_library_that_trips_over_the_network_is_left_out(
    when: str, field: Callable[..., None], timed: Callable[..., None]
) -> None:
    """As OpenVINO does over some of timm's; torch itself, or no memory, ends the race."""

    def trip(at: str, error: Exception) -> None:
        if at == when:
            raise error

    def tripping(error: Exception) -> Callable[..., Maker]:
        def prepare(model: nn.Module, images: torch.Tensor, threads: int) -> Maker:
            def make() -> Pass:
                trip("made", error)
                return run

            def run() -> object:
                trip("run", error)
                return model(images)

            trip("prepared", error)
            return make

        return prepare

    wrong = RuntimeError("Exception from src/core.cpp:105:\nException from src/plugin.cpp:7:\nno such tensor\n")
    field(_engine("torch"), _engine("openvino", tripping(wrong)), _engine("sparse"))
    timed(2.0, 1.0, 2.0)
    race = compete(_linear(8), _linear(8), SHAPE, 1, 1, CPU, ())
    assert race.left_out == {"openvino": "refuses the network: no such tensor"}
    assert [time.engine for time in race.times] == ["torch", "sparse"]
    for name, error in (("torch", wrong), ("openvino", MemoryError("all gone"))):
        field(_engine(name, tripping(error)), _engine("sparse"))
        with pytest.raises(type(error)):
            compete(_linear(8), _linear(8), SHAPE, 1, 1, CPU, ())


@pytest.mark.parametrize(("name", "refused"), [("sparse", True), ("torch-bf16", False)])
def test_an_fp32_engine_that_computes_something_else_is_refused(
    name: str, refused: bool, field: Callable[..., None]
) -> None:
    def wrong(model: nn.Module, images: torch.Tensor, threads: int) -> Maker:
        def make() -> Pass:
            return lambda: model(images).numpy() * 1.01

        return make

    field(_engine("torch"), _engine(name, wrong))
    if refused:
        with pytest.raises(StageError, match="sparse computes something else than torch"):
            compete(_linear(8), _linear(8), SHAPE, 1, 1, CPU, ())
        return
    race: LatencyRun = compete(_linear(8), _linear(8), SHAPE, 1, 1, CPU, ())
    assert race.times[1].error == pytest.approx(0.01, rel=0.01)


def test_outputs_that_are_not_finite_are_refused() -> None:
    model = _linear(8)
    with torch.no_grad():
        model[1].weight.fill_(math.nan)  # type: ignore[index,operator,union-attr]
    with pytest.raises(StageError, match="not finite"):
        compete(model, model, SHAPE, 1, 1, CPU, ["torch"])
