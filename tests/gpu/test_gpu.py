"""What must hold on a GPU. Cases named `cpu` try the tests themselves where there is none, with a stand-in for the
graph; all others are skipped there, visibly."""

import gc
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from torch import Tensor, nn

from prunesweep.core.measure.accuracy import evaluate
from prunesweep.core.plan.models import ModelRef
from prunesweep.core.plan.recipes import load_recipe
from prunesweep.core.pruning.registry import prune
from prunesweep.core.pruning.subject import Subject
from prunesweep.core.training.datasets import Split
from prunesweep.core.training.loop import Training, train
from prunesweep.core.training.models import build_model
from prunesweep.core.training.step import CudaGraph, Recording
from prunesweep.worker.protocol import Owner
from prunesweep.worker.trainer.errors import owner_of

cuda = pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
everywhere = pytest.mark.parametrize("device", ["cpu", pytest.param("cuda", marks=cuda)])
RECIPE = replace(load_recipe("digits").dense, batch=16, validation=0.0, precision="fp32")


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(before)


class Launched:
    """Records nothing: each replay carries the work out anew."""

    def __init__(self, device: torch.device) -> None:
        self._work: Callable[[], None] = lambda: None

    def capture(self, work: Callable[[], None]) -> None:
        self._work = work

    def replay(self) -> None:
        self._work()


def recording(device: torch.device) -> Recording:
    return CudaGraph(device) if device.type == "cuda" else Launched(device)


def split_of(count: int, size: int = 16) -> Split:
    """Images whose class is how bright their left half is."""
    labels = torch.arange(count) % 3
    images = torch.randint(0, 100, (count, size, size, 3), generator=torch.Generator().manual_seed(0)).to(torch.uint8)
    images[:, :, : size // 2] += (labels * 50).to(torch.uint8).view(-1, 1, 1, 1)
    middle, spread = torch.full((3,), 0.3), torch.full((3,), 0.2)
    return Split(images.permute(0, 3, 1, 2), labels, ("a", "b", "c"), middle, spread)


def network(width: int = 2) -> nn.Module:
    return build_model(ModelRef("resnet18", width, 3), seed=0)


def masks_of(model: nn.Module, allocation: str = "global") -> dict[str, Tensor]:
    return prune(Subject(model, {}), "magnitude", allocation, 0.9)


@cuda
def test_twenty_stages_leave_the_memory_as_it_was() -> None:
    split, seen = split_of(64), []
    for _ in range(20):
        model = network()
        list(train(model, masks_of(model), split, RECIPE, 1, 0, 0, "cuda"))
        del model
        gc.collect()
        seen.append((torch.cuda.memory_allocated(), torch.cuda.memory_reserved()))
    assert seen[-1][0] <= seen[4][0] + 2**20
    assert seen[-1][1] <= seen[4][1] + 2**25


@everywhere
@pytest.mark.parametrize("allocation", ["global", "global-floor", "uniform", "erk"])
def test_masks_are_those_of_the_cpu(device: str, allocation: str) -> None:
    here, there = network(), network().to(device)
    wanted, found = masks_of(here, allocation), masks_of(there, allocation)
    assert all(torch.equal(found[name].cpu(), mask) for name, mask in wanted.items())


@everywhere
def test_accuracy_is_that_of_the_cpu(device: str) -> None:
    model, split = network(), split_of(300)
    list(train(model, {}, split, RECIPE, 1, 0, 0, "cpu"))
    wanted = evaluate(model, split, torch.device("cpu"))
    found = evaluate(model, split, torch.device(device))
    assert found.top1 == wanted.top1
    assert found.loss == pytest.approx(wanted.loss, rel=1e-4)


@everywhere
@pytest.mark.parametrize("width", [2, pytest.param(64, marks=cuda)])
def test_a_recorded_epoch_is_a_launched_one_within_half_a_percent(device: str, width: int) -> None:
    losses, moved = [], []
    for graph in (recording, Launched):
        model = network(width)
        before = {name: weight.detach().clone() for name, weight in model.named_parameters()}
        masks = masks_of(model)
        losses += [fact.loss for fact in train(model, masks, split_of(64), RECIPE, 1, 0, 0, device, graph=graph)]
        weights = {name: weight.detach().cpu() for name, weight in model.named_parameters()}
        moved.append(torch.cat([(weights[name] - old).flatten() for name, old in before.items()]))
        assert not any(weights[name][~mask].any() for name, mask in masks.items())
    assert losses[0] == pytest.approx(losses[1], rel=0.005)
    assert float((moved[0] - moved[1]).norm()) < 0.05 * float(moved[1].norm())


@everywhere
def test_a_recorded_stage_that_was_stopped_goes_on_where_it_was(device: str) -> None:
    split, kept = split_of(64), []

    def stop(training: Training) -> None:
        if training.position == (0, 2):
            kept.append(training.snapshot())
            raise InterruptedError

    whole = [fact.loss for fact in train(network(), {}, split, RECIPE, 2, 0, 0, device, graph=recording)]
    with pytest.raises(InterruptedError):
        list(train(network(), {}, split, RECIPE, 2, 0, 0, device, graph=recording, before_step=stop))
    rest = train(network(), {}, split, RECIPE, 2, 0, 0, device, graph=recording, start=kept[0])
    assert [fact.loss for fact in rest] == pytest.approx(whole, rel=0.01)


@cuda
def test_memory_that_is_out_belongs_to_the_machine() -> None:
    with pytest.raises(torch.OutOfMemoryError) as raised:
        torch.empty(1 << 46, dtype=torch.uint8, device="cuda")
    assert owner_of(raised.value) is Owner.MEMORY
    assert float(torch.ones(8, device="cuda").sum()) == 8, "and the device goes on"


@cuda
@pytest.mark.slow
def test_a_worker_and_its_trainer_run_a_sweep(tmp_path: Path) -> None:
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("SWEEP_", "REDIS_"))}
    environ["SWEEP_HOME"] = str(tmp_path)
    sweep = [sys.executable, "-P", "-m", "prunesweep"]
    small = "--grid demo --dense-epochs 1 --epochs 1 --sparsity 0.5 --algorithm oneshot --bench-device none"
    run = [*sweep, "run", *small.split(), "--name", "tried", "--devices", "cuda:0"]
    ran = subprocess.run(run, env=environ, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    told = subprocess.run([*sweep, "report", "tried", "--format", "json"], env=environ, capture_output=True, text=True)
    assert told.returncode == 0, told.stderr
    assert json.loads(told.stdout)
