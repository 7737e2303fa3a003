"""OpenVINO on a CPU, in fp32 and in bf16. Zeros are multiplied like any other number."""

import os
from functools import partial

import numpy as np
import torch
from torch import nn

from prunesweep.core.copies import copied
from prunesweep.core.measure.engines.base import EngineAdapter, Maker, Pass, absent
from prunesweep.core.measure.engines.onnx_file import onnx_bytes
from prunesweep.core.sparse.runtime.openvino import fp32, left_out, openvino

_WITH_BF16 = ("BF16", "FP16", "AMX", "AVX10", "DEFAULT", "ALL")


def engines() -> tuple[EngineAdapter, ...]:
    """Return fp32 and bf16."""
    return (
        EngineAdapter("openvino", _missing, _version, partial(_prepare, "f32")),
        EngineAdapter("openvino-bf16", _missing_bf16, _version, partial(_prepare, "bf16")),
    )


def _missing(device: torch.device) -> str | None:
    del device
    return absent("openvino", "openvino") or absent("onnx", "bench") or left_out() or None


def _missing_bf16(device: torch.device) -> str | None:
    reason = _missing(device)
    if reason is None and "BF16" not in openvino().Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES"):
        return "the processor has no bf16 arithmetic"
    # OpenVINO's kernels are oneDNN's, which keep to this limit; what OpenVINO says of the processor does not know it.
    limit = os.environ.get("ONEDNN_MAX_CPU_ISA", "").upper()
    if reason is None and limit and not any(kind in limit for kind in _WITH_BF16):
        return f"ONEDNN_MAX_CPU_ISA={limit} leaves no bf16 arithmetic"
    return reason


def _version() -> str:
    return str(openvino().__version__).partition("-")[0]


def _prepare(precision: str, model: nn.Module, images: torch.Tensor, threads: int) -> Maker:
    core = openvino().Core()
    network = core.read_model(onnx_bytes(copied(model), images))
    batch = np.ascontiguousarray(images.numpy())
    settings = fp32(threads) | {"INFERENCE_PRECISION_HINT": precision}

    def make() -> Pass:
        request = core.compile_model(network, "CPU", settings).create_infer_request()
        return lambda: request.infer([batch], share_inputs=True, share_outputs=True)[0]

    return make
