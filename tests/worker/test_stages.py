"""Every kind of stage on a tiny network, in this process."""

import contextlib
import json
import signal
from dataclasses import replace
from types import SimpleNamespace

import pytest
import torch
from torch._prims_common import suggest_memory_format

from prunesweep.core.affinity import Sidestep
from prunesweep.core.artifacts.checkpoint import unpack
from prunesweep.core.artifacts.store import ArtifactStore
from prunesweep.core.errors import StageError
from prunesweep.core.ledger.db.schema import latencies, results
from prunesweep.core.ledger.queries.ran import CHANNELS, KEYS
from prunesweep.core.measure.accuracy import evaluate
from prunesweep.core.measure.batchnorm import reestimate
from prunesweep.core.measure.flops import macs
from prunesweep.core.plan.algorithms import ALGORITHMS
from prunesweep.core.plan.axis_readers import read_axes
from prunesweep.core.plan.dag import plan
from prunesweep.core.plan.datasets import parse_dataset
from prunesweep.core.plan.grids import GRIDS
from prunesweep.core.plan.models import ModelRef
from prunesweep.core.plan.recipes import load_recipe
from prunesweep.core.plan.stages import Benchmark, Evaluate, PruneRound, Sleep, Train, digest, encode
from prunesweep.core.pruning import registry
from prunesweep.core.pruning.compaction import compacted
from prunesweep.core.pruning.masks import kept_count, prunable
from prunesweep.core.settings import load_settings
from prunesweep.core.training.loop import train
from prunesweep.core.training.models import build_model, load_model
from prunesweep.worker.protocol import Epoch, Progress, Request
from prunesweep.worker.trainer import evaluation, progress, signals
from prunesweep.worker.trainer.context import TrainerContext
from prunesweep.worker.trainer.stages import run_stage
from tests.measure.conftest import short_bursts
from tests.support.digits import put_digits
from tests.support.examples import THOROUGH
from tests.support.few_images import FewImages

__all__ = ["short_bursts"]

DIGITS, MODEL = parse_dataset("digits"), ModelRef("resnet18", 2, 10)
DENSE, RECOVERY = load_recipe("digits").dense, load_recipe("digits").finetune
TRAIN = Train(DIGITS, MODEL, DENSE, 1, 0)
FIRST = PruneRound(digest(TRAIN), 1, "magnitude", "global", 0.5, 1, 1, RECOVERY, DIGITS, MODEL, 0)
SECOND = replace(FIRST, parent=digest(FIRST), round=2, sparsity=0.8, epochs=0)
EVALUATE = Evaluate(digest(SECOND), digest(FIRST), DIGITS, MODEL)


class Bench:
    """A context, and the artifacts that its stages made."""

    def __init__(self, settings, kind=TrainerContext):
        self.events = []
        store = ArtifactStore.open("", settings.home)
        self.context = kind(torch.device("cpu"), settings, store, self.events.append, cores=1)
        self.made = {}

    def run(self, stage):
        inputs = {parent: self.made.get(parent, "") for parent in stage.parents}
        done = run_stage(self.context, Request(digest(stage), 1, encode(stage), inputs, ""))
        self.made[digest(stage)] = done.artifact
        return done

    def checkpoint(self, stage):
        return unpack(self.context.store.get(self.made[digest(stage)]))


def no_overflow(images, weight, bias=None, stride=1, *rest, conv2d=torch.conv2d, **named):
    """A convolution that fails where a weight gradient would go through the kernel that writes past its end (see
    `prunesweep.core.passes`), whatever the processor makes of it."""
    if torch.is_grad_enabled() and weight.requires_grad:
        strided = stride not in (1, (1, 1), [1, 1])
        if weight.shape[2:] == (1, 1) and strided and weight.shape[1] % 16:
            for tensor in (images, weight):
                assert suggest_memory_format(tensor) == torch.contiguous_format
    return conv2d(images, weight, bias, stride, *rest, **named)


class Ended(BaseException):
    """In the place of the end of this process."""


