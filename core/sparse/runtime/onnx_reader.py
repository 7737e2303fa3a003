"""An ONNX file as a graph: the layers that the engine has code for, and operators for the rest.

onnxruntime reads the file first and simplifies it (constants folded, batch-norm into convolutions), and runs it once
for two and once for three images: so every value's shape is known, whatever way it was computed.
"""

import json
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from prunesweep.core.sparse.model.graph import (
    INPUT,
    Activation,
    Add,
    AvgPool,
    Concat,
    Conv,
    Flatten,
    GlobalMean,
    Graph,
    Linear,
    MaxPool,
    Node,
    Operator,
    Scale,
    TokenLinear,
    map_shapes,
    sources_of,
)

OLDEST, NEWEST = 7, 22
"""Versions of ONNX's operators that are read; those before 15 are converted first."""
_AS_IT_IS, _CONVERTED = 15, 17
_BATCHES = (2, 3)


def graph_of_onnx(model: bytes | Path) -> Graph:
    """Return the graph of a model with one input, float32 images [B, C, H, W], and one output.

    Args:
        model: a file, whose weights may lie in others of its folder, or its content.

    Raises:
        ValueError: it is no such model; one line says what and names the operation.
        ImportError: onnx or onnxruntime is not installed.
    """
    reader = _Reader(_observed(_simplified(_loaded(model))))
    return reader.graph()


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
    return _image_shape(proto), {entry.key: _said(entry.value) for entry in proto.metadata_props}


