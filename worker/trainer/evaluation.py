"""Runs the stages that only measure: accuracy on the test set, and latency."""

from collections.abc import Sequence
from dataclasses import asdict
from functools import partial

import torch
from torch import nn

from prunesweep.core.cpus import cpus_to_leave
from prunesweep.core.hostlock import measuring
from prunesweep.core.measure.accuracy import evaluate
from prunesweep.core.measure.batchnorm import reestimate
from prunesweep.core.measure.flops import LayerMacs, macs
from prunesweep.core.measure.latency import compete, latency_row
from prunesweep.core.measure.machine import processor_name
from prunesweep.core.measure.size import parameter_counts
from prunesweep.core.measure.smaller import smaller
from prunesweep.core.plan.layer_rules import counted_layers, decode_rules, resolved
from prunesweep.core.plan.stages import TOP5_CLASSES, Benchmark, Evaluate
from prunesweep.core.pruning.masks import Masks, apply_masks, prunable
from prunesweep.core.training.batches import fitting
from prunesweep.core.training.datasets import Split
from prunesweep.core.training.models import load_model
from prunesweep.worker.protocol import Done, Request
from prunesweep.worker.trainer.context import TrainerContext, say
from prunesweep.worker.trainer.ran import what_ran

_EVALUATION_BATCH = 256
_PHASE = "evaluating"


def run_evaluate(context: TrainerContext, request: Request, stage: Evaluate) -> Done:
    """Return the one reading of the test set: accuracy after recovery, and right after the last pruning."""
    after = context.checkpoint(request.inputs, stage.parent)
    split = context.split(stage.dataset, "test")
    model = load_model(stage.model, after.weights)
    counted = macs(model, split.image_shape)
    context.use_threads(counted.macs_dense * fitting(_EVALUATION_BATCH, split.images.shape[2:]))
    shown = partial(_show, context)
    top1_before, top1_bn = _right_after_pruning(context, request, stage, after.masks, split)
    with context.report.watching(model, _PHASE):
        found = evaluate(model, split, context.device, _EVALUATION_BATCH, shown)
    nonzero, total = sum(layer.nonzero for layer in counted.layers), sum(layer.total for layer in counted.layers)
    nonzero_counted, total_counted = _counted(model, counted.layers, after.meta.get("layers", ""))
    params_nonzero, params = parameter_counts(model)
    result = {
        "top1": found.top1,
        "top5": found.top5 if stage.model.classes >= TOP5_CLASSES else None,
        "top1_before": top1_before,
        "top1_bn": top1_bn,
        "majority": _majority(split),
        "loss": found.loss,
        "images": found.images,
        "nonzero": nonzero,
        "total": total,
        "nonzero_counted": nonzero_counted,
        "total_counted": total_counted,
        "params_nonzero": params_nonzero,
        "params": params,
        "macs": counted.macs,
        "macs_dense": counted.macs_dense,
        "collapsed": sum(layer.nonzero == 0 for layer in counted.layers),
        "layers": [asdict(layer) for layer in counted.layers],
        "device": processor_name(context.device),
    }
    return Done("", 0, 0.0, {}, result, what_ran(context.device, found.format) | _normalised(split))


def _show(context: TrainerContext, done: int, total: int) -> None:
    context.report(_PHASE, done=done, total=total, unit="images")


def _right_after_pruning(
    context: TrainerContext, request: Request, stage: Evaluate, masks: Masks, split: Split
) -> tuple[float | None, float | None]:
    """Return top-1 right after the last pruning, and with batch-norm statistics re-estimated; None = not asked for."""
    if not stage.before:
        return None, None
    before = load_model(stage.model, context.checkpoint(request.inputs, stage.before).weights)
    apply_masks(before, masks)
    images = context.split(stage.dataset, "train") if stage.bn_reestimate else None
    shown = partial(_show, context)
    with context.report.watching(before, _PHASE):
        top1 = evaluate(before, split, context.device, _EVALUATION_BATCH, shown).top1
        if images is None:
            return top1, None
        reestimate(before, images, context.device)
        return top1, evaluate(before, split, context.device, _EVALUATION_BATCH, shown).top1


def _normalised(split: Split) -> dict[str, str]:
    """Return mean and standard deviation of the channels as text that names the very float32 numbers: model cards say
    them to those who have no training images."""
    numbers = {"mean": split.mean, "std": split.std}
    return {name: ",".join(f"{float(one):.9g}" for one in values.flatten()) for name, values in numbers.items()}


def run_benchmark(context: TrainerContext, request: Request, stage: Benchmark) -> Done:
    """Return one forward pass of the pruned network against the dense one, on the machine that we are on, while no
    training of ours runs there, but for those on GPUs that keep off our CPUs."""
    dense = load_model(stage.model, context.checkpoint(request.inputs, stage.dense).weights)
    after = context.checkpoint(request.inputs, stage.parent)
    device = context.device if stage.device == context.device.type else torch.device(stage.device)
    # Of the training images: the test set is Evaluate's alone.
    shape = context.split(stage.dataset, "train").image_shape
    left_over = smaller(load_model(stage.model, after.weights), after.masks, shape)
    waits = lambda: say("waits until no training takes a step on this host")  # noqa: E731
    left = cpus_to_leave(stage.threads) if device.type == "cpu" else frozenset()
    with measuring(waits, looks=lambda: context.report("waiting for trainings"), cpus=left):
        context.report("measuring")
        race = compete(
            dense,
            left_over.model,
            shape,
            stage.batch,
            stage.threads,
            device,
            stage.engines,
            progress=lambda done, total: context.report("measuring", done=done, total=total, unit="repeats"),
            smaller=bool(left_over.lost),
        )
    for engine, reason in race.left_out.items():
        say(f"without {engine}: {reason}")
    return Done("", 0, 0.0, {}, latency_row(race))


def _majority(split: Split) -> float:
    """Share of the most frequent class: what who always names it gets right."""
    return int(torch.bincount(split.labels).max()) / len(split)


def _counted(model: nn.Module, layers: Sequence[LayerMacs], rules: str) -> tuple[int, int]:
    """Return (weights that are not 0, weights) of the layers that the asked sparsity counts."""
    shapes = {name: tuple(weight.shape) for name, weight in prunable(model)}
    names = set(counted_layers(shapes, resolved(decode_rules(rules), shapes, "the network")))
    found = [layer for layer in layers if layer.name in names]
    return sum(layer.nonzero for layer in found), sum(layer.total for layer in found)
