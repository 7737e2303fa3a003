"""ONNX Runtime on a CPU, in fp32 and in int8. Zeros are multiplied like any other number."""

from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from prunesweep.core.copies import copied
from prunesweep.core.measure.engines.base import EngineAdapter, Maker, Pass, absent
from prunesweep.core.measure.engines.onnx_file import onnx_bytes
from prunesweep.core.measure.int8 import quantised
from prunesweep.core.sparse.model.graph import INPUT

_CALIBRATION_BATCHES = 2


def engines() -> tuple[EngineAdapter, ...]:
    """Return fp32 and int8."""
    return tuple(
        EngineAdapter(name, _missing, _version, partial(_prepare, name.endswith("int8")))
        for name in ("onnxruntime", "onnxruntime-int8")
    )


def _missing(device: torch.device) -> str | None:
    del device
    return absent("onnxruntime", "bench") or absent("onnx", "bench")


def _version() -> str:
    import onnxruntime

    return str(onnxruntime.__version__)


def _prepare(int8: bool, model: nn.Module, images: torch.Tensor, threads: int) -> Maker:
    file = onnx_bytes(copied(model), images)
    return _passes(_quantised(file, images) if int8 else file, images, threads)


def int8_passes(path: Path, images: torch.Tensor, threads: int) -> Maker:
    """Return what makes passes of an ONNX file over the images, quantised to int8."""
    import onnx

    model = onnx.load(str(path))  # weights that lie beside it are in it then
    return _passes(_quantised(model.SerializeToString(), images, model.graph.input[0].name), images, threads)


def _passes(file: bytes, images: torch.Tensor, threads: int) -> Maker:
    batch = np.ascontiguousarray(images.numpy())

    def make() -> Pass:
        session = _session(file, threads)
        feed = {session.get_inputs()[0].name: batch}
        return lambda: session.run(None, feed)[0]

    return make


def _session(file: bytes, threads: int) -> Any:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(file, options, providers=["CPUExecutionProvider"])


def _quantised(file: bytes, images: torch.Tensor, taken: str = INPUT) -> bytes:
    """Return the file in int8, its ranges from random images: good for a latency, which does not depend on them, and
    for nothing else. `prunesweep.core.measure.int8` calibrates with real ones where accuracy is asked for.

    taken: the name of the file's input.
    """
    dice = np.random.default_rng(0)
    batches = [dice.random(tuple(images.shape), np.float32) for _ in range(_CALIBRATION_BATCHES)]
    return quantised(file, batches, taken)
