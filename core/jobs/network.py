"""`python -m prunesweep.core.jobs.network`: what a network that is not ours can do, before anything is submitted.

Request and answers: `prunesweep.core.jobs.programs.NETWORK`.
"""

import sys
from collections.abc import Iterator
from pathlib import Path

import torch
from torch import nn

from prunesweep.core.errors import StageError, UserError, WrongPlan, of_no_stage
from prunesweep.core.jobs.answers import NetworkAbilities
from prunesweep.core.jobs.programs import NETWORK
from prunesweep.core.jobs.protocol import Say, serve
from prunesweep.core.jobs.requests import LookAtNetwork
from prunesweep.core.measure.engines.base import UnsupportedNetwork
from prunesweep.core.measure.engines.onnx_file import onnx_bytes
from prunesweep.core.measure.engines.registry import missing
from prunesweep.core.measure.engines.support import support_of
from prunesweep.core.passes import Passes
from prunesweep.core.plan.channel_reach import ChannelGroups
from prunesweep.core.plan.networks import NetworkRef, read_network
from prunesweep.core.pruning.activations import Activations
from prunesweep.core.pruning.channel_groups import couple
from prunesweep.core.pruning.channel_kinds import kinds
from prunesweep.core.pruning.masks import computed, prunable
from prunesweep.core.pruning.positions import positions
from prunesweep.core.pruning.subject import Subject
from prunesweep.core.seeds import all_dice
from prunesweep.core.training.sources import build

_IMAGES = 2
_SHOWN = 3


def look(request: LookAtNetwork, say: Say) -> Iterator[NetworkAbilities]:
    """Yield the one answer about the network.

    Raises:
        UserError: it cannot be made, or not trained on images of that size.
    """
    del say
    network = read_network(request.model)
    if network is None:
        raise UserError("model", request.model, "is no network of another source")
    height, width = request.image
    image = (3, height, width)
    folder = Path(request.folder) if request.folder else None
    try:
        with all_dice("look"):
            model = build(network, request.classes, folder)
            _try(network, model, image, request.classes, request.precision)
    except StageError as error:
        raise UserError("model", network.name, of_no_stage(str(error))) from None
    if request.inputs:
        _check_inputs(model, image, request.inputs)
    yield NetworkAbilities(
        shapes={name: tuple(weight.shape) for name, weight in prunable(model)},
        parameters=sum(parameter.numel() for parameter in model.parameters()),
        notes=tuple(_notes(network, model, image, request)),
        channels=_channels(model, image, request.channels) if request.channels else None,
    )


def _try(network: NetworkRef, model: nn.Module, image: tuple[int, int, int], classes: int, precision: str) -> None:
    """Send a batch through, as an evaluation and as a step of a training do.

    Raises:
        UserError: it fails, or gives something else than logits.
    """
    images = torch.zeros(_IMAGES, *image)
    shown = f"{network.shown}, images of {image[1]}×{image[2]}"
    for training in (False, True):
        when = "in training" if training else "in evaluation"
        try:
            passes = Passes(model, min(image[1:]), gradients=training, precision=precision).train(training)
            logits = passes(images)
            if training:
                logits.sum().backward()
        except StageError:
            raise
        except Exception as error:
            what = str(error).strip().partition("\n")[0] or repr(error)
            fix = f"fails {when}: {type(error).__name__}: {what}; images of another size, or other arguments, may fit"
            raise UserError("model", shown, fix) from None
        if logits.shape != (_IMAGES, classes):
            fix = f"gives {list(logits.shape)} {when} instead of {[_IMAGES, classes]}, logits of {_IMAGES} images"
            raise UserError("model", shown, f"{fix}; let it return these")
    model.zero_grad(set_to_none=True)


def _channels(model: nn.Module, image: tuple[int, int, int], algorithms: str) -> ChannelGroups:
    """Return the channels that can be taken out.

    Raises:
        UserError: they cannot be followed.
    """
    try:
        return kinds(model, couple(model, image))
    except WrongPlan as error:
        fix = "choose one that prunes single weights, e.g. oneshot"
        raise UserError("algorithm", algorithms, f"takes out whole channels, but {error.reason}; {fix}") from None


def _check_inputs(model: nn.Module, image: tuple[int, int, int], algorithms: str) -> None:
    """Raise UserError where what reaches the layers is not visible."""
    images = torch.zeros(_IMAGES, *image), torch.zeros(_IMAGES, dtype=torch.int64)
    try:
        Activations(Subject(model, batches=lambda: (images,), image=image)).collect(None)
    except WrongPlan as error:
        fix = "choose a score that looks at weights or gradients"
        raise UserError("algorithm", algorithms, f"looks at what layers multiply, but {error.reason}; {fix}") from None


def _notes(network: NetworkRef, model: nn.Module, image: tuple[int, int, int], request: LookAtNetwork) -> Iterator[str]:
    """Yield what must be known of it before anything is trained."""
    name = network.shown
    if weights := computed(model):
        yield f"{name}: weights that are computed from others are not pruned: {_listed(weights)}"
    met = positions(model, image)
    if unmet := [weight for weight, _ in prunable(model) if weight not in met]:
        yield f"{name}: no image meets {_listed(unmet)}; they are pruned, and count as no multiply-adds"
    model.eval()
    support = support_of(model, image)
    for engine in request.engines:
        absent = support.reason if support.kind == "none" else ""
        reason = absent if engine == "sparse" else _cannot(engine, model, image)
        if reason:
            yield f"{name}: latency is measured without the engine {engine}: {reason}"
    if support.kind == "none":
        yield f"{name}: no packed or ONNX file can be exported of it, torch and safetensors files can: {support.reason}"
    elif support.kind != "engine":
        part = "parts" if support.kind == "hybrid" else "all"
        yield f"{name}: the sparse engine leaves {part} of it to onnxruntime: {support.reason}"
    if support.kind != "engine" and request.latency:
        yield f"{name}: latency allocates by the sparse engine's costs, which cannot run all of it"


def _cannot(engine: str, model: nn.Module, image: tuple[int, int, int]) -> str:
    """Return why the engine cannot run the network, "" if it can, or if it is not here: then nobody knows."""
    try:
        if engine.partition("-")[0] in ("onnxruntime", "openvino") and missing(engine, torch.device("cpu")) is None:
            onnx_bytes(model, torch.zeros(1, *image))
    except (ValueError, UnsupportedNetwork) as error:
        return str(error).partition("\n")[0]
    return ""


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(names[:_SHOWN]) + more


if __name__ == "__main__":
    sys.exit(serve(NETWORK, look))
