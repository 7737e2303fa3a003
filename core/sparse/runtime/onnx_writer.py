"""Writes a graph, or some nodes of one, as an ONNX file."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
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
)
from prunesweep.core.sparse.model.shapes import map_shapes

OUTPUT = "logits"

_IR_VERSION = 9


def onnx_bytes(graph: Graph, batch: int | None = None, meta: Mapping[str, str] | None = None) -> bytes | None:
    """Return the graph as an ONNX file's content (of its opset): input `images`, result `logits`; None where onnx is
    not installed.

    Args:
        batch: for batches of just this size, so that whoever runs it can plan its memory; None = any.
        meta: goes into the file's `metadata_props`.
    """
    try:
        import onnx  # noqa: F401
    except ImportError:
        return None
    nodes = (*graph.nodes[:-1], replace(graph.nodes[-1], out=OUTPUT))
    outputs = map_shapes(graph)[graph.nodes[-1].out]
    size = "batch" if batch is None else batch
    return model_bytes(
        nodes, [Value(INPUT, (size, *graph.image_shape))], [Value(OUTPUT, (size, *outputs))], graph.opset, meta
    )


@dataclass(frozen=True)
class Value:
    """A model's input or output. shape: with B, which may be a word; None: not said."""

    name: str
    shape: tuple[int | str, ...] | None
    dtype: str = "float32"


def model_bytes(
    nodes: Sequence[Node],
    inputs: Sequence[Value],
    outputs: Sequence[Value],
    opset: int,
    meta: Mapping[str, str] | None = None,
) -> bytes:
    """Return nodes as an ONNX file's content.

    Raises:
        ImportError: onnx is not installed.
    """
    from onnx import helper, numpy_helper

    made, constants = [], []

    def constant(name: str, value: np.ndarray) -> str:
        constants.append(numpy_helper.from_array(np.ascontiguousarray(value).reshape(value.shape), name))
        return name

    for node in nodes:
        for kind, reads, out, attributes in _operations(node, constant):
            made.append(helper.make_node(kind, reads, [out], **attributes))
    graph = helper.make_graph(made, "network", _infos(inputs), _infos(outputs), constants)
    model = helper.make_model(
        graph,
        opset_imports=[helper.make_opsetid("", opset)],
        ir_version=_IR_VERSION,
        producer_name="prunesweep",
    )
    helper.set_model_props(model, dict(meta or {}))
    content: bytes = model.SerializeToString()
    return content


def _infos(values: Sequence[Value]) -> list[Any]:
    from onnx import helper

    return [
        helper.make_tensor_value_info(value.name, helper.np_dtype_to_tensor_dtype(np.dtype(value.dtype)), value.shape)
        for value in values
    ]


Operation = tuple[str, list[str], str, dict[str, Any]]

Constant = Callable[[str, np.ndarray], str]

Chain = list[tuple[str, list[str], dict[str, Any]]]


def _operations(node: Node, constant: Constant) -> list[Operation]:
    """Return what a node comes to in ONNX. Only the last operation carries the node's name; each reads the one
    before."""
    if isinstance(node, Operator):
        names = {name: constant(f"{node.out}.{name}", value) for name, value in node.constants.items()}
        return [(node.kind, [names.get(name, name) for name in node.inputs], node.out, node.attributes)]
    chain = _chain(node, constant)
    linked = []
    for number, (kind, reads, attributes) in enumerate(chain):
        name = node.out if number == len(chain) - 1 else f"{node.out}.{number}"
        linked.append((kind, [read or f"{node.out}.{number - 1}" for read in reads], name, attributes))
    return linked


def _chain(node: Node, constant: Constant) -> Chain:
    """Return (kind, inputs, attributes); an empty input is the operation before."""
    match node:
        case GlobalMean():
            # Not ReduceMean, the same number: onnxruntime keeps its blocked layout through a pool.
            return [("GlobalAveragePool", [node.source], {}), ("Flatten", [""], {"axis": 1})]
        case MaxPool():
            return [("MaxPool", [node.source], {**_window(node), "ceil_mode": int(node.ceil)})]
        case AvgPool():
            return [("AveragePool", [node.source], {**_window(node), "count_include_pad": int(node.count_padding)})]
        case Add():
            return [("Add", [node.source, node.other], {})]
        case Concat():
            return [("Concat", list(node.sources), {"axis": 1})]
        case Flatten():
            return [("Flatten", [node.source], {"axis": 1})]
        case Activation():
            return _activation(node, constant)
        case Scale():
            return _scale(node, constant)
        case TokenLinear():
            weight, bias = constant(f"{node.out}.weight", node.weight.T), constant(f"{node.out}.bias", node.bias)
            return [("MatMul", [node.source, weight], {}), ("Add", ["", bias], {})]
        case Conv() | Linear():
            return _layer(node, constant)
        case _:
            raise ValueError(f"{node.out}: no operation of ONNX")


def _window(node: MaxPool | AvgPool) -> dict[str, Any]:
    pads = [*node.padding, *node.padding]
    return {"kernel_shape": list(node.kernel), "strides": list(node.stride), "pads": pads}


def _activation(node: Activation, constant: Constant) -> Chain:
    if node.kind == "relu6":
        edges = [constant(f"{node.out}.{at}", np.array(at, np.float32)) for at in (0, 6)]
        return [("Clip", [node.source, *edges], {})]
    if node.kind == "hardsigmoid":
        return [("HardSigmoid", [node.source], {"alpha": 1 / 6, "beta": 0.5})]
    return [("Relu", [node.source], {})]


def _scale(node: Scale, constant: Constant) -> Chain:
    """Write it as a batch-norm: it takes one number a channel whatever the shape. Where all channels have the same
    number, as what it was in the file: libraries know a GELU by its additions and multiplications."""
    count = len(node.weight)
    weights, biases = (np.unique(values) for values in (node.weight, node.bias))
    if len(weights) == 1 and not biases.any():
        return [("Mul", [node.source, constant(f"{node.out}.weight", weights.reshape(()))], {})]
    if len(biases) == 1 and (weights == 1).all():
        return [("Add", [node.source, constant(f"{node.out}.bias", biases.reshape(()))], {})]
    numbers = (node.weight, node.bias, np.zeros(count, np.float32), np.ones(count, np.float32))
    names = ("weight", "bias", "mean", "variance")
    inputs = [constant(f"{node.out}.{name}", values) for name, values in zip(names, numbers, strict=True)]
    return [("BatchNormalization", [node.source, *inputs], {"epsilon": 0.0})]


def _layer(node: Conv | Linear, constant: Constant) -> Chain:
    inputs = [node.source, constant(f"{node.out}.weight", node.weight), constant(f"{node.out}.bias", node.bias)]
    chain: Chain
    if isinstance(node, Linear):
        chain = [("Gemm", inputs, {"transB": 1})]
    else:
        edges: dict[str, Any] = {"strides": list(node.stride), "pads": [*node.padding, *node.padding]}
        if not node.plain:
            edges |= {"group": node.groups, "dilations": list(node.dilation)}
        chain = [("Conv", inputs, edges)]
        if node.add is not None:
            chain.append(("Add", ["", node.add], {}))
    return [*chain, ("Relu", [""], {})] if node.relu else chain
