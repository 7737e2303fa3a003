"""PyTorch: eager on a CPU; on a GPU the same calls captured once and replayed as a CUDA graph, without Python between
the kernels. Batch-norm folded. Zeros are multiplied like any other number."""

from collections.abc import Callable
from functools import partial

import torch
from torch import nn

from prunesweep.core.copies import copied
from prunesweep.core.measure.engines.base import EngineAdapter, Maker, Pass
from prunesweep.core.measure.engines.folding import without_gradients
from prunesweep.core.measure.engines.semi_structured import halved, missing_pattern
from prunesweep.core.passes import has_bf16
from prunesweep.core.plan.engines import ENGINES
from prunesweep.core.streams import capture_stream

_DTYPES = {"fp32": torch.float32, "bf16": torch.bfloat16, "fp16": torch.float16}
_WARM_PASSES = 3


def engines() -> tuple[EngineAdapter, ...]:
    """Return fp32, bf16 and fp16; and the 2:4 pattern through torch's semi-structured kernels."""
    plain = tuple(
        EngineAdapter(
            name, partial(_missing, name), _version, partial(_prepare, _DTYPES[ENGINES[name].dtype], _as_it_is)
        )
        for name in ("torch", "torch-bf16", "torch-fp16")
    )
    half = _DTYPES[ENGINES["torch-2:4"].dtype]
    return (*plain, EngineAdapter("torch-2:4", missing_pattern, _version, partial(_prepare, half, halved)))


def _version() -> str:
    return str(torch.__version__)


def _missing(name: str, device: torch.device) -> str | None:
    native = name != "torch-bf16" or has_bf16(device)
    return None if native else "the processor has no bf16 arithmetic"


def _as_it_is(model: nn.Module) -> nn.Module:
    return model


def _prepare(
    dtype: torch.dtype,
    change: Callable[[nn.Module], nn.Module],
    model: nn.Module,
    images: torch.Tensor,
    threads: int,
) -> Maker:
    del threads  # whoever measures sets torch's own
    # Not through `Passes` itself: what it costs a call would be the rival's handicap.
    ready, batch = without_gradients(model, images, dtype)
    change(copied(ready))  # so that a network that doesn't suit is known now

    def make() -> Pass:
        own = change(copied(ready))
        return _captured(own, batch) if batch.device.type == "cuda" else lambda: own(batch)

    return make


def _captured(own: nn.Module, images: torch.Tensor) -> Pass:
    """Replays the captured kernels; the result is written to the same tensor each time. own: laid out as the images."""
    # As torch asks for: a few passes on a side stream first, so that libraries allocate what they need outside of it.
    with torch.cuda.device(images.device):
        side = capture_stream(images.device)
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(_WARM_PASSES):
                own(images)
        torch.cuda.current_stream().wait_stream(side)
        graph = torch.cuda.CUDAGraph()
        # Thread-local: what other threads do with the device is no error then.
        with torch.cuda.graph(graph, stream=side, capture_error_mode="thread_local"):
            logits = own(images)

    def run() -> object:
        graph.replay()
        return logits

    return run
