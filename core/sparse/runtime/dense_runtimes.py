"""A graph run by onnxruntime or OpenVINO: for where few weights are zero, or the processor lacks what the engine
needs."""

import warnings
from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from prunesweep.core.sparse.model.graph import Graph
from prunesweep.core.sparse.runtime.onnx_writer import onnx_bytes
from prunesweep.core.sparse.runtime.openvino import fp32, left_out, openvino

_SIZES = 8
"""Sizes of batch that OpenVINO keeps a compiled network for: each is as large as the weights."""

Run = Callable[[np.ndarray], np.ndarray]
"""From images [B, C, H, W] to results [B, O]. A result is the caller's: no later call changes it. The images are read
during the call only."""


def dense_runs(graph: Graph, threads: int, only: str = "") -> dict[str, Run]:
    """Return functions from images [B, C, H, W] to results [B, O], by the names of those who run them.

    Left out is who is not installed (all of them without onnx) or not to be used here, who isn't `only`, and, with a
    RuntimeWarning, who refuses the graph: the others may run it, and so does the engine's own code.
    """
    runs: dict[str, Run] = {}
    for name, made in (("onnxruntime", _session), ("OpenVINO", _compiled)):
        if only not in ("", name):
            continue
        try:
            model = onnx_bytes(graph)
            run = None if model is None else made(model, threads)
        except Exception as error:  # whatever a library trips over
            reason = str(error).strip().partition("\n")[0] or repr(error)
            warnings.warn(f"{name} cannot run this network: {reason}", RuntimeWarning, stacklevel=3)
            continue
        if run is not None:
            runs[name] = run
    return runs


def file_run(path: Path, threads: int = 1) -> Run | None:
    """Return the same for an ONNX file with one input."""
    return _session(str(path), threads)


def openvino_run(path: Path, threads: int = 1, precision: str = "f32") -> Run | None:
    """Return the same by OpenVINO. precision: that it computes in, f32 or bf16."""
    return _compiled(str(path), threads, precision)


def session_of(model: bytes | str, threads: int, sizes: Mapping[str, int] | None = None) -> Any:
    """Return onnxruntime's session of a model's content or path.

    Args:
        sizes: what the named dimensions are always, so that it can plan for them.

    Raises:
        ImportError: it is not installed.
    """
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
    options.log_severity_level = 3
    for name, size in (sizes or {}).items():
        options.add_free_dimension_override_by_name(name, size)
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def _session(model: bytes | str, threads: int) -> Run | None:
    try:
        session = session_of(model, threads)
    except ImportError:
        return None
    taken, batch = session.get_inputs()[0].name, session.get_inputs()[0].shape[0]

    @lru_cache(maxsize=1)
    def single() -> Any:
        """Return a session for one image, which spares it to work out every shape in each call; the general one for a
        file in which other sizes have the batch's name."""
        if not isinstance(batch, str):
            return session
        try:
            return session_of(model, threads, {batch: 1})
        except Exception:  # whatever the library makes of sizes that contradict each other
            return session

    def run(images: np.ndarray) -> np.ndarray:
        fitting = single() if len(images) == 1 else session
        result: np.ndarray = fitting.run(None, {taken: images})[0]
        return result

    return run


def _compiled(model: bytes | str, threads: int, precision: str = "f32") -> Run | None:
    if left_out():
        return None
    try:
        core = openvino().Core()
    except ImportError:
        return None
    network, settings = core.read_model(model), fp32(threads) | {"INFERENCE_PRECISION_HINT": precision}
    sizes: dict[int, Any] = {}

    def run(images: np.ndarray) -> np.ndarray:
        # It plans for one size of batch: with any size a single image takes longer.
        if len(images) not in sizes:
            if len(sizes) == _SIZES:
                del sizes[next(iter(sizes))]
            network.reshape(list(images.shape))
            sizes[len(images)] = core.compile_model(network, "CPU", settings).create_infer_request()
        result: np.ndarray = sizes[len(images)].infer([np.ascontiguousarray(images)], share_inputs=True)[0]
        return result

    return run