def test_sigterm_in_the_middle_of_a_sleep_ends_it_at_once(settings, monkeypatch):
    """Nothing is done, so its worker has it done again. The signal itself is sent to trainers of their own, in
    test_trainer_process and test_worker_ends: here it could only end the process of all these tests."""
    said = []

    def end():
        raise Ended

    def ask(event):
        said.append(event)
        signal.getsignal(signal.SIGTERM)(signal.SIGTERM, None)

    monkeypatch.setattr(signals, "die_of_term", end)
    context = TrainerContext(torch.device("cpu"), settings, ArtifactStore.open("", settings.home), ask, cores=1)
    before = signal.getsignal(signal.SIGTERM)
    try:
        context.ending.install()
        with pytest.raises(Ended):
            run_stage(context, Request("a" * 64, 1, encode(Sleep("long", 3600.0)), {}, ""))
    finally:
        signal.signal(signal.SIGTERM, before)
    assert context.ending.asked and said == [Progress("sleeping")]


@pytest.fixture
def bench(settings, monkeypatch):
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    monkeypatch.setattr(torch, "conv2d", no_overflow)
    monkeypatch.setattr(torch.nn.functional, "conv2d", no_overflow)
    put_digits(settings.home)
    yield Bench(settings)
    torch.set_num_threads(threads)


@pytest.fixture
def small(bench, settings):
    """The same, for what does not depend on how much is learned."""
    return Bench(settings, FewImages)


@pytest.fixture(scope="module")
def done_before(tmp_path_factory):
    """A home for several tests, and what its stages ended with, by digest."""
    return load_settings({"SWEEP_HOME": str(tmp_path_factory.mktemp("shared"))}), {}


@pytest.fixture
def each_once(bench, done_before):
    """A small bench that runs a stage once for all tests that use it, as workers do."""
    settings, done = done_before
    put_digits(settings.home)
    shared = Bench(settings, FewImages)
    shared.made = {name: one.artifact for name, one in done.items()}

    def run(stage):
        if digest(stage) not in done:
            done[digest(stage)] = Bench.run(shared, stage)
        return done[digest(stage)]

    shared.run = run
    return shared


def test_the_dense_parent_teaches_where_the_recipe_says_so(small):
    small.run(TRAIN)
    alone = small.run(FIRST)
    recipe = replace(RECOVERY, distill_weight=0.9, distill_temperature=4.0)
    stage = replace(FIRST, recipe=recipe, teacher=digest(TRAIN))
    taught = small.run(stage)
    assert taught.summary["nonzero"] == alone.summary["nonzero"] and taught.artifact != alone.artifact
    assert small.run(stage).artifact == taught.artifact


@pytest.mark.usefixtures("short_bursts")
def test_a_chain_from_training_to_latency(bench, monkeypatch):
    monkeypatch.setattr(progress, "_SECONDS", 0.0)  # else once a second
    done = [bench.run(stage) for stage in (TRAIN, FIRST, SECOND)]
    assert [event.epoch for event in bench.events if isinstance(event, Epoch)] == [1, 1]
    said = [event.phase for event in bench.events if isinstance(event, Progress)]
    assert {"training", "scoring", "packing", "storing"} <= set(said)
    total = done[0].summary["total"]
    assert "zstd_bytes" not in done[0].summary
    assert 0 < done[2].summary["zstd_bytes"] < done[2].artifact_bytes < done[1].artifact_bytes < done[0].artifact_bytes
    assert done[0].train_seconds > 0 and done[2].train_seconds == 0
    assert done[1].summary["nonzero"] == total - round(total * 0.5)
    assert done[2].summary["nonzero"] == total - round(total * 0.8)
    for name, mask in bench.checkpoint(SECOND).masks.items():
        assert not (mask & ~bench.checkpoint(FIRST).masks[name]).any(), "masks nest"
    assert [0 < one.summary["top1_val"] < 1 for one in done] == [True] * 3, (
        "the last has no epoch and is validated all the same"
    )
    epochs = [event for event in bench.events if isinstance(event, Epoch)]
    assert done[0].summary["top1_val"] == epochs[0].top1
    assert json.loads(json.dumps(done[2].summary)) == done[2].summary
    assert done[2].summary["val_images"] == round(done[2].summary["val_images"]) > 100
    evaluated = bench.run(EVALUATE)
    told = [(event.done, event.total) for event in bench.events if getattr(event, "phase", "") == "evaluating"]
    assert (256, 355) in told and (355, 355) in told, "how far a long evaluation is"
    found = evaluated.result
    for one in (*done, evaluated):
        assert list(one.ran) == [*KEYS, *(CHANNELS if one is evaluated else ())]
        assert (one.ran["threads"], one.ran["resumed"]) == (1, False)
        assert one.ran["numbers"] in ("fp32", "bf16"), "as the processor has it"
        assert one.ran["torch"] == torch.__version__ and one.ran["instructions"]
    assert evaluated.ran["numbers"] == "fp32", "a test is exact"
    labels = bench.context.split(DIGITS, "test").labels
    assert found["majority"] == max(labels.bincount().tolist()) / len(labels)
    assert set(found) == {column.name for column in results.columns} - {"digest", "at"}
    assert (
        found["images"] == len(bench.context.split(DIGITS, "test")) and found["nonzero"] == done[2].summary["nonzero"]
    )
    # Nothing was recovered in the second round, so before and after are one network.
    assert found["top1"] == found["top1_before"]
    dense = bench.run(Evaluate(digest(TRAIN), "", DIGITS, MODEL)).result
    assert dense["top1_before"] is None and dense["macs"] == dense["macs_dense"] > found["macs"]
    assert {name: done[2].summary[name] for name in ("macs", "macs_dense")} == {
        name: found[name] for name in ("macs", "macs_dense")
    }
    timed = bench.run(
        Benchmark(digest(SECOND), digest(TRAIN), ("torch", "onnxruntime"), "cpu", 1, 1, DIGITS, MODEL)
    ).result
    assert set(timed) == {column.name for column in latencies.columns} - {"digest", "at"}


