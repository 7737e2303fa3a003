"""What must hold on a GPU. Cases named `cpu` try the tests themselves where there is none, with a stand-in for the
graph; all others are skipped there, visibly. Two that start processes are rehearsed on the CPU only with
PRUNESWEEP_REHEARSE=1, because other tests cover there what they do.

Numbers are compared without TF32, whose rounding would hide an error of one per cent."""

import contextlib
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
from sqlalchemy import select
from torch import Tensor, nn

from prunesweep.core.artifacts.store import ArtifactStore
from prunesweep.core.devices import cpu_name
from prunesweep.core.ledger.db.engine import open_ledger
from prunesweep.core.ledger.db.schema import stages
from prunesweep.core.ledger.db.slots import LATENCY_SLOT
from prunesweep.core.measure.accuracy import evaluate
from prunesweep.core.plan.datasets import parse_dataset
from prunesweep.core.plan.models import ModelRef
from prunesweep.core.plan.recipes import load_recipe
from prunesweep.core.plan.stages import Train, digest, encode
from prunesweep.core.pruning.registry import prune
from prunesweep.core.pruning.subject import Subject
from prunesweep.core.settings import Settings, load_settings
from prunesweep.core.training.cuda_graph import CudaGraph
from prunesweep.core.training.datasets import Split
from prunesweep.core.training.kept_step import KeptStep
from prunesweep.core.training.loop import Training, train
from prunesweep.core.training.models import build_model
from prunesweep.core.training.recording import Recording
from prunesweep.worker.protocol import Done, Epoch, Failed, Owner, Request, Saved
from prunesweep.worker.trainer.__main__ import serve_stage
from prunesweep.worker.trainer.context import TrainerContext
from prunesweep.worker.trainer.errors import owner_of
from prunesweep.worker.trainer_process import TrainerDied, TrainerProcess

cuda = pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device")
everywhere = pytest.mark.parametrize("device", ["cpu", pytest.param("cuda", marks=cuda)])
rehearsed = pytest.param(
    "cpu", marks=pytest.mark.skipif(not os.environ.get("PRUNESWEEP_REHEARSE"), reason="PRUNESWEEP_REHEARSE is not set")
)
with_processes = pytest.mark.parametrize("device", [rehearsed, pytest.param("cuda:0", marks=cuda)])
both_widths = pytest.mark.parametrize("width", [2, pytest.param(64, marks=cuda)])
RECIPE = replace(load_recipe("digits").dense, batch=16, validation=0.0, precision="fp32")


@pytest.fixture(autouse=True)
def _one_thread() -> Iterator[None]:
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    with torch.backends.cudnn.flags(enabled=True, allow_tf32=False):
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
@both_widths
@pytest.mark.parametrize("allocation", ["global", "global-floor", "uniform", "erk"])
def test_masks_are_those_of_the_cpu(device: str, width: int, allocation: str) -> None:
    here, there = network(width), network(width).to(device)
    wanted, found = masks_of(here, allocation), masks_of(there, allocation)
    assert all(torch.equal(found[name].cpu(), mask) for name, mask in wanted.items())


@everywhere
@both_widths
def test_accuracy_is_that_of_the_cpu(device: str, width: int) -> None:
    model, split = network(width), split_of(300)
    list(train(model, {}, split, RECIPE, 1, 0, 0, "cpu"))
    wanted = evaluate(model, split, torch.device("cpu"))
    found = evaluate(model, split, torch.device(device))
    assert found.top1 == wanted.top1
    assert found.loss == pytest.approx(wanted.loss, rel=1e-4)


@everywhere
@both_widths
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
    assert float((moved[0] - moved[1]).norm()) < 0.01 * float(moved[1].norm()), "a rate that is off by 1 % shows here"


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
def test_a_second_training_plays_what_the_first_recorded() -> None:
    """Its numbers are those of a recording of its own, and the memory does not grow."""
    split, device, kept, seen = split_of(64).to("cuda"), torch.device("cuda"), KeptStep(CudaGraph), []
    for seed in range(6):
        wanted = [fact.loss for fact in train(network(), masks_of(network()), split, RECIPE, 2, seed, 0, device)]
        model, graph = network(), kept.begin("resnet18")
        masks = masks_of(model)
        found = [fact.loss for fact in train(model, masks, split, RECIPE, 2, seed, 0, device, graph=graph)]
        assert found == pytest.approx(wanted, rel=0.005)
        assert not any(dict(model.named_parameters())[name][~mask.cuda()].any() for name, mask in masks.items())
        del model
        kept.give_back()
        gc.collect()
        seen.append(torch.cuda.memory_allocated())
    assert seen[-1] <= seen[1] + 2**20


