"""Builds the networks that are not ours: torchvision's, timm's, and those of the user's own files."""

import importlib
import warnings
from collections.abc import Mapping, Set
from pathlib import Path
from typing import Any

import torch
from torch import nn

from prunesweep.core.copies import copied
from prunesweep.core.errors import RETRY, StageError, WrongPlan
from prunesweep.core.plan.networks import FILE, NetworkRef, other_versions, source_of
from prunesweep.core.plan.suggestions import did_you_mean
from prunesweep.core.pruning.masks import prunable
from prunesweep.core.settings import load_settings
from prunesweep.core.training.vision import import_torchvision
from prunesweep.core.users_file import run_file

_STORED = (torch.float32, torch.int64)
"""What a checkpoint holds."""


def build(network: NetworkRef, classes: int, folder: Path | None = None, *, fresh: bool = True) -> nn.Module:
    """Return the network with fresh weights by torch's global random state, float32, on the CPU.

    Args:
        folder: of the user's own files; None = SWEEP_NETWORKS, read here, so that none of the many who load a network
            has to know of it.
        fresh: False where weights are loaded into it, so that it was looked at before.

    Raises:
        StageError: another version of its library or another file is here; or the network cannot be made, or not used.
    """
    wrong = other_versions(network)
    if wrong:
        raise StageError(f"{wrong}, {RETRY}")
    make = _function(network, folder) if network.source == FILE else _library(network)
    made = _made(network, make, classes)
    _check(network, made)
    if unstored := _unstored(made) if fresh else {}:
        again = _unstored(_made(network, make, classes))  # the random state has moved on
        _compare(network, unstored, again, made.state_dict().keys())
    if fresh:
        _check_copies(network, made)
    return made


def _made(network: NetworkRef, make: Any, classes: int) -> nn.Module:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of libraries, about their own defaults
            made = make(num_classes=classes, **network.arguments)
    except (Exception, SystemExit) as error:
        what = f"{type(error).__name__}: {str(error).partition(chr(10))[0]}"
        change = "the file or the arguments" if network.source == FILE else "the arguments (--model-args)"
        raise WrongPlan(f"{network.shown} cannot be made: {what}", f"correct {change}") from error
    if not isinstance(made, nn.Module):
        raise WrongPlan(f"{network.shown} gave a {type(made).__name__}, not a torch.nn.Module", "correct the file")
    return made


def _unstored(model: nn.Module) -> dict[str, torch.Tensor]:
    """Return buffers that are not in the `state_dict`, and tensors that are plain attributes."""
    stored = model.state_dict().keys()
    found = {name: tensor for name, tensor in model.named_buffers() if name not in stored}
    for prefix, module in model.named_modules():
        plain = {name: value for name, value in vars(module).items() if isinstance(value, torch.Tensor)}
        found |= {f"{prefix}.{name}" if prefix else name: tensor for name, tensor in plain.items()}
    return found


def _compare(
    network: NetworkRef, first: Mapping[str, torch.Tensor], again: Mapping[str, torch.Tensor], stored: Set[str]
) -> None:
    """Raise WrongPlan where what no checkpoint holds is random: loaded, it would be another network."""
    for name, tensor in first.items():
        if name not in again or not torch.equal(tensor, again[name]):
            fix = "no checkpoint holds it; register it as a persistent buffer"
            if stored & {f"{name}_v", f"{name}_orig"}:  # torch.nn.utils.weight_norm, spectral_norm
                fix = "a hook computes it; use the same of torch.nn.utils.parametrizations"
            raise WrongPlan(f"{network.shown}: {name} is random", fix)


def _library(network: NetworkRef) -> Any:
    """Return what makes the network, called with keyword arguments alone."""
    vision = import_torchvision()
    if network.source == "torchvision":
        models = vision.models
        # Of the classifiers; detection, segmentation, quantised and video networks are in modules of their own.
        known = models.list_models(module=models)
        make = models.get_model_builder(network.name) if network.name in known else None
        return _known(network, known, make)
    timm = importlib.import_module("timm")
    plain = network.name.partition(".")[0]
    known = timm.list_models()
    make = lambda **given: timm.create_model(network.name, pretrained=False, **given)  # noqa: E731
    return _known(network, known, make if plain in known else None)


def _known(network: NetworkRef, known: list[str], make: Any) -> Any:
    if make is None:
        what = f"{network.source} {network.version} has no classifier {network.name!r}"
        raise WrongPlan(f"{what}: {did_you_mean(network.name, known)}", "name one of these")
    return make


def _function(network: NetworkRef, folder: Path | None) -> Any:
    try:
        source = source_of(network, load_settings().networks if folder is None else folder)
    except ValueError as error:
        raise StageError(f"{error}; {RETRY}") from None
    try:
        return getattr(run_file(network.name, source), network.function)
    except (Exception, SystemExit) as error:
        raise WrongPlan(f"own network {network.name!r}: {type(error).__name__}: {error}", "correct the file") from error


def _check(network: NetworkRef, made: nn.Module) -> None:
    """Raise WrongPlan for a network that could not be trained, pruned or stored exactly."""
    change = "change the network"
    if any(nn.parameter.is_lazy(tensor) for tensor in (*made.parameters(), *made.buffers())):
        raise WrongPlan(f"{network.shown} has layers whose shapes its first image decides", "give their sizes")
    for name, tensor in made.state_dict().items():
        if not isinstance(tensor, torch.Tensor) or tensor.dtype not in _STORED or tensor.device.type != "cpu":
            kind = f"{tensor.dtype} on {tensor.device}" if isinstance(tensor, torch.Tensor) else type(tensor).__name__
            fix = "float32 and int64 on the CPU are stored; register a buffer with persistent=False"
            raise WrongPlan(f"{network.shown}: {name} is {kind}", fix)
    if not prunable(made):
        raise WrongPlan(f"{network.shown} has no convolution and no linear layer, so nothing to prune", change)


def _check_copies(network: NetworkRef, made: nn.Module) -> None:
    """Raise WrongPlan for a network that cannot be copied, as scores and measurements do."""
    tensors = {id(tensor): tensor for tensor in (*made.parameters(), *made.buffers())}
    try:
        copied(made, tensors)
    except Exception as error:
        what = f"{network.shown} cannot be copied: {type(error).__name__}: {str(error).partition(chr(10))[0]}"
        raise WrongPlan(what, "leave out of it what copy.deepcopy refuses") from error
