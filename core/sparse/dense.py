"""The same graph by onnxruntime, for where few weights are zero or the processor lacks what the engine needs."""

from collections.abc import Callable
from typing import Any

import numpy as np

from core.sparse.graph import INPUT, GlobalMean, Graph, Linear, MaxPool, Node

_OPSET = 17
_IR_VERSION = 9

Run = Callable[[np.ndarray], np.ndarray]


def dense_run(graph: Graph, threads: int) -> Run | None:
    """A function from images [B, C, H, W] to results [B, O], or None where onnx or onnxruntime is not installed."""
    try:
        import onnxruntime
    except ImportError:
        return None
    model = onnx_bytes(graph)
    if model is None:
        return None
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])

    def run(images: np.ndarray) -> np.ndarray:
        result: np.ndarray = session.run(None, {INPUT: images})[0]
        return result

    return run


def onnx_bytes(graph: Graph) -> bytes | None:
    """The graph as an ONNX file's content (opset 17), any batch; None where onnx is not installed."""
    try:
        from onnx import TensorProto, helper, numpy_helper
    except ImportError:
        return None
    nodes, constants = [], []

    def constant(name: str, value: np.ndarray) -> str:
        constants.append(numpy_helper.from_array(np.ascontiguousarray(value, np.float32), name))
        return name

    for node in graph.nodes:
        for kind, inputs, out, attributes in _operations(node, constant):
            nodes.append(helper.make_node(kind, inputs, [out], **attributes))
    shape = helper.make_tensor_value_info(INPUT, TensorProto.FLOAT, ["batch", *graph.image_shape])
    result = helper.make_tensor_value_info(graph.nodes[-1].out, TensorProto.FLOAT, None)
    made = helper.make_graph(nodes, "network", [shape], [result], constants)
    opset = [helper.make_opsetid("", _OPSET)]
    content: bytes = helper.make_model(made, opset_imports=opset, ir_version=_IR_VERSION).SerializeToString()
    return content


Operation = tuple[str, list[str], str, dict[str, Any]]


def _operations(node: Node, constant: Callable[[str, np.ndarray], str]) -> list[Operation]:
    if isinstance(node, GlobalMean):
        return [("ReduceMean", [node.source], node.out, {"axes": [2, 3], "keepdims": 0})]
    if isinstance(node, MaxPool):
        pads = [*node.padding, *node.padding]
        window = {"kernel_shape": list(node.kernel), "strides": list(node.stride), "pads": pads}
        return [("MaxPool", [node.source], node.out, {**window, "ceil_mode": int(node.ceil)})]
    weight, bias = constant(f"{node.out}.weight", node.weight), constant(f"{node.out}.bias", node.bias)
    inputs = [node.source, weight, bias]
    if isinstance(node, Linear):
        chain: list[Operation] = [("Gemm", inputs, node.out, {"transB": 1})]
    else:
        chain = [("Conv", inputs, node.out, {"strides": list(node.stride), "pads": [*node.padding, *node.padding]})]
        if node.add is not None:
            chain.append(("Add", ["", node.add], node.out, {}))
    if node.relu:
        chain.append(("Relu", [""], node.out, {}))
    # Only the last of a chain carries the node's name; each reads the one before.
    linked = []
    for number, (kind, reads, out, attributes) in enumerate(chain):
        name = out if number == len(chain) - 1 else f"{out}.{number}"
        linked.append((kind, [f"{out}.{number - 1}" if read == "" else read for read in reads], name, attributes))
    return linked