def test_a_training_looks_for_measurements_between_its_steps(small, monkeypatch):
    steps = []

    class Work:
        step = staticmethod(lambda: steps.append(1))

    monkeypatch.setattr("prunesweep.worker.trainer.context.working", lambda *_, **__: contextlib.nullcontext(Work))
    small.run(replace(TRAIN, recipe=replace(DENSE, batch=16)))
    assert len(steps) > 1


@pytest.mark.usefixtures("short_bursts")
def test_a_benchmark_has_the_host_to_itself(small, monkeypatch):
    held = []

    @contextlib.contextmanager
    def measuring(waits, looks, cpus):
        looks()
        waits()
        held.append("in")
        yield
        held.append("out")

    monkeypatch.setattr("prunesweep.worker.trainer.evaluation.measuring", measuring)
    compete = evaluation.compete

    def competing(*facts, **named):
        held.append("measures")
        return compete(*facts, **named)

    monkeypatch.setattr(evaluation, "compete", competing)
    for stage in (TRAIN, FIRST):
        small.run(stage)
    result = small.run(Benchmark(digest(FIRST), digest(TRAIN), ("torch",), "cpu", 1, 1, DIGITS, MODEL)).result
    assert held == ["in", "measures", "out"]
    assert (result["engine"], result["dense_engine"]) == ("torch", "torch")


@pytest.mark.usefixtures("short_bursts")
def test_every_engine_measures_the_smaller_network_where_channels_are_gone(small):
    for stage in (TRAIN, lost := replace(FIRST, allocation="channels", epochs=0)):
        small.run(stage)
    engines = ("torch", "onnxruntime", "sparse")
    row = small.run(Benchmark(digest(lost), digest(TRAIN), engines, "cpu", 1, 1, DIGITS, MODEL)).result
    assert {one["engine"] for one in row["engines"] if one["pruned"]} == set(engines)
    fp32 = [one for one in row["engines"] if one["pruned"] and one["dtype"] == "fp32"]
    assert row["pruned_ms"] == min(one["ms"] for one in fp32)
    assert all(one["error"] < 1e-3 for one in row["engines"])


def test_the_same_stages_make_the_same_bytes(small):
    first = [small.run(stage).artifact for stage in (TRAIN, FIRST)]
    assert [small.run(stage).artifact for stage in (TRAIN, FIRST)] == first
    assert small.run(replace(TRAIN, seed=1)).artifact != first[0]


def test_what_cannot_succeed_is_a_stage_error(small):
    with pytest.raises(StageError, match="left no artifact"):
        small.run(FIRST)
    small.run(TRAIN)
    with pytest.raises(StageError, match="unknown score 'guess'"):
        small.run(replace(FIRST, score="guess"))
    with pytest.raises(StageError, match="not a resnet18 of width 3"):
        small.run(replace(FIRST, model=replace(MODEL, width=3)))
    with pytest.raises(StageError, match="not a stage"):
        run_stage(small.context, Request("ab" * 32, 1, "{}", {}, ""))
    with pytest.raises(StageError, match=r"imagefolder ab is not on this machine: no folder is known"):
        small.run(replace(TRAIN, dataset=replace(DIGITS, name="imagefolder", fingerprint="ab")))