def _said(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text


def _image_shape(proto: Any) -> tuple[int, int, int]:
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


def _loaded(model: bytes | Path) -> Any:
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


def _simplified(proto: Any) -> Any:
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
class _Observed:
    """A model, and what each of its values was for the two sizes of batch: (shapes, type)."""

    proto: Any
    image_shape: tuple[int, int, int]
    values: Mapping[str, tuple[tuple[tuple[int, ...], ...], str]]


def _taken(proto: Any) -> str:
    """Return the input's name."""
    constants = {each.name for each in proto.graph.initializer}
    return str(next(each.name for each in proto.graph.input if each.name not in constants))


def _observed(proto: Any) -> _Observed:
    import onnx
    import onnxruntime

    shape, taken = _image_shape(proto), _taken(proto)
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
    for batch in _BATCHES:
        images = np.zeros((batch, *shape), np.float32)
        seen.append([(value.shape, value.dtype.name) for value in session.run(names, {taken: images})])
    values: dict[str, tuple[tuple[tuple[int, ...], ...], str]] = {
        name: ((one[0], other[0]), one[1]) for name, one, other in zip(names, seen[0], seen[1], strict=True)
    }
    values[taken] = (tuple((batch, *shape) for batch in _BATCHES), "float32")
    return _Observed(proto, shape, values)


@dataclass
class _Reader:
    """The nodes so far, by the names that values get: a constant's, or a node's."""

    model: _Observed
    nodes: list[Node] = field(default_factory=list)
    constants: dict[str, np.ndarray] = field(default_factory=dict)
    _names: dict[str, str] = field(default_factory=dict)

    def graph(self) -> Graph:
        """Return the whole graph, without what its result does not need."""
        from onnx import numpy_helper

        proto = self.model.proto
        self.constants = {each.name: numpy_helper.to_array(each) for each in proto.graph.initializer}
        self._names[_taken(proto)] = INPUT
        for node in proto.graph.node:
            self._take(node)
        result = self._names[proto.graph.output[0].name]
        opset = max(entry.version for entry in proto.opset_import if entry.domain in ("", "ai.onnx"))
        graph = Graph(self.model.image_shape, tuple(needed(self.nodes, result)), opset)
        graph = replace(graph, nodes=tuple(fused(list(graph.nodes), result, map_shapes(graph))))
        if graph.nodes[-1].out != result:
            raise ValueError("its result is not what its last operation makes")
        map_shapes(graph)
        return graph

    def shape(self, name: str) -> tuple[int, ...] | None:
        """Return a value's shape without B, or None where its first axis is not the images'."""
        shapes, _ = self.model.values[name]
        if any(not one or one[0] != batch for one, batch in zip(shapes, _BATCHES, strict=True)):
            return None
        return shapes[0][1:] if shapes[0][1:] == shapes[1][1:] else None

    def _take(self, proto: Any) -> None:
        from onnx import helper

        if proto.domain not in ("", "ai.onnx"):
            raise ValueError(f"{proto.name or proto.output[0]}: {proto.op_type} of {proto.domain} is not read")
        attributes = {each.name: helper.get_attribute_value(each) for each in proto.attribute}
        if proto.op_type == "Constant":
            self.constants[proto.output[0]] = _constant(attributes)
            return
        if proto.op_type in ("Identity", "Dropout"):
            self._alias(proto.output[0], proto.input[0])
            return
        if proto.op_type == "Split":
            self._split(proto, attributes)
            return
        if len([name for name in proto.output if name]) != 1:
            raise ValueError(f"{proto.name or proto.output[0]}: {proto.op_type} with more than one result is not read")
        plain = {name: _plain(proto, value) for name, value in attributes.items()}
        node = None
        if self.shape(proto.output[0]) is not None:
            node = _LAYERS.get(proto.op_type, _none)(self, proto, plain)
        self._add(proto.output[0], node or self._operator(proto, plain))

    def _add(self, value: str, node: Node) -> None:
        self._names[value] = node.out
        self.nodes.append(node)

    def _alias(self, new: str, old: str) -> None:
        if old in self.constants:
            self.constants[new] = self.constants[old]
        else:
            self._names[new] = self._names[old]

    def _operator(self, proto: Any, attributes: dict[str, Any]) -> Operator:
        constants, inputs = {}, []
        for number, name in enumerate(proto.input):
            if name in self.constants:
                key = f"c{number}"
                constants[key] = self.constants[name]
                inputs.append(key)
            else:
                inputs.append(self._names[name] if name else "")
        if proto.op_type == "Reshape" and "c1" not in constants:
            target = self._target(proto.output[0])
            if target is not None:
                constants["c1"], inputs[1] = target, "c1"
        out = proto.output[0]
        if proto.op_type == "Expand" and "c1" not in constants and self.shape(out) is not None:
            inputs[1] = self._per_image(proto, self.shape(out) or ())
        return Operator(
            self.name(proto), proto.op_type, tuple(inputs), attributes, constants, self.shape(out), self.dtype(out)
        )

    def _target(self, value: str) -> np.ndarray | None:
        """Return a reshape's target without arithmetic, where one axis at most depends on the number of images."""
        one, other = self.model.values[value][0]
        if len(one) != len(other) or sum(a != b for a, b in zip(one, other, strict=True)) > 1:
            return None
        return np.array([a if a == b else -1 for a, b in zip(one, other, strict=True)], np.int64)

    def _per_image(self, proto: Any, rest: tuple[int, ...]) -> str:
        """Return the value [B, *rest] of integers: a shape without further arithmetic."""
        name = self.name(proto)
        count = Operator(f"{name}.batch", "Shape", (INPUT,), {"start": 0, "end": 1}, {}, None, "int64")
        sizes = {"rest": np.array(rest, np.int64)}
        whole = Operator(f"{name}.shape", "Concat", (count.out, "rest"), {"axis": 0}, sizes, None, "int64")
        self.nodes += [count, whole]
        return whole.out

    def dtype(self, name: str) -> str:
        """Return a value's type."""
        return self.model.values[name][1]

    def uses(self, name: str) -> int:
        """Return how many operations read a value."""
        return sum(each == name for node in self.model.proto.graph.node for each in node.input)

    def name(self, proto: Any) -> str:
        """Return a name for a node that no other has."""
        wanted: str = (proto.name or proto.output[0]).strip("/").replace("/", ".") or proto.output[0]
        taken = {INPUT, *(node.out for node in self.nodes)}
        name, number = wanted, 1
        while name in taken:
            number += 1
            name = f"{wanted}#{number}"
        return name

    def source(self, name: str) -> str | None:
        """Return the value of that name, float32 with an axis of images; None for others."""
        if name not in self._names or self.shape(name) is None or self.dtype(name) != "float32":
            return None
        return self._names[name]

    def constant(self, name: str) -> np.ndarray | None:
        """Finite numbers as float32, without −0; or None."""
        array = self.constants.get(name)
        if array is None or array.dtype not in (np.float32, np.float64, np.float16) or not np.isfinite(array).all():
            return None
        return np.ascontiguousarray(array, np.float32).reshape(array.shape) + np.float32(0)

    def _split(self, proto: Any, attributes: dict[str, Any]) -> None:
        """A slice for each part."""
        axis = attributes.get("axis", 0)
        shapes = [self.model.values[name][0][0] for name in proto.output]
        axis, low = axis % len(shapes[0]), 0
        if axis == 0 or any(self.shape(name) is None for name in proto.output):
            raise ValueError(f"{proto.name or proto.output[0]}: Split along the images is not read")
        for name, shape in zip(proto.output, shapes, strict=True):
            high = low + shape[axis]
            numbers = {key: np.array([at], np.int64) for key, at in (("start", low), ("end", high), ("axis", axis))}
            out = f"{self.name(proto)}.{low}"
            inputs = (self._names[proto.input[0]], *numbers)
            self._add(name, Operator(out, "Slice", inputs, {}, numbers, self.shape(name), self.dtype(name)))
            low = high


def _constant(attributes: dict[str, Any]) -> np.ndarray:
    from onnx import numpy_helper

    for name, value in attributes.items():
        if name == "value":
            return numpy_helper.to_array(value)
        if name in ("value_float", "value_floats"):
            return np.array(value, np.float32)
        if name in ("value_int", "value_ints"):
            return np.array(value, np.int64)
    raise ValueError(f"a Constant of {', '.join(attributes)} is not read")


def _plain(proto: Any, value: Any) -> Any:
    """Return an attribute as JSON can hold it."""
    if isinstance(value, bytes):
        return value.decode()
    if isinstance(value, int | float):
        return value
    if isinstance(value, list | tuple) and all(isinstance(each, int | float) for each in value):
        return list(value)
    raise ValueError(f"{proto.name or proto.output[0]}: {proto.op_type} with a tensor or graph inside is not read")


def _none(reader: _Reader, proto: Any, attributes: dict[str, Any]) -> Node | None:
    del reader, proto, attributes
    return None


def _edges(attributes: dict[str, Any]) -> tuple[tuple[int, int], tuple[int, int]] | None:
    """(stride, padding) of a window over a map; None where it is padded otherwise than alike on both sides."""
    pads = attributes.get("pads", [0, 0, 0, 0])
    if attributes.get("auto_pad", "NOTSET") not in ("NOTSET", "VALID") or len(pads) != 4 or pads[:2] != pads[2:]:
        return None
    strides = attributes.get("strides", [1, 1])
    return (strides[0], strides[1]), (pads[0], pads[1])


def _conv(reader: _Reader, proto: Any, attributes: dict[str, Any]) -> Node | None:
    source, weight, edges = reader.source(proto.input[0]), reader.constant(proto.input[1]), _edges(attributes)
    if source is None or weight is None or weight.ndim != 4 or edges is None:
        return None
    bias = reader.constant(proto.input[2]) if len(proto.input) > 2 else np.zeros(len(weight), np.float32)
    if bias is None:
        return None
    dilation = attributes.get("dilations", [1, 1])
    groups = attributes.get("group", 1)
    return Conv(
        reader.name(proto), source, weight, bias, *edges, relu=False, groups=groups, dilation=(dilation[0], dilation[1])
    )


def _pool(reader: _Reader, proto: Any, attributes: dict[str, Any]) -> Node | None:
    source, edges = reader.source(proto.input[0]), _edges(attributes)
    kernel = attributes["kernel_shape"]
    dilated = any(each != 1 for each in attributes.get("dilations", []))
    if source is None or edges is None or len(kernel) != 2 or dilated:
        return None
    ceil, size = bool(attributes.get("ceil_mode", 0)), (kernel[0], kernel[1])
    if proto.op_type == "MaxPool":
        return MaxPool(reader.name(proto), source, size, *edges, ceil=ceil)
    counted = bool(attributes.get("count_include_pad", 0)) or not any(edges[1])
    return None if ceil else AvgPool(reader.name(proto), source, size, *edges, count_padding=counted)


def _global_pool(reader: _Reader, proto: Any, attributes: dict[str, Any]) -> Node | None:
    """Also a mean over the last two axes."""
    source, shape = reader.source(proto.input[0]), reader.shape(proto.input[0])
    if source is None or shape is None or len(shape) != 3:
        return None
    if proto.op_type == "ReduceMean":
        axes = attributes.get("axes")
        if axes is None and len(proto.input) > 1 and proto.input[1] in reader.constants:
            axes = reader.constants[proto.input[1]].tolist()
        if axes is None or sorted(axis % 4 for axis in axes) != [2, 3]:
            return None
        if not attributes.get("keepdims", 1):
            return GlobalMean(reader.name(proto), source)
    return AvgPool(reader.name(proto), source, (shape[1], shape[2]), (1, 1), (0, 0), count_padding=True)


def _gemm(reader: _Reader, proto: Any, attributes: dict[str, Any]) -> Node | None:
    source, weight = reader.source(proto.input[0]), reader.constant(proto.input[1])
    scaled = attributes.get("alpha", 1.0) != 1.0 or attributes.get("beta", 1.0) != 1.0
    if source is None or weight is None or weight.ndim != 2 or scaled or attributes.get("transA", 0):
        return None
    weight = weight if attributes.get("transB", 0) else np.ascontiguousarray(weight.T)
    bias = reader.constant(proto.input[2]) if len(proto.input) > 2 else np.zeros(len(weight), np.float32)
    if bias is None or bias.shape not in ((len(weight),), (1, len(weight)), (1,), ()):
        return None
    shift = np.array(np.broadcast_to(bias.reshape(-1), len(weight)))
    return Linear(reader.name(proto), source, weight, shift, relu=False)


def _matmul(reader: _Reader, proto: Any, attributes: dict[str, Any]) -> Node | None:
    """Return a linear layer over features, or over the features of each token."""
    del attributes
    source, weight = reader.source(proto.input[0]), reader.constant(proto.input[1])
    shape = reader.shape(proto.input[0]) if source else None
    if source is None or weight is None or weight.ndim != 2 or shape is None or len(shape) not in (1, 2):
        return None
    bias, turned = np.zeros(weight.shape[1], np.float32), np.ascontiguousarray(weight.T)
    if len(shape) == 2:
        return TokenLinear(reader.name(proto), source, turned, bias)
    return Linear(reader.name(proto), source, turned, bias, relu=False)


def _add(reader: _Reader, proto: Any, attributes: dict[str, Any]) -> Node | None:
    """Return a sum of two maps, or of a map and one number a channel."""
    del attributes
    left, right = (reader.source(name) for name in proto.input)
    if left and right:
        same = reader.shape(proto.input[0]) == reader.shape(proto.input[1])
        return Add(reader.name(proto), left, right) if same else None
    return _scaled(reader, proto, left, right, np.add)


def _mul(reader: _Reader, proto: Any, attributes: dict[str, Any]) -> Node | None:
    del attributes
    left, right = (reader.source(name) for name in proto.input)
    return None if left and right else _scaled(reader, proto, left, right, np.multiply)


def _scaled(reader: _Reader, proto: Any, left: str | None, right: str | None, by: Any) -> Node | None:
    """Return a map with one number a channel."""
    source = left or right
    which = 0 if left else 1
    numbers, shape = reader.constant(proto.input[1 - which]), reader.shape(proto.input[which]) if source else None
    if source is None or numbers is None or shape is None:
        return None
    if len(shape) == 2 and by is np.add and numbers.shape == shape[1:]:
        made = next((node for node in reader.nodes if node.out == source), None)
        if (
            isinstance(made, Linear) and not made.bias.any()
        ):  # a bias after `MatMul`: fused in when nobody else reads it
            return Scale(reader.name(proto), source, np.ones(shape[1], np.float32), numbers)
        return None
    if len(shape) != 3 or numbers.shape not in ((shape[0], 1, 1), (1, shape[0], 1, 1), (), (1,)):
        return None
    each = np.array(np.broadcast_to(numbers.reshape(-1), shape[0]))
    zeros = np.zeros(shape[0], np.float32)
    weight, bias = (zeros + 1, each) if by is np.add else (each, zeros)
    return Scale(reader.name(proto), source, weight, bias)


def _norm(reader: _Reader, proto: Any, attributes: dict[str, Any]) -> Node | None:
    source = reader.source(proto.input[0])
    numbers = [reader.constant(name) for name in proto.input[1:5]]
    shape = reader.shape(proto.input[0]) if source else None
    if source is None or shape is None or len(shape) not in (1, 3) or any(each is None for each in numbers):
        return None
    scale, shift, mean, variance = (np.asarray(each, np.float64) for each in numbers)
    weight = scale / np.sqrt(variance + attributes.get("epsilon", 1e-5))
    bias = shift - mean * weight
    return Scale(reader.name(proto), source, weight.astype(np.float32), bias.astype(np.float32))


def _activation(reader: _Reader, proto: Any, attributes: dict[str, Any]) -> Node | None:
    source, shape = reader.source(proto.input[0]), reader.shape(proto.input[0])
    if source is None or shape is None or len(shape) not in (1, 3):
        return None
    if proto.op_type == "Relu":
        return Activation(reader.name(proto), source, "relu")
    if proto.op_type == "HardSigmoid":
        sixth = abs(attributes.get("alpha", 0.2) - 1 / 6) < 1e-6 and attributes.get("beta", 0.5) == 0.5
        return Activation(reader.name(proto), source, "hardsigmoid") if sixth else None
    edges = [reader.constant(name) for name in proto.input[1:3]]
    clipped = len(edges) == 2 and edges[0] is not None and edges[1] is not None
    relu6 = clipped and float(edges[0].reshape(-1)[0]) == 0 and float(edges[1].reshape(-1)[0]) == 6  # type: ignore[union-attr]
    return Activation(reader.name(proto), source, "relu6") if relu6 else None


def _concat(reader: _Reader, proto: Any, attributes: dict[str, Any]) -> Node | None:
    sources = [reader.source(name) for name in proto.input]
    shape = reader.shape(proto.output[0])
    if any(each is None for each in sources) or shape is None or len(shape) != 3 or attributes["axis"] not in (1, -3):
        return None
    return Concat(reader.name(proto), tuple(each for each in sources if each is not None))


def _flatten(reader: _Reader, proto: Any, attributes: dict[str, Any]) -> Node | None:
    """Also a reshape or squeeze to one row an image."""
    del attributes
    source, shape, made = reader.source(proto.input[0]), reader.shape(proto.input[0]), reader.shape(proto.output[0])
    if source is None or shape is None or made is None or len(shape) != 3 or len(made) != 1:
        return None
    return Flatten(reader.name(proto), source)


_LAYERS: Mapping[str, Any] = {
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


def needed(nodes: list[Node], result: str) -> list[Node]:
    """Return the nodes that the result needs."""
    wanted, kept = {result}, []
    for node in reversed(nodes):
        if node.out in wanted:
            wanted |= set(sources_of(node))
            kept.append(node)
    return kept[::-1]


def fused(nodes: list[Node], result: str, shapes: Mapping[str, tuple[int, ...]]) -> list[Node]:
    """Return the nodes with ReLUs, sums, scales and global pools inside the layers that they follow, where nobody else
    reads those. shapes: of all values."""
    changed = True
    while changed:
        changed = False
        for at, node in enumerate(nodes):
            if isinstance(node, Scale | Activation | Add | Flatten):
                made = _fusion(nodes, at, result, shapes)
                if made is not None:
                    nodes, changed = made, True
                    break
    return nodes


def _fusion(nodes: list[Node], at: int, result: str, shapes: Mapping[str, tuple[int, ...]]) -> list[Node] | None:
    """Return the nodes with number `at` inside another, or None."""
    node = nodes[at]
    places = {each.out: number for number, each in enumerate(nodes)}
    readers = [name for each in nodes for name in sources_of(each)]
    source = max(sources_of(node), key=lambda name: places.get(name, -1))
    if source not in places or readers.count(source) != 1 or source == result:
        return None
    made = nodes[places[source]]
    if isinstance(node, Flatten) and shapes[source][1:] != (1, 1):
        return None
    joined = _joined(made, node, source)
    if joined is None:
        return None
    # It stands where the later one stood, under that one's name: all that it reads is made by then.
    return [joined if number == at else each for number, each in enumerate(nodes) if number != places[source]]


def _joined(made: Node, node: Node, source: str) -> Node | None:
    """Return one node that does what `made` and then `node` do, under the name of the latter."""
    if isinstance(node, Flatten):
        whole = isinstance(made, AvgPool) and made.stride == (1, 1) and made.padding == (0, 0) and made.count_padding
        return GlobalMean(node.out, made.source) if whole and isinstance(made, AvgPool) else None
    if not isinstance(made, Conv | Linear) or made.relu:
        return None
    if isinstance(node, Activation):
        return replace(made, out=node.out, relu=True) if node.kind == "relu" else None
    added = isinstance(made, Conv) and made.add is not None
    if isinstance(node, Scale) and not added:
        scale = node.weight.astype(np.float64)
        weight = made.weight * scale.reshape(-1, *[1] * (made.weight.ndim - 1))
        bias = made.bias * scale + node.bias
        numbers = [np.ascontiguousarray(each, np.float32) + np.float32(0) for each in (weight, bias)]
        if not all(np.isfinite(each).all() for each in numbers):
            return None
        return replace(made, out=node.out, weight=numbers[0], bias=numbers[1])
    if isinstance(node, Add) and isinstance(made, Conv) and not added:
        other = node.other if node.source == source else node.source
        return replace(made, out=node.out, add=other)
    return None
