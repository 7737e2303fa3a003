"""Reads anybody's checkpoint file into one of our networks, or says which part of it does not fit.

Nothing in a file is ever executed: `.pt` files are read with `weights_only=True`, which knows tensors and plain
containers only.
"""

import pickle
import re
import warnings
import zipfile
from collections.abc import Mapping
from pathlib import Path

import safetensors
import safetensors.torch
import torch
from safetensors import SafetensorError
from torch import nn

from prunesweep.core.artifacts.checkpoint import unpack
from prunesweep.core.artifacts.tensors import HEADER as CHECKPOINT
from prunesweep.core.errors import StageError, UserError
from prunesweep.core.plan.models import MODELS, ModelRef
from prunesweep.core.training.models import layout_of, load_model, shapes_of

FIELD = "file"
_SHOWN = 3
_SPARSE_VALUES = 2**28
"""Values of sparse tensors in a file, as dense ones: 1 GiB. A few bytes could claim any number of them."""
_WIDEST = 1024
_MOST_CLASSES = 100_000
_SAVE = "save it with torch.save(model.state_dict(), FILE)"
Weights = dict[str, torch.Tensor]


def load_network(path: Path, model: str) -> nn.Module:
    """Return the network of a `state_dict` file (`.safetensors`, or what torch.save wrote), on the CPU, in fp32.

    Width and number of classes are read off the shapes of the first and the last weight. Pairs that
    torch.nn.utils.prune leaves (`weight_orig`, `weight_mask`) are multiplied.

    Raises:
        UserError: not such a file; names the key or the shape that is wrong.
    """
    weights = _folded(path, _plain(path, _read(path)))
    ref = _ref(path, model, weights)
    _compare(path, ref, weights)
    return load_model(ref, weights).eval()


def _read(path: Path) -> object:
    if path.suffix in (".packed", ".onnx"):
        fix = "is for inference only, and no network can be made of it; give the .pt or .safetensors file of it"
        raise UserError(FIELD, path, fix)
    try:
        if path.suffix == ".safetensors":
            with safetensors.safe_open(path, framework="pt") as file:
                ours = CHECKPOINT in (file.metadata() or {})
            return unpack(path.read_bytes()).weights if ours else safetensors.torch.load_file(path)
        _check_archive(path)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of archives that hold code; the error says it
            return torch.load(path, map_location="cpu", weights_only=True)
    except UserError:
        raise
    except StageError as error:
        raise UserError(FIELD, path, f"is {error}") from None
    except OSError as error:
        raise UserError(FIELD, path, f"cannot be read: {error.strerror or error}") from None
    except SafetensorError as error:
        raise UserError(FIELD, path, f"is not a safetensors file: {error}") from None
    except pickle.UnpicklingError as error:
        raise UserError(FIELD, path, _refusal(str(error))) from None
    except Exception:  # whatever a damaged archive makes the reader trip over
        raise UserError(FIELD, path, f"is not a file that torch.save wrote; {_SAVE}") from None


def _check_archive(path: Path) -> None:
    """Raise UserError for a compressed archive: torch makes none, and its few bytes could fill any memory."""
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            if any(entry.compress_type != zipfile.ZIP_STORED for entry in archive.infolist()):
                raise UserError(FIELD, path, f"is a compressed archive; {_SAVE}")


def _refusal(text: str) -> str:
    """Why torch would not read a pickle, in a few words."""
    names = re.search(r"GLOBAL ([\w.]+)", text) or re.search(r"(?:class|type|global) ([\w.]+\.[\w.]+)", text)
    what = f" ({names[1]})" if names else ""
    return f"holds more than tensors{what}, which is never executed here; {_SAVE}"


def _plain(path: Path, content: object) -> Weights:
    """Return the content as name → tensor, floating point in fp32.

    Raises:
        UserError: something else.
    """
    if not isinstance(content, Mapping) or not content:
        raise UserError(FIELD, path, f"holds a {type(content).__name__}, not a state_dict; {_SAVE}")
    weights: Weights = {}
    sparse = sum(v.numel() for v in content.values() if isinstance(v, torch.Tensor) and v.layout != torch.strided)
    if sparse > _SPARSE_VALUES:
        raise UserError(FIELD, path, f"holds sparse tensors of {sparse:,} values; save them dense")
    for name, value in content.items():
        if not isinstance(value, torch.Tensor):
            what = f"key {str(name)!r} holds a {type(value).__name__}, not a tensor"
            raise UserError(FIELD, path, f"{what}: not a plain state_dict; {_SAVE}")
        if value.device.type != "cpu" or value.is_complex() or value.is_quantized or _is_blown_up(value):
            raise UserError(FIELD, path, f"key {str(name)!r} holds no plain real numbers; {_SAVE}")
        dense = value.detach().to_dense() if value.layout != torch.strided else value.detach()
        weights[str(name)] = dense.float() if dense.is_floating_point() else dense
    return weights


