"""ONNX Runtime on a CPU, in fp32 and in int8. Zeros are multiplied like any other number."""

import copy
import tempfile
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import nn

from prunesweep.core.measure.engines.base import EngineAdapter, Maker, Pass, absent
from prunesweep.core.measure.engines.onnx_file import onnx_bytes
from prunesweep.core.sparse.model.graph import INPUT

_CALIBRATION_BATCHES = 2


def engines() -> tuple[EngineAdapter, ...]:
    """fp32 and int8."""
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
    file = onnx_bytes(copy.deepcopy(model), images)
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
    """Static quantisation as ONNX Runtime recommends for CPUs: optimised first, QDQ nodes, weights per channel.

    Ranges come from random images: good for a latency, which does not depend on them, and for nothing else. The
    accuracy of such a network is not that of a network quantised with care, so it is not reported.

    taken: the name of the file's input.
    """
    import onnx
    from onnxruntime.quantization import CalibrationDataReader, QuantFormat, QuantType, quantize_static
    from onnxruntime.quantization.shape_inference import quant_pre_process

    class Random(CalibrationDataReader):  # type: ignore[misc]
        def __init__(self) -> None:
            generator = np.random.default_rng(0)
            shape = tuple(images.shape)
            self._left = [generator.random(shape, np.float32) for _ in range(_CALIBRATION_BATCHES)]

        def get_next(self) -> dict[str, np.ndarray] | None:
            return {taken: self._left.pop()} if self._left else None

    with tempfile.TemporaryDirectory() as folder:
        prepared, target = Path(folder) / "prepared.onnx", Path(folder) / "int8.onnx"
        quant_pre_process(onnx.load_from_string(file), str(prepared), skip_symbolic_shape=True)
        quantize_static(
            str(prepared),
            str(target),
            Random(),
            quant_format=QuantFormat.QDQ,
            per_channel=True,
            activation_type=QuantType.QUInt8,
            weight_type=QuantType.QInt8,
        )
        return target.read_bytes()