@pytest.mark.parametrize(("work", "asked", "threads"), [(0, 0, 1), (600_000_000, 0, 2), (10**12, 0, 3), (10**12, 2, 2)])
def test_small_work_gets_few_threads_and_the_setting_decides(bench, settings, work, asked, threads):
    context = replace(bench.context, settings=replace(settings, threads=asked), cores=3)
    context.use_threads(work)
    assert torch.get_num_threads() == threads


@pytest.mark.parametrize("name", [name for name in ALGORITHMS if "channels" not in ALGORITHMS[name].allocation])
def test_every_algorithm_runs_and_keeps_the_exact_count(each_once, name, monkeypatch):
    if not THOROUGH:  # the whole hundred are taken in tests of pruning
        monkeypatch.setattr(registry, "STEPS", {"synflow": 10})
    small = each_once
    axes = {"algorithm": name, "sparsity": "80", "epochs": "1", "iterations": "2", "dense_epochs": "2", "width": "2"}
    made = plan(read_axes({**axes, "bench_device": "none", "bn_reestimate": "true"}, GRIDS["demo"]))
    (cell,) = made.cells
    done = {digest: small.run(stage) for digest, stage in made.stages.items()}
    result = done[cell.evaluate].result
    weights = small.checkpoint(made.stages[cell.rounds[-1]]).weights
    masks = small.checkpoint(made.stages[cell.rounds[-1]]).masks
    kept = sum(int(mask.count_nonzero()) for mask in masks.values())
    total = result["total"]
    assert result["nonzero"] <= kept
    assert all(not weights[layer][~mask].any() for layer, mask in masks.items())
    if name == "2:4":
        # Layers whose inputs make no groups of four stay dense.
        assert kept == sum(mask.numel() // (1 if mask.shape[1] % 4 else 2) for mask in masks.values())
    else:
        assert kept == kept_count(total, 0.8)
    assert 0 <= result["top1_bn"] <= 1
    assert result["collapsed"] == sum(layer["nonzero"] == 0 for layer in result["layers"])


def test_corrected_weights_are_measured_as_pruned_and_trained_on(small):
    axes = {"algorithm": "sparsegpt", "sparsity": "70", "epochs": "1", "iterations": "1", "dense_epochs": "2"}
    made = plan(read_axes({**axes, "width": "2", "bench_device": "none"}, GRIDS["demo"]))
    (cell,) = made.cells
    done = {digest: small.run(stage) for digest, stage in made.stages.items()}
    tuned = made.stages[cell.rounds[0]]
    alone = small.checkpoint(made.stages[tuned.pruned])
    dense = small.checkpoint(made.stages[tuned.parent]).weights
    assert any(not torch.equal(alone.weights[name], dense[name] * mask) for name, mask in alone.masks.items())
    assert all(torch.equal(mask, alone.masks[name]) for name, mask in small.checkpoint(tuned).masks.items())
    own = small.run(Evaluate(tuned.pruned, tuned.pruned, tuned.dataset, tuned.model)).result
    assert own["top1"] == own["top1_before"] == done[cell.evaluate].result["top1_before"]


def test_a_correction_weight_by_weight_says_how_far_it_is_gives_way_and_makes_the_same_bytes(small, monkeypatch):
    steps = []

    class Work:
        step = staticmethod(lambda: steps.append(1))

    small.run(TRAIN)
    monkeypatch.setattr("prunesweep.worker.trainer.context.working", lambda *_, **__: contextlib.nullcontext(Work))
    stage = replace(FIRST, score="obc", allocation="uniform-all", epochs=0)
    first = small.run(stage).artifact
    told = [event for event in small.events if isinstance(event, Progress) and event.phase == "correcting weights"]
    total = sum(weight.numel() for _, weight in prunable(build_model(MODEL, 0)))
    assert told and all((event.unit, event.total) == ("weights", total) for event in told)
    assert len(steps) > 500, "looks for measurements within each layer"
    before = torch.get_num_threads()
    torch.set_num_threads(before + 1)  # as whatever ran before may leave it
    try:
        assert small.run(stage).artifact == first
    finally:
        torch.set_num_threads(before)


def test_after_recovery_from_lost_channels_a_smaller_network_computes_the_same(small):
    """Two rounds with training between them: the norms of the channels that are gone have moved."""
    grid = read_axes(
        {"algorithm": "geometric-channels", "sparsity": "60", "epochs": "1", "iterations": "2", "dense_epochs": "1",
         "width": "4", "bench_device": "none",
         "algorithms": {"geometric-channels": {"allocation": "channels", "schedule": "geometric", "score": "taylor"}}},
        GRIDS["demo"],
    )  # fmt: skip
    made = plan(grid)
    (cell,) = made.cells
    done = {digest: small.run(stage) for digest, stage in made.stages.items()}
    result, checkpoint = done[cell.evaluate].result, small.checkpoint(made.stages[cell.rounds[-1]])
    model = load_model(made.stages[cell.rounds[-1]].model, checkpoint.weights).eval()
    image = small.context.split(DIGITS, "train").image_shape
    less = compacted(model, checkpoint.masks, image)
    images = torch.randn(4, *image, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        wanted = model(images)
        assert (less(images) - wanted).abs().max() <= 1e-5 * wanted.abs().max()
    counted = macs(less, image)
    assert counted.macs == counted.macs_dense == macs(model, image).macs
    assert result["nonzero"] == sum(weight.numel() for _, weight in prunable(less))
    assert 0 <= result["nonzero"] - kept_count(result["total"], 0.6) < 0.05 * result["total"]
    assert result["collapsed"] == 0


def test_layer_rules_and_controls_with_the_same_counts(small):
    axes = {"algorithm": "iterative,random@iterative", "sparsity": "80", "epochs": "0", "iterations": "2", "width": "2"}
    rules = "first=dense,shortcuts=exempt,fc.weight=50%"
    axes = {**axes, "dense_epochs": "1", "bench_device": "none", "layers": rules}
    made = plan(read_axes(axes, GRIDS["demo"]))
    method, control = made.cells
    done = {digest: small.run(stage) for digest, stage in made.stages.items()}
    assert made.stages[control.rounds[1]].parents == (control.rounds[0], method.rounds[1])
    for first, second in zip(method.rounds, control.rounds, strict=True):
        ours, theirs = (small.checkpoint(made.stages[digest]).masks for digest in (first, second))
        assert {name: int(mask.sum()) for name, mask in ours.items()} == {n: int(m.sum()) for n, m in theirs.items()}
        assert any(not torch.equal(mask, theirs[name]) for name, mask in ours.items())
    masks = small.checkpoint(made.stages[method.rounds[1]]).masks
    exempt = sum(mask.numel() for name, mask in masks.items() if "downsample" in name)
    result = done[method.evaluate].result
    assert exempt and result["total_counted"] == result["total"] - exempt
    assert int(masks["fc.weight"].sum()) == masks["fc.weight"].numel() // 2 and bool(masks["conv1.weight"].all())
    kept = sum(int(mask.sum()) for mask in masks.values())
    assert kept - exempt == kept_count(result["total_counted"], 0.8)
    assert result["nonzero_counted"] == result["nonzero"] - exempt
    assert small.checkpoint(made.stages[method.rounds[1]]).meta["layers"].startswith("conv1.weight=dense,")


def test_sparsity_0_trains_the_dense_network_on(small):
    """Its masks are all ones, and change no bit of what training without masks ends on."""
    control = replace(FIRST, sparsity=0.0)
    small.run(TRAIN)
    done = small.run(control)
    made = small.checkpoint(control)
    assert done.summary["nonzero"] == done.summary["total"] and done.summary["sparsity"] == 0
    assert made.masks and all(mask.all() for mask in made.masks.values())
    model = build_model(MODEL, 0)
    model.load_state_dict(small.checkpoint(TRAIN).weights)
    split = small.context.split(DIGITS, "train")
    list(train(model, {}, split, RECOVERY, control.epochs, control.seed, control.first_epoch, "cpu"))
    assert all(torch.equal(value, made.weights[name]) for name, value in model.state_dict().items())
    found = small.run(Evaluate(digest(control), digest(TRAIN), DIGITS, MODEL)).result
    assert found["top1_before"] == small.run(Evaluate(digest(TRAIN), "", DIGITS, MODEL)).result["top1"]
    assert (found["macs"], found["collapsed"]) == (found["macs_dense"], 0)


@pytest.mark.parametrize("optimizer", ["sgd", "adamw"])
def test_a_training_in_two_stages_ends_on_the_bits_of_one(small, optimizer):
    recipe = replace(DENSE, optimizer=optimizer, lr=0.01, batch=16)
    whole = Train(DIGITS, MODEL, recipe, 3, 0)
    first = Train(DIGITS, MODEL, recipe, 1, 0, after=2)
    rest = Train(DIGITS, MODEL, recipe, 2, 0, parent=digest(first), before=1)
    for stage in (whole, first, rest):
        small.run(stage)
    one, two, early = (small.checkpoint(stage) for stage in (whole, rest, first))
    assert all(torch.equal(value, two.weights[name]) for name, value in one.weights.items())
    assert early.optimizer and not one.optimizer and not two.optimizer
    other = replace(recipe, optimizer={"sgd": "adamw", "adamw": "sgd"}[optimizer])
    with pytest.raises(StageError, match="the saved optimizer is another"):
        small.run(replace(rest, recipe=other))
    small.made[digest(first)] = small.made[digest(whole)]
    with pytest.raises(StageError, match="left no optimizer to continue with"):
        small.run(rest)


def test_fresh_and_random_tickets_share_the_tickets_counts(small):
    axes = {"sparsity": "80", "iterations": "2", "dense_epochs": "2", "width": "1", "bench_device": "none"}
    made = plan(read_axes({**axes, "algorithm": "lottery,lottery-reinit,random@lottery"}, GRIDS["demo"]))
    for stage in made.stages.values():
        small.run(stage)
    ticket, fresh, random = (small.checkpoint(made.stages[cell.rounds[-1]]) for cell in made.cells)
    assert all(torch.equal(mask, fresh.masks[name]) for name, mask in ticket.masks.items())
    assert not all(torch.equal(value, fresh.weights[name]) for name, value in ticket.weights.items())
    assert {n: int(m.sum()) for n, m in ticket.masks.items()} == {n: int(m.sum()) for n, m in random.masks.items()}
    assert not all(torch.equal(mask, random.masks[name]) for name, mask in ticket.masks.items())


def test_weight_rewinding_starts_from_the_early_weights(small):
    axes = {
        "algorithm": "weight-rewind",
        "sparsity": "50",
        "epochs": "0",
        "iterations": "1",
        "dense_epochs": "1",
        "width": "2",
    }
    made = plan(read_axes({**axes, "bench_device": "none"}, GRIDS["demo"]))
    (cell,) = made.cells
    for stage in made.stages.values():
        small.run(stage)
    pruned = made.stages[cell.rounds[0]]
    early, ticket = small.checkpoint(made.stages[pruned.rewind]).weights, small.checkpoint(pruned)
    for name, mask in ticket.masks.items():
        assert torch.equal(ticket.weights[name], early[name] * mask)


def test_batch_norm_taken_anew_repairs_broken_statistics(bench):
    bench.run(TRAIN)
    split = bench.context.split(DIGITS, "test")
    model = build_model(MODEL, 0)
    model.load_state_dict(bench.checkpoint(TRAIN).weights)
    healthy = evaluate(model, split, torch.device("cpu")).top1
    for module in model.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.running_mean += 3.0
    broken = evaluate(model, split, torch.device("cpu")).top1
    before = {name: value.clone() for name, value in model.named_parameters()}
    reestimate(model, bench.context.split(DIGITS, "train"), torch.device("cpu"))
    assert evaluate(model, split, torch.device("cpu")).top1 > max(broken, healthy - 0.2)
    assert all(torch.equal(value, before[name]) for name, value in model.named_parameters())


@pytest.mark.parametrize(("device", "streamed", "beside"), [("cpu", False, 0), ("cuda", False, 1), ("cuda", True, 0)])
def test_only_a_training_on_a_gpu_goes_on_beside_a_measurement(small, monkeypatch, device, streamed, beside):
    asked = []
    monkeypatch.setattr(
        "prunesweep.worker.trainer.context.working", lambda *_, **named: asked.append(named["sidestep"])
    )
    monkeypatch.setattr(small.context, "device", torch.device(device))
    small.context.at_work(SimpleNamespace(streamed=streamed))
    assert isinstance(asked[0], Sidestep) == beside