def _is_blown_up(tensor: torch.Tensor) -> bool:
    """Return True for a view that shows more values than are stored: to widen it would take memory that the file
    doesn't."""
    if tensor.layout != torch.strided:
        return False
    return tensor.numel() * tensor.element_size() > tensor.untyped_storage().nbytes()


def _folded(path: Path, weights: Weights) -> Weights:
    """Multiply each `X_orig` with its `X_mask`."""
    folded: Weights = {}
    for name, tensor in weights.items():
        stem = name.removesuffix("_orig")
        mask = weights.get(f"{stem}_mask")
        if stem != name and mask is not None:
            if mask.shape != tensor.shape:
                raise UserError(FIELD, path, f"{stem}_mask is {_shape(mask)}, {name} is {_shape(tensor)}")
            folded[stem] = tensor * mask
        elif not (name.endswith("_mask") and f"{name.removesuffix('_mask')}_orig" in weights):
            folded[name] = tensor
    return folded


def _ref(path: Path, model: str, weights: Weights) -> ModelRef:
    layout = layout_of(model)
    _check_name(path, model, weights)
    ends = []
    for name, dims in ((layout.stem, 4), (layout.head, 2)):
        if name not in weights:
            near = f"; it has {_listed(list(weights))}" if weights else ""
            raise UserError(FIELD, path, f"has no {name}: not a state_dict of {model}{near}")
        if weights[name].dim() != dims or weights[name].numel() == 0:
            raise UserError(FIELD, path, f"{name} is {_shape(weights[name])}: not a {model}")
        ends.append(weights[name])
    width, classes = (len(tensor) for tensor in ends)
    if width > _WIDEST or classes > _MOST_CLASSES:
        shapes = f"{layout.stem} is {_shape(ends[0])}, {layout.head} is {_shape(ends[1])}"
        raise UserError(FIELD, path, f"{shapes}: not a {model}")
    return ModelRef(model, width, classes)


def _check_name(path: Path, model: str, weights: Weights) -> None:
    """Raise UserError for the names of another network of ours."""
    if weights.keys() != layout_of(model).names:
        others = [name for name in MODELS if weights.keys() == layout_of(name).names]
        if others:
            raise UserError(FIELD, path, f"holds a {' or '.join(others)}, not a {model}; give --model {others[0]}")


def _compare(path: Path, ref: ModelRef, found: Weights) -> None:
    """Raise UserError unless keys and shapes are the network's, and every number is finite. All of it before a network
    of that size is made: whatever is allocated then lies in the file already."""
    expected = shapes_of(ref)
    what = f"a {ref.name} of width {ref.width} with {ref.classes} classes"
    missing = [name for name in expected if name not in found]
    if missing:
        raise UserError(FIELD, path, f"has no {_listed(missing)}; expected {what}")
    extra = [name for name in found if name not in expected]
    if extra:
        raise UserError(FIELD, path, f"has the unknown {_listed(extra)}; expected {what}")
    wrong = [
        f"{name} ({_shape(found[name])} instead of {_sizes(shape)})"
        for name, shape in expected.items()
        if found[name].shape != shape
    ]
    if wrong:
        stem = layout_of(ref.name).stem.removesuffix(".weight")
        raise UserError(FIELD, path, f"has another shape in {_listed(wrong)}; expected {what} and a 3×3 {stem}")
    bad = [name for name, tensor in found.items() if tensor.is_floating_point() and not bool(tensor.isfinite().all())]
    if bad:
        raise UserError(FIELD, path, f"holds NaN or infinity in {_listed(bad)}")


def _shape(tensor: torch.Tensor) -> str:
    return _sizes(tensor.shape)


def _sizes(shape: torch.Size) -> str:
    return "×".join(map(str, shape)) or "a single number"


def _listed(names: list[str]) -> str:
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return ", ".join(name[:120] for name in names[:_SHOWN]) + more
