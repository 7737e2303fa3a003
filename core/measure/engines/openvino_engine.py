"""OpenVINO on a CPU, in fp32 and in bf16. Zeros are multiplied like any other number."""

import copy
import sys
from functools import cache, partial
from typing import Any

import numpy as np
import torch
from torch import nn

from core.measure.engines.base import Engine, Maker, Pass, absent
from core.measure.engines.onnx_file import onnx_bytes

_TELEMETRY = "openvino_telemetry"


def engines() -> tuple[Engine, ...]:
    """fp32 and bf16."""
    return (
        Engine("openvino", _missing, _version, partial(_prepare, "f32")),
        Engine("openvino-bf16", _missing_bf16, _version, partial(_prepare, "bf16")),
    )


@cache
def _openvino() -> Any:
    """The package, without its telemetry: as it comes, `import openvino` alone reports to a server on the Internet and
    leaves files in the user's home. Without the package that does so it takes a stub of its own."""
    before = sys.modules.get(_TELEMETRY)
    sys.modules[_TELEMETRY] = None  # type: ignore[assignment]
    try:
        import openvino
    finally:
        del sys.modules[_TELEMETRY]
        if before is not None:
            sys.modules[_TELEMETRY] = before
    return openvino


def _missing(device: torch.device) -> str | None:
    del device
    return absent("openvino", "'prunesweep[openvino]'") or absent("onnx", "'prunesweep[bench]'")


def _missing_bf16(device: torch.device) -> str | None:
    reason = _missing(device)
    if reason is None and "BF16" not in _openvino().Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES"):
        return "the processor has no bf16 arithmetic"
    return reason


def _version() -> str:
    return str(_openvino().__version__).partition("-")[0]


def _prepare(precision: str, model: nn.Module, images: torch.Tensor, threads: int) -> Maker:
    core = _openvino().Core()
    network = core.read_model(onnx_bytes(copy.deepcopy(model), images))
    batch = np.ascontiguousarray(images.numpy())
    settings = {
        "INFERENCE_NUM_THREADS": threads,
        "NUM_STREAMS": 1,
        "INFERENCE_PRECISION_HINT": precision,
        # Where its threads run is decided by whoever measures, for every engine alike.
        "ENABLE_CPU_PINNING": False,
    }

    def make() -> Pass:
        request = core.compile_model(network, "CPU", settings).create_infer_request()
        return lambda: request.infer([batch], share_inputs=True, share_outputs=True)[0]

    return make
