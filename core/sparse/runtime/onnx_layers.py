"""The layers that the engine has code for, read from the ONNX operations that make them.

Each function returns the node, or None where the operation does something else than the layer.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from prunesweep.core.sparse.model.graph import (
    Activation,
    Add,
    AvgPool,
    Concat,
    Conv,
    Flatten,
    GlobalMean,
    Linear,
    MaxPool,
    Node,
    Scale,
    TokenLinear,
)
from prunesweep.core.sparse.runtime.onnx_values import Values


def _edges(attributes: dict[str, Any]) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """Return (stride, padding) of a window over a map; None where it is padded otherwise than alike on both sides."""
    pads = attributes.get("pads", [0, 0, 0, 0])
    if attributes.get("auto_pad", "NOTSET") not in ("NOTSET", "VALID") or len(pads) != 4 or pads[:2] != pads[2:]:
        return None
    strides = attributes.get("strides", [1, 1])
    return (strides[0], strides[1]), (pads[0], pads[1])


def _conv(values: Values, proto: Any, attributes: dict[str, Any]) -> Node | None:
    source, weight, edges = values.source(proto.input[0]), values.constant(proto.input[1]), _edges(attributes)
    if source is None or weight is None or weight.ndim != 4 or edges is None:
        return None
    bias = values.constant(proto.input[2]) if len(proto.input) > 2 else np.zeros(len(weight), np.float32)
    if bias is None:
        return None
    dilation = attributes.get("dilations", [1, 1])
    groups = attributes.get("group", 1)
    return Conv(
        values.name(proto), source, weight, bias, *edges, relu=False, groups=groups, dilation=(dilation[0], dilation[1])
    )


def _pool(values: Values, proto: Any, attributes: dict[str, Any]) -> Node | None:
    source, edges = values.source(proto.input[0]), _edges(attributes)
    kernel = attributes["kernel_shape"]
    dilated = any(each != 1 for each in attributes.get("dilations", []))
    if source is None or edges is None or len(kernel) != 2 or dilated:
        return None
    size = kernel[0], kernel[1]
    ceil = bool(attributes.get("ceil_mode", 0)) and not _divides(values.shape(proto.input[0]), size, *edges)
    if proto.op_type == "MaxPool":
        return MaxPool(values.name(proto), source, size, *edges, ceil=ceil)
    counted = bool(attributes.get("count_include_pad", 0)) or not any(edges[1])
    return None if ceil else AvgPool(values.name(proto), source, size, *edges, count_padding=counted)


def _divides(
    shape: tuple[int, ...] | None, size: tuple[int, int], stride: tuple[int, int], padding: tuple[int, int]
) -> bool:
    """Return whether the windows end with the map [C, H, W], so that rounding up or down makes no difference."""
    if shape is None or len(shape) != 3:
        return False
    axes = zip(shape[1:], size, stride, padding, strict=True)
    return all((side + 2 * pad - window) % step == 0 for side, window, step, pad in axes)


def _global_pool(values: Values, proto: Any, attributes: dict[str, Any]) -> Node | None:
    """Also a mean over the last two axes."""
    source, shape = values.source(proto.input[0]), values.shape(proto.input[0])
    if source is None or shape is None or len(shape) != 3:
        return None
    if proto.op_type == "ReduceMean":
        axes = attributes.get("axes")
        if axes is None and len(proto.input) > 1 and proto.input[1] in values.constants:
            axes = values.constants[proto.input[1]].tolist()
        if axes is None or sorted(axis % 4 for axis in axes) != [2, 3]:
            return None
        if not attributes.get("keepdims", 1):
            return GlobalMean(values.name(proto), source)
    return AvgPool(values.name(proto), source, (shape[1], shape[2]), (1, 1), (0, 0), count_padding=True)


def _gemm(values: Values, proto: Any, attributes: dict[str, Any]) -> Node | None:
    source, weight = values.source(proto.input[0]), values.constant(proto.input[1])
    scaled = attributes.get("alpha", 1.0) != 1.0 or attributes.get("beta", 1.0) != 1.0
    if source is None or weight is None or weight.ndim != 2 or scaled or attributes.get("transA", 0):
        return None
    weight = weight if attributes.get("transB", 0) else np.ascontiguousarray(weight.T)
    bias = values.constant(proto.input[2]) if len(proto.input) > 2 else np.zeros(len(weight), np.float32)
    if bias is None or bias.shape not in ((len(weight),), (1, len(weight)), (1,), ()):
        return None
    shift = np.array(np.broadcast_to(bias.reshape(-1), len(weight)))
    return Linear(values.name(proto), source, weight, shift, relu=False)


def _matmul(values: Values, proto: Any, attributes: dict[str, Any]) -> Node | None:
    """Return a linear layer over features, or over the features of each token."""
    del attributes
    source, weight = values.source(proto.input[0]), values.constant(proto.input[1])
    shape = values.shape(proto.input[0]) if source else None
    if source is None or weight is None or weight.ndim != 2 or shape is None or len(shape) not in (1, 2):
        return None
    bias, turned = np.zeros(weight.shape[1], np.float32), np.ascontiguousarray(weight.T)
    if len(shape) == 2:
        return TokenLinear(values.name(proto), source, turned, bias)
    return Linear(values.name(proto), source, turned, bias, relu=False)


def _add(values: Values, proto: Any, attributes: dict[str, Any]) -> Node | None:
    """Return a sum of two maps, or of a map and one number a channel."""
    del attributes
    left, right = (values.source(name) for name in proto.input)
    if left and right:
        same = values.shape(proto.input[0]) == values.shape(proto.input[1])
        return Add(values.name(proto), left, right) if same else None
    return _scaled(values, proto, left, right, np.add)


def _mul(values: Values, proto: Any, attributes: dict[str, Any]) -> Node | None:
    del attributes
    left, right = (values.source(name) for name in proto.input)
    return None if left and right else _scaled(values, proto, left, right, np.multiply)


def _scaled(values: Values, proto: Any, left: str | None, right: str | None, by: Any) -> Node | None:
    """Return a map with one number a channel."""
    source = left or right
    which = 0 if left else 1
    numbers, shape = values.constant(proto.input[1 - which]), values.shape(proto.input[which]) if source else None
    if source is None or numbers is None or shape is None:
        return None
    if len(shape) == 2 and by is np.add and numbers.shape == shape[1:]:
        made = next((node for node in values.nodes if node.out == source), None)
        if (
            isinstance(made, Linear) and not made.bias.any()
        ):  # a bias after `MatMul`: fused in when nobody else reads it
            return Scale(values.name(proto), source, np.ones(shape[1], np.float32), numbers)
        return None
    if len(shape) != 3 or numbers.shape not in ((shape[0], 1, 1), (1, shape[0], 1, 1), (), (1,)):
        return None
    each = np.array(np.broadcast_to(numbers.reshape(-1), shape[0]))
    zeros = np.zeros(shape[0], np.float32)
    weight, bias = (zeros + 1, each) if by is np.add else (each, zeros)
    return Scale(values.name(proto), source, weight, bias)


def _norm(values: Values, proto: Any, attributes: dict[str, Any]) -> Node | None:
    source = values.source(proto.input[0])
    numbers = [values.constant(name) for name in proto.input[1:5]]
    shape = values.shape(proto.input[0]) if source else None
    if source is None or shape is None or len(shape) not in (1, 3) or any(each is None for each in numbers):
        return None
    scale, shift, mean, variance = (np.asarray(each, np.float64) for each in numbers)
    weight = scale / np.sqrt(variance + attributes.get("epsilon", 1e-5))
    bias = shift - mean * weight
    return Scale(values.name(proto), source, weight.astype(np.float32), bias.astype(np.float32))


def _activation(values: Values, proto: Any, attributes: dict[str, Any]) -> Node | None:
    source, shape = values.source(proto.input[0]), values.shape(proto.input[0])
    if source is None or shape is None or len(shape) not in (1, 3):
        return None
    if proto.op_type == "Relu":
        return Activation(values.name(proto), source, "relu")
    if proto.op_type == "HardSigmoid":
        sixth = abs(attributes.get("alpha", 0.2) - 1 / 6) < 1e-6 and attributes.get("beta", 0.5) == 0.5
        return Activation(values.name(proto), source, "hardsigmoid") if sixth else None
    edges = [values.constant(name) for name in proto.input[1:3]]
    clipped = len(edges) == 2 and edges[0] is not None and edges[1] is not None
    relu6 = clipped and float(edges[0].reshape(-1)[0]) == 0 and float(edges[1].reshape(-1)[0]) == 6  # type: ignore[union-attr]
    return Activation(values.name(proto), source, "relu6") if relu6 else None


def _concat(values: Values, proto: Any, attributes: dict[str, Any]) -> Node | None:
    sources = [values.source(name) for name in proto.input]
    shape = values.shape(proto.output[0])
    if any(each is None for each in sources) or shape is None or len(shape) != 3 or attributes["axis"] not in (1, -3):
        return None
    return Concat(values.name(proto), tuple(each for each in sources if each is not None))


def _flatten(values: Values, proto: Any, attributes: dict[str, Any]) -> Node | None:
    """Also a reshape or squeeze to one row an image."""
    del attributes
    source, shape, made = values.source(proto.input[0]), values.shape(proto.input[0]), values.shape(proto.output[0])
    if source is None or shape is None or made is None or len(shape) != 3 or len(made) != 1:
        return None
    return Flatten(values.name(proto), source)


LAYERS: Mapping[str, Callable[[Values, Any, dict[str, Any]], Node | None]] = {
    "Conv": _conv,
    "MaxPool": _pool,
    "AveragePool": _pool,
    "GlobalAveragePool": _global_pool,
    "ReduceMean": _global_pool,
    "Gemm": _gemm,
    "MatMul": _matmul,
    "Add": _add,
    "Mul": _mul,
    "BatchNormalization": _norm,
    "Relu": _activation,
    "Clip": _activation,
    "HardSigmoid": _activation,
    "Concat": _concat,
    "Flatten": _flatten,
    "Reshape": _flatten,
    "Squeeze": _flatten,
}
"""By the operation's name in ONNX. Args: the values so far, the operation, its attributes."""
