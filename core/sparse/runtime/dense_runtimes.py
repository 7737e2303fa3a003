"""The same graph as an ONNX file, and run by onnxruntime or OpenVINO: for where few weights are zero, or the processor
lacks what the engine needs."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

from prunesweep.core.sparse.model.graph import INPUT, GlobalMean, Graph, Linear, MaxPool, Node, map_shapes
from prunesweep.core.sparse.runtime.openvino import fp32, openvino

OUTPUT = "logits"

_OPSET = 17
_IR_VERSION = 9
_SIZES = 8
"""Sizes of batch that OpenVINO keeps a compiled network for: each is as large as the weights."""

Run = Callable[[np.ndarray], np.ndarray]
"""From images [B, C, H, W] to results [B, O]. A result is the caller's: no later call changes it. The images are read
during the call only."""


def dense_runs(graph: Graph, threads: int, only: str = "") -> dict[str, Run]:
    """Return functions from images [B, C, H, W] to results [B, O], by the names of those who run them.

    Left out is who is not installed (all of them without onnx), who refuses the graph, and who isn't `only`.
    """
    runs: dict[str, Run] = {}
    for name, made in (("onnxruntime", _session), ("OpenVINO", _compiled)):
        if only not in ("", name):
            continue
        # Whatever a library trips over in this graph, the others may run it, and so does the engine's own code.
        with suppress(Exception):
            model = onnx_bytes(graph)
            run = None if model is None else made(model, threads)
            if run is not None:
                runs[name] = run
    return runs


def file_run(path: Path) -> Run | None:
    """Return the same for a file that `onnx_bytes` made."""
    return _session(str(path), 1)


def _session(model: bytes | str, threads: int) -> Run | None:
    try:
        import onnxruntime
    except ImportError:
        return None
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])

    def run(images: np.ndarray) -> np.ndarray:
        result: np.ndarray = session.run(None, {INPUT: images})[0]
        return result

    return run


def _compiled(model: bytes, threads: int) -> Run | None:
    try:
        core = openvino().Core()
    except ImportError:
        return None
    network = core.read_model(model)
    sizes: dict[int, Any] = {}

    def run(images: np.ndarray) -> np.ndarray:
        # It plans for one size of batch: with any size a single image takes longer.
        if len(images) not in sizes:
            if len(sizes) == _SIZES:
                del sizes[next(iter(sizes))]
            network.reshape(list(images.shape))
            sizes[len(images)] = core.compile_model(network, "CPU", fp32(threads)).create_infer_request()
        result: np.ndarray = sizes[len(images)].infer([np.ascontiguousarray(images)], share_inputs=True)[0]
        return result

    return run


def onnx_bytes(graph: Graph, batch: int | None = None, meta: Mapping[str, str] | None = None) -> bytes | None:
    """Return the graph as an ONNX file's content (opset 17): input `images`, result `logits`; None where onnx is not
    installed.

    Args:
        batch: for batches of just this size, so that whoever runs it can plan its memory; None = any.
        meta: goes into the file's `metadata_props`.
    """
    try:
        from onnx import TensorProto, helper, numpy_helper
    except ImportError:
        return None
    nodes, constants = [], []

    def constant(name: str, value: np.ndarray) -> str:
        constants.append(numpy_helper.from_array(np.ascontiguousarray(value, np.float32), name))
        return name

    outputs = map_shapes(graph)[graph.nodes[-1].out]
    for node in (*graph.nodes[:-1], replace(graph.nodes[-1], out=OUTPUT)):
        for kind, inputs, out, attributes in _operations(node, constant):
            nodes.append(helper.make_node(kind, inputs, [out], **attributes))
    size = "batch" if batch is None else batch
    images = helper.make_tensor_value_info(INPUT, TensorProto.FLOAT, [size, *graph.image_shape])
    result = helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, [size, *outputs])
    made = helper.make_graph(nodes, "network", [images], [result], constants)
    model = helper.make_model(
        made,
        opset_imports=[helper.make_opsetid("", _OPSET)],
        ir_version=_IR_VERSION,
        producer_name="prunesweep",
    )
    helper.set_model_props(model, dict(meta or {}))
    content: bytes = model.SerializeToString()
    return content


Operation = tuple[str, list[str], str, dict[str, Any]]


def _operations(node: Node, constant: Callable[[str, np.ndarray], str]) -> list[Operation]:
    """Return what a node comes to in ONNX. Only the last operation carries the node's name; each reads the one
    before."""
    chain = _chain(node, constant)
    linked = []
    for number, (kind, reads, attributes) in enumerate(chain):
        name = node.out if number == len(chain) - 1 else f"{node.out}.{number}"
        linked.append((kind, [read or f"{node.out}.{number - 1}" for read in reads], name, attributes))
    return linked


def _chain(node: Node, constant: Callable[[str, np.ndarray], str]) -> list[tuple[str, list[str], dict[str, Any]]]:
    """(kind, inputs, attributes); an empty input is the operation before."""
    if isinstance(node, GlobalMean):
        # Not ReduceMean, the same number: onnxruntime keeps its blocked layout through a pool.
        return [("GlobalAveragePool", [node.source], {}), ("Flatten", [""], {"axis": 1})]
    if isinstance(node, MaxPool):
        pads = [*node.padding, *node.padding]
        window = {"kernel_shape": list(node.kernel), "strides": list(node.stride), "pads": pads}
        return [("MaxPool", [node.source], {**window, "ceil_mode": int(node.ceil)})]
    inputs = [node.source, constant(f"{node.out}.weight", node.weight), constant(f"{node.out}.bias", node.bias)]
    chain: list[tuple[str, list[str], dict[str, Any]]]
    if isinstance(node, Linear):
        chain = [("Gemm", inputs, {"transB": 1})]
    else:
        chain = [("Conv", inputs, {"strides": list(node.stride), "pads": [*node.padding, *node.padding]})]
        if node.add is not None:
            chain.append(("Add", ["", node.add], {}))
    return [*chain, ("Relu", [""], {})] if node.relu else chain