@cuda
def test_a_step_that_does_not_fit_a_second_time_is_launched(caplog: pytest.LogCaptureFixture) -> None:
    """A graph keeps memory of its own: here there is enough for steps one by one, and not for that."""
    device, split, recipe = torch.device("cuda"), split_of(512, 64), replace(RECIPE, batch=256)
    wanted = [fact.loss for fact in train(network(16), {}, split, recipe, 1, 0, 0, device, graph=Launched)]
    gc.collect()
    torch.cuda.empty_cache()
    peak, total = torch.cuda.max_memory_reserved(), torch.cuda.get_device_properties(device).total_memory
    torch.cuda.set_per_process_memory_fraction(1.1 * peak / total)
    try:
        found = [fact.loss for fact in train(network(16), {}, split, recipe, 1, 0, 0, device)]
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0)
    assert found == pytest.approx(wanted, rel=0.005)
    assert float(torch.ones(8, device="cuda").sum()) == 8, "and the device goes on"


@cuda
def test_a_stage_without_memory_is_given_back_and_succeeds_later(settings: Settings) -> None:
    """As a trainer carries it out, errors included; the second time the neighbour that had the memory is gone."""
    stage = Train(parse_dataset("digits"), ModelRef("resnet18", 16, 10), replace(RECIPE, batch=256), 1, 0)
    request = Request(digest(stage), 1, encode(stage), {}, "")
    store = ArtifactStore.open("", settings.home)
    context = TrainerContext(torch.device("cuda:0"), settings, store, lambda _: None, cores=1)
    torch.cuda.empty_cache()
    torch.cuda.set_per_process_memory_fraction(2**26 / torch.cuda.get_device_properties(0).total_memory)
    try:
        failed = serve_stage(context, request)
    finally:
        torch.cuda.set_per_process_memory_fraction(1.0)
    assert isinstance(failed, Failed) and failed.owner == Owner.MEMORY and failed.spent
    assert isinstance(serve_stage(context, replace(request, attempt=2)), Done)


@with_processes
@pytest.mark.slow
def test_a_trainer_that_gets_sigterm_saves_and_the_next_goes_on(
    device: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SWEEP_HOME", str(settings.home))
    last = 8 if device == "cpu" else 300  # it is told to end after the first
    stage = Train(parse_dataset("digits"), ModelRef("resnet18", 8, 10), replace(RECIPE, batch=64), last, 0)
    request = Request(digest(stage), 1, encode(stage), {}, "")
    saved, epochs = "", []
    with trainer(device) as process, pytest.raises(TrainerDied) as death:
        for event in process.run(request):
            if isinstance(event, Epoch):
                epochs.append(event.epoch)
                process.stop(60.0)
            elif isinstance(event, Saved):
                saved = event.artifact
    assert death.value.asked and saved and epochs[0] == 1 and epochs[-1] < last
    with trainer(device) as process:
        *events, done = process.run(replace(request, attempt=2, snapshot=saved))
    assert isinstance(done, Done) and done.ran["resumed"] is True
    rest = [event.epoch for event in events if isinstance(event, Epoch)]
    assert rest == list(range(rest[0], last + 1)) and rest[0] > 1, "nothing is trained again"


@contextlib.contextmanager
def trainer(device: str) -> Iterator[TrainerProcess]:
    process = TrainerProcess(device)
    try:
        process.wait_ready()
        yield process
    finally:
        process.close()


@with_processes
@pytest.mark.slow
def test_a_worker_and_its_trainers_run_a_sweep(device: str, tmp_path: Path) -> None:
    """Training, pruning and evaluation on the device, and a latency on the CPU beside it."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("SWEEP_", "REDIS_"))}
    environ["SWEEP_HOME"] = str(tmp_path)
    sweep = [sys.executable, "-P", "-m", "prunesweep"]
    small = "--grid demo --dense-epochs 1 --epochs 1 --sparsity 0.5 --algorithm oneshot --seeds 0 --width 2"
    bench = "--bench-device cpu --bench-threads 1 --bench-engines torch"
    run = [*sweep, "run", *small.split(), *bench.split(), "--name", "tried", "--devices", device]
    ran = subprocess.run(run, env=environ, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout + ran.stderr
    told = subprocess.run([*sweep, "report", "tried", "--format", "json"], env=environ, capture_output=True, text=True)
    assert told.returncode == 0, told.stderr
    rows = json.loads(told.stdout)
    name = torch.cuda.get_device_name(device) if device != "cpu" else cpu_name().strip()
    assert {row["device"] for row in rows} == {name} and all(row["latency_pruned_ms"] for row in rows)
    engine = open_ledger(load_settings(environ))
    with engine.connect() as connection:
        slots = {row.kind: row.slot for row in connection.execute(select(stages.c.kind, stages.c.slot))}
    engine.dispose()
    latency = slots.pop("benchmark")
    assert latency == ("cpu" if device == "cpu" else LATENCY_SLOT)
    assert set(slots.values()) == {device}
