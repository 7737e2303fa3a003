"""An ONNX model as a file has it, as onnxruntime simplifies it, and what each of its values was in a run."""

import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

OLDEST, NEWEST = 7, 22
"""Versions of ONNX's operators that are read; those before 15 are converted first."""
_AS_IT_IS, _CONVERTED = 15, 17
BATCHES = (2, 3)
"""Numbers of images that a model runs for, to see which axes depend on them."""


def onnx_facts(path: Path) -> tuple[tuple[int, int, int], dict[str, Any]]:
    """Return the images' shape (C, H, W) of a file, and what its `metadata_props` say: JSON where it is some.

    Raises:
        ValueError: no such file, or its input is no images.
        ImportError: onnx is not installed.
    """
    import onnx

    try:
        proto = onnx.load(str(path), load_external_data=False)
    except OSError as error:
        raise ValueError(f"cannot be read: {error.strerror or error}") from None
    except Exception:  # protobuf's own, which is no class of onnx
        raise ValueError("is no ONNX file") from None
    return image_shape_of(proto), {entry.key: _said(entry.value) for entry in proto.metadata_props}


def _said(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def image_shape_of(proto: Any) -> tuple[int, int, int]:
    """Return the shape (C, H, W) of the one input.

    Raises:
        ValueError: it has others.
    """
    import onnx

    constants = {each.name for each in proto.graph.initializer}
    inputs = [each for each in proto.graph.input if each.name not in constants]
    if len(inputs) != 1 or len(proto.graph.output) != 1:
        raise ValueError(f"it has {len(inputs)} inputs and {len(proto.graph.output)} outputs, not one of each")
    dims = [each.dim_value for each in inputs[0].type.tensor_type.shape.dim]
    if len(dims) != 4 or min(dims[1:]) < 1:
        raise ValueError(f"its input is {dims}, not [B, C, H, W] with known C, H and W")
    if inputs[0].type.tensor_type.elem_type != onnx.TensorProto.FLOAT:
        raise ValueError("its input is not float32")
    if dims[0] > 0:
        raise ValueError(f"it takes batches of {dims[0]} only; export it with a dynamic batch axis")
    return dims[1], dims[2], dims[3]


def loaded(model: bytes | Path) -> Any:
    """Return the model with all its numbers, of an opset that is read.

    onnx itself refuses external data outside of the model's folder.
    """
    import onnx

    if isinstance(model, Path):
        proto = onnx.load(str(model))
        onnx.checker.check_model(str(model))
    else:
        proto = onnx.load_from_string(model)
        onnx.checker.check_model(proto)
    for entry in proto.opset_import:
        if entry.domain not in ("", "ai.onnx"):
            raise ValueError(f"operators of {entry.domain!r} are not ONNX's own")
    version = max(entry.version for entry in proto.opset_import)
    if not OLDEST <= version <= NEWEST:
        raise ValueError(f"opset {version}; {OLDEST} to {NEWEST} are read")
    if version < _AS_IT_IS:
        proto = onnx.version_converter.convert_version(proto, _CONVERTED)
    return proto


def simplified(proto: Any) -> Any:
    """Return what onnxruntime makes of it with operators of ONNX only."""
    import onnx
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.log_severity_level = 4
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "simple.onnx"
        options.optimized_model_filepath = str(path)
        onnxruntime.InferenceSession(proto.SerializeToString(), options, providers=["CPUExecutionProvider"])
        return onnx.load(str(path))


@dataclass(frozen=True, eq=False)
class ObservedModel:
    """A model, and what each of its values was for the two sizes of batch: (shapes, type)."""

    proto: Any
    image_shape: tuple[int, int, int]
    values: Mapping[str, tuple[tuple[tuple[int, ...], ...], str]]


def input_name(proto: Any) -> str:
    """Return the input's name."""
    constants = {each.name for each in proto.graph.initializer}
    return str(next(each.name for each in proto.graph.input if each.name not in constants))


def observed(proto: Any) -> ObservedModel:
    """Return the model with what it computed in two runs, of `BATCHES` images that are zeros."""
    import onnx
    import onnxruntime

    shape, taken = image_shape_of(proto), input_name(proto)
    names = [name for node in proto.graph.node for name in node.output if name]
    watched = onnx.ModelProto()
    watched.CopyFrom(proto)
    del watched.graph.output[:]
    watched.graph.output.extend(onnx.ValueInfoProto(name=name) for name in names)
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 4
    session = onnxruntime.InferenceSession(watched.SerializeToString(), options, providers=["CPUExecutionProvider"])
    seen = []
    for batch in BATCHES:
        images = np.zeros((batch, *shape), np.float32)
        seen.append([(value.shape, value.dtype.name) for value in session.run(names, {taken: images})])
    values: dict[str, tuple[tuple[tuple[int, ...], ...], str]] = {
        name: ((one[0], other[0]), one[1]) for name, one, other in zip(names, seen[0], seen[1], strict=True)
    }
    values[taken] = (tuple((batch, *shape) for batch in BATCHES), "float32")
    return ObservedModel(proto, shape, values)
