"""Reads anybody's checkpoint file into a network, or says which part of it does not fit."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from torch import nn

from prunesweep.core.errors import StageError, UserError, of_no_stage
from prunesweep.core.importing.normalise import add_counters, fold_masks, to_fp32, whole_masks
from prunesweep.core.importing.read import FileContent, read_file
from prunesweep.core.importing.rename import rename_all
from prunesweep.core.importing.text import FIELD, listed, shape_of, sizes
from prunesweep.core.importing.unwrap import Note, Weights, find_state_dict, unsaid
from prunesweep.core.plan.models import MODELS, ModelRef
from prunesweep.core.plan.networks import label_of, read_network
from prunesweep.core.training.models import build_model, layout_of, load_model, prunable, shapes_of

_WIDEST = 1024
_MOST_CLASSES = 100_000
_OTHER_CLASSES = "give a dataset of as many, or to a sweep --head new"
_COMPACT = (
    "; layers without some of their channels are read by the code of their model card only: give the file that sweep"
    " export writes without --compact"
)


@dataclass(frozen=True)
class NamedTensors:
    """The tensors of a file under a network's names, in fp32.

    Attributes:
        masks: bool, True = kept, of the weights that have one.
        notes: what was unwrapped, renamed, cast or ignored, a line each.
    """

    weights: Weights
    masks: Mapping[str, torch.Tensor]
    notes: tuple[str, ...]


def load_network(path: Path, model: str, note: Note = unsaid) -> nn.Module:
    """Return the network of a checkpoint file, on the CPU, in fp32, in evaluation mode.

    Width (of built-in networks) and number of classes are read off the shapes of the first and the last weight.

    Args:
        path: `.safetensors`, or what torch.save wrote.
        model: a network, as a stage names it.
        note: called with each line that says what was unwrapped, renamed, cast or ignored.

    Raises:
        UserError: not such a file; names the key or the shape that is wrong.
    """
    head_of(model)  # refuses a network that cannot be made here
    found = read_weights(path, read_file(path), model, layout_of(model).names)
    for line in found.notes:
        note(line)
    ref = _ref(path, model, found.weights)
    check_fits(path, ref, found.weights)
    return load_model(ref, found.weights).eval()


def import_network(
    path: Path, content: FileContent, ref: ModelRef, *, new_head: bool = False
) -> tuple[nn.Module, NamedTensors]:
    """Return the network that a sweep asks for with the content's weights, and masks for all of its prunable weights,
    or none.

    new_head: the classifier takes the initial values of seed 0 and the size that `ref` asks for, whatever the content's
    is.

    Raises:
        UserError: the content is of another network; names the key or the shape that is wrong.
    """
    found = read_weights(path, content, ref.name, frozenset(shapes_of(ref)))
    if new_head:
        found = _with_new_head(path, ref, found)
    check_fits(path, ref, found.weights)
    network = load_model(ref, found.weights).eval()
    for name, tensor in network.state_dict().items():
        if tensor.is_floating_point() and not found.weights[name].is_floating_point():
            raise UserError(FIELD, path, f"{name} holds {found.weights[name].dtype} numbers; save it as float32")
    weights: dict[str, torch.Tensor] = dict(prunable(network))
    return network, NamedTensors(found.weights, whole_masks(found.masks, weights), found.notes)


def _with_new_head(path: Path, ref: ModelRef, found: NamedTensors) -> NamedTensors:
    """Return the weights with an initial classifier.

    Raises:
        UserError: the content has no weight of the classifier's name.
    """
    head = head_of(ref.name)
    if head not in found.weights:
        what = f"has no {head} that a new classifier could replace; it has {listed(found.weights)}"
        raise UserError(FIELD, path, what)
    old = found.weights[head]
    names = (head, f"{head.removesuffix('weight')}bias")
    fresh = build_model(ref, 0).state_dict()
    weights = {name: tensor for name, tensor in found.weights.items() if name not in names}
    weights |= {name: fresh[name] for name in names if name in fresh}
    masks = {name: mask for name, mask in found.masks.items() if name not in names}
    note = f"replaced {head} {shape_of(old)} by an initial one of {shape_of(fresh[head])} (--head new), to be trained"
    return NamedTensors(weights, masks, (*found.notes, note))


def read_weights(path: Path, content: FileContent, model: str, expected: frozenset[str]) -> NamedTensors:
    """Return the content's tensors under the names that the network has.

    expected: all names of its `state_dict`.

    Raises:
        UserError: no state_dict, or more than one.
    """
    notes: list[str] = []
    if content.ours:
        weights: Weights = dict(content.value)  # type: ignore[call-overload]
        return NamedTensors(weights, content.masks, ())
    folded = fold_masks(path, find_state_dict(path, content.value, notes.append), notes.append)
    names = rename_all(path, folded.weights, expected, notes.append)
    _check_variant(path, model, names)
    renamed = {new: folded.weights[name] for name, new in names.items()}
    weights = add_counters(to_fp32(renamed, notes.append), expected, notes.append)
    masks = {names[name]: mask for name, mask in folded.masks.items() if name in names}
    return NamedTensors(weights, masks, tuple(notes))


def _check_variant(path: Path, model: str, names: Mapping[str, str]) -> None:
    """Raise UserError for networks that are known under other names and compute something else than ours.

    Source: the public model files of kuangliu/pytorch-cifar, akamaster/pytorch_resnet_cifar10 and
    chenyaofo/pytorch-cifar-models.
    """
    new = set(names.values())
    kuangliu = any(name.endswith("linear.weight") and names[name] == "fc.weight" for name in names)
    if model == "resnet18" and kuangliu:
        fix = "has kuangliu/pytorch-cifar's names, and that ResNet-18 has no max-pool; give --model resnet18-cifar"
        raise UserError(FIELD, path, fix)
    if model in ("resnet20", "resnet56") and "fc.weight" in new and not any("downsample" in name for name in new):
        fix = (
            f"has no layer2.0.downsample.0.weight: its shortcuts are option A (no weights, as akamaster's), those of"
            f" {model} are option B"
        )
        raise UserError(FIELD, path, f"{fix}; give --model {model}-a")
    if model == "vgg16-bn" and {"classifier.0.weight", "classifier.3.weight", "classifier.6.weight"} <= new:
        fix = "has three linear layers (classifier.0, .3, .6), as chenyaofo's and torchvision's vgg16_bn; ours has one"
        raise UserError(FIELD, path, f"{fix}; give a network with these layers")


def head_of(model: str) -> str:
    """Return the name of the network's last weight.

    Raises:
        UserError: a network of another source that cannot be made here.
    """
    try:
        return layout_of(model).head
    except StageError as error:
        raise UserError("model", label_of(model), of_no_stage(str(error))) from None


def _ref(path: Path, model: str, weights: Weights) -> ModelRef:
    layout = layout_of(model)
    if read_network(model) is not None:
        head = layout.head
        if head not in weights or not weights[head].dim() or not 1 < len(weights[head]) <= _MOST_CLASSES:
            raise UserError(FIELD, path, f"has no {head} for some classes: not a state_dict of {label_of(model)}")
        return ModelRef(model, 0, len(weights[head]))
    _check_name(path, model, weights)
    ends = []
    for name, dims in ((layout.stem, 4), (layout.head, 2)):
        if name not in weights:
            near = f"; it has {listed(weights)}" if weights else ""
            raise UserError(FIELD, path, f"has no {name}: not a state_dict of {model}{near}")
        if weights[name].dim() != dims or weights[name].numel() == 0:
            raise UserError(FIELD, path, f"{name} is {shape_of(weights[name])}: not a {model}")
        ends.append(weights[name])
    width, classes = (len(tensor) for tensor in ends)
    if width > _WIDEST or classes > _MOST_CLASSES:
        shapes = f"{layout.stem} is {shape_of(ends[0])}, {layout.head} is {shape_of(ends[1])}"
        raise UserError(FIELD, path, f"{shapes}: not a {model}")
    return ModelRef(model, width, classes)


def _check_name(path: Path, model: str, weights: Weights) -> None:
    """Raise UserError for the names of another network of ours."""
    if weights.keys() != layout_of(model).names:
        others = [name for name in MODELS if weights.keys() == layout_of(name).names]
        if others:
            raise UserError(FIELD, path, f"holds a {' or '.join(others)}, not a {model}; give --model {others[0]}")


def check_fits(path: Path, ref: ModelRef, found: Weights) -> None:
    """Check keys, shapes and that every number is finite, before a network of that size is made: whatever is allocated
    then lies in the file already.

    Raises:
        UserError: something differs; names it.
    """
    expected = shapes_of(ref)
    width = f" of width {ref.width}" if ref.name in MODELS else ""
    what = f"a {label_of(ref.name)}{width} with {ref.classes} classes"
    missing = [name for name in expected if name not in found]
    if missing:
        raise UserError(FIELD, path, f"has no {listed(missing)}; expected {what}")
    extra = [name for name in found if name not in expected]
    if extra:
        raise UserError(FIELD, path, f"has the unknown {listed(extra)}; expected {what}")
    wrong = [
        f"{name} ({shape_of(found[name])} instead of {sizes(shape)})"
        for name, shape in expected.items()
        if found[name].shape != shape
    ]
    if wrong:
        hint = _hint(ref, found, expected)
        raise UserError(FIELD, path, f"has another shape in {listed(wrong)}; expected {what}{hint}")
    bad = [name for name, tensor in found.items() if tensor.is_floating_point() and not bool(tensor.isfinite().all())]
    if bad:
        raise UserError(FIELD, path, f"holds NaN or infinity in {listed(bad)}")


def _hint(ref: ModelRef, found: Weights, expected: Mapping[str, tuple[int, ...]]) -> str:
    """Return what else the shapes may say."""
    layout = layout_of(ref.name)
    stem, head = found[layout.stem], found[layout.head]
    other = (
        replace(ref, width=len(stem)) if ref.name in MODELS and stem.dim() == 4 and 0 < len(stem) <= _WIDEST else ref
    )
    if other != ref and _shapes(found) == shapes_of(other):
        return f"; the file's width is {other.width}: give --width {other.width}"
    if len(head) != ref.classes:
        return f"; the file has {len(head)} classes: {_OTHER_CLASSES}"
    if _without_channels(_shapes(found), expected):
        return _COMPACT
    return f" and a 3×3 {layout.stem.removesuffix('.weight')}" if ref.name in MODELS else ""


def _shapes(found: Weights) -> dict[str, tuple[int, ...]]:
    return {name: tuple(tensor.shape) for name, tensor in found.items()}


def _without_channels(found: Mapping[str, tuple[int, ...]], expected: Mapping[str, tuple[int, ...]]) -> bool:
    """Return whether layers differ in their numbers of channels alone."""
    return all(len(found[name]) == len(shape) and found[name][2:] == shape[2:] for name, shape in expected.items())
