"""OpenVINO, as we take it."""

import os
import sys
from functools import cache
from typing import Any

_TELEMETRY = "openvino_telemetry"
_UNLIMITED = ("AVX512", "AVX10", "DEFAULT", "ALL")


@cache
def openvino() -> Any:
    """Return the package, without its telemetry: as it comes, `import openvino` alone reports to a server on the
    Internet and leaves files in the user's home. Without the package that does so it takes a stub of its own.

    Raises:
        ImportError: it is not installed.
    """
    before = sys.modules.get(_TELEMETRY)
    sys.modules[_TELEMETRY] = None  # type: ignore[assignment]
    try:
        import openvino
    finally:
        del sys.modules[_TELEMETRY]
        if before is not None:
            sys.modules[_TELEMETRY] = before
    return openvino


def left_out() -> str:
    """Return why it is not used, "" = it may be. Where its user holds oneDNN to less than AVX-512, OpenVINO's other
    kernels do not keep to that: its times say nothing of such a processor, and attention ends in a segmentation fault.
    """
    limit = (os.environ.get("ONEDNN_MAX_CPU_ISA") or os.environ.get("DNNL_MAX_CPU_ISA") or "").upper()
    if not limit or any(kind in limit for kind in _UNLIMITED):
        return ""
    return f"OpenVINO does not keep to ONEDNN_MAX_CPU_ISA={limit[:32]}"


def fp32(threads: int) -> dict[str, object]:
    """Return how a network is compiled for so many CPU threads, in fp32."""
    return {
        "INFERENCE_NUM_THREADS": threads,
        "NUM_STREAMS": 1,
        "INFERENCE_PRECISION_HINT": "f32",
        # Where its threads run is decided by whoever measures, for every engine alike.
        "ENABLE_CPU_PINNING": False,
    }
