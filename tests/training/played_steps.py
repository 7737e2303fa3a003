"""A small training whose steps a stand-in for a GPU records and plays."""

from collections.abc import Callable
from dataclasses import replace

import pytest
import torch
from torch import Tensor, nn

from prunesweep.core.plan.models import ModelRef
from prunesweep.core.plan.recipes import load_recipe
from prunesweep.core.pruning.registry import prune
from prunesweep.core.pruning.subject import Subject
from prunesweep.core.training import loop
from prunesweep.core.training.datasets import Split
from prunesweep.core.training.loop import Training
from prunesweep.core.training.models import build_model

# 56 images to train on: three full batches of 16, then one of 8.
IMAGES, FULL = 70, 3
RECIPE = replace(load_recipe("digits").dense, batch=16, validation=0.2, precision="fp32")
RECIPES = {
    "sgd": RECIPE,
    "adamw": replace(RECIPE, optimizer="adamw", lr=0.01, decay_all=False),
    "no momentum": replace(RECIPE, momentum=0.0, flip="none", translate=0),
    "bf16, cutout, alternating": replace(RECIPE, precision="bf16", cutout=4, flip="alternating", label_smoothing=0.1),
}
MakeSplit = Callable[..., Split]


class Player:
    """Records as a GPU does, after some rounds of warm-up; each replay carries the work out."""

    def __init__(self, device: torch.device) -> None:
        self.captures = self.replays = 0
        self._work: Callable[[], None] | None = None

    def capture(self, work: Callable[[], None]) -> None:
        self.captures += 1
        for _ in range(3):
            work()
        self._work = work

    def replay(self) -> None:
        assert self._work is not None
        self.replays += 1
        self._work()


@pytest.fixture(autouse=True)
def rates_of_a_gpu(monkeypatch: pytest.MonkeyPatch) -> None:
    """Learning rates on a device are float32; here the comparison gets the same."""
    exact = loop.learning_rate
    monkeypatch.setattr(loop, "learning_rate", lambda *facts: float(torch.tensor(exact(*facts))))


def small_network(seed: int = 0) -> nn.Module:
    return build_model(ModelRef("resnet18", 2, 3), seed)


def masks_of(model: nn.Module) -> dict[str, Tensor]:
    return prune(Subject(model, {}), "magnitude", "global", 0.75)


def outcome_of(training: Training) -> tuple[list[object], dict[str, Tensor]]:
    facts: list[object] = [(fact.epoch, fact.loss, fact.top1, fact.lr) for fact in training]
    return facts, dict(training.snapshot().tensors)


def assert_same(first: tuple[list[object], dict[str, Tensor]], second: tuple[list[object], dict[str, Tensor]]) -> None:
    assert first[0] == second[0]
    assert first[1].keys() == second[1].keys()
    for name, value in first[1].items():
        assert torch.equal(value, second[1][name]), name
