"""The one stream of a GPU on which work is recorded."""

from functools import cache

import torch


def capture_stream(device: torch.device) -> torch.cuda.Stream:
    """Return one stream for all captures on a device: cuBLAS keeps a workspace for every stream that it has seen."""
    index = torch.cuda.current_device() if device.index is None else device.index
    return _stream(index)


@cache
def _stream(index: int) -> torch.cuda.Stream:
    return torch.cuda.Stream(torch.device("cuda", index))  # type: ignore[no-untyped-call]
