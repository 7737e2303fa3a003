"""An ONNX file as a graph: the layers that the engine has code for, and operators for the rest.

onnxruntime reads the file first and simplifies it (constants folded, batch-norm into convolutions), and runs it once
for two and once for three images: so every value's shape is known, whatever way it was computed.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from prunesweep.core.sparse.model.fusion import fused, needed
from prunesweep.core.sparse.model.graph import INPUT, Graph, Node, Operator
from prunesweep.core.sparse.model.shapes import map_shapes
from prunesweep.core.sparse.runtime.onnx_layers import LAYERS
from prunesweep.core.sparse.runtime.onnx_model import input_name, loaded, observed, simplified
from prunesweep.core.sparse.runtime.onnx_values import Values


def graph_of_onnx(model: bytes | Path) -> Graph:
    """Return the graph of a model with one input, float32 images [B, C, H, W], and one output.

    Args:
        model: a file, whose weights may lie in others of its folder, or its content.

    Raises:
        ValueError: it is no such model; one line says what and names the operation.
        ImportError: onnx or onnxruntime is not installed.
    """
    reader = _Reader(observed(simplified(loaded(model))))
    return reader.graph()


class _Reader(Values):
    """Takes one operation after the other."""

    def graph(self) -> Graph:
        """Return the whole graph, without what its result does not need."""
        from onnx import numpy_helper

        proto = self.model.proto
        self.constants = {each.name: numpy_helper.to_array(each) for each in proto.graph.initializer}
        self.names[input_name(proto)] = INPUT
        for node in proto.graph.node:
            self._take(node)
        result = self.names[proto.graph.output[0].name]
        opset = max(entry.version for entry in proto.opset_import if entry.domain in ("", "ai.onnx"))
        graph = Graph(self.model.image_shape, tuple(needed(self.nodes, result)), opset)
        graph = replace(graph, nodes=tuple(fused(list(graph.nodes), result, map_shapes(graph))))
        if graph.nodes[-1].out != result:
            raise ValueError("its result is not what its last operation makes")
        map_shapes(graph)
        return graph

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
        layer = None if self.shape(proto.output[0]) is None else LAYERS.get(proto.op_type)
        node = None if layer is None else layer(self, proto, plain)
        self._add(proto.output[0], node or self._operator(proto, plain))

    def _add(self, value: str, node: Node) -> None:
        self.names[value] = node.out
        self.nodes.append(node)

    def _alias(self, new: str, old: str) -> None:
        if old in self.constants:
            self.constants[new] = self.constants[old]
        else:
            self.names[new] = self.names[old]

    def _operator(self, proto: Any, attributes: dict[str, Any]) -> Operator:
        constants, inputs = {}, []
        for number, name in enumerate(proto.input):
            if name in self.constants:
                key = f"c{number}"
                constants[key] = self.constants[name]
                inputs.append(key)
            else:
                inputs.append(self.names[name] if name else "")
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

    def _split(self, proto: Any, attributes: dict[str, Any]) -> None:
        """Read a slice for each part."""
        axis = attributes.get("axis", 0)
        shapes = [self.model.values[name][0][0] for name in proto.output]
        axis, low = axis % len(shapes[0]), 0
        if axis == 0 or any(self.shape(name) is None for name in proto.output):
            raise ValueError(f"{proto.name or proto.output[0]}: Split along the images is not read")
        for name, shape in zip(proto.output, shapes, strict=True):
            high = low + shape[axis]
            numbers = {key: np.array([at], np.int64) for key, at in (("start", low), ("end", high), ("axis", axis))}
            out = f"{self.name(proto)}.{low}"
            inputs = (self.names[proto.input[0]], *numbers)
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
