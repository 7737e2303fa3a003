"""A CUDA graph as the recording of a training's steps."""

from collections.abc import Callable

import torch

from prunesweep.core.streams import capture_stream

_WARM_UPS = 3


class CudaGraph:
    """A CUDA graph (torch.cuda.CUDAGraph). Its gradients and activations live in a memory pool of its own, which the
    next capture in this process frees once the graph is gone."""

    def __init__(self, device: torch.device) -> None:
        self._device = device
        self._graph = torch.cuda.CUDAGraph()

    def capture(self, work: Callable[[], None]) -> None:
        """Record `work` after three rounds of it, in which cuDNN tries its kernels and libraries allocate what a
        capture may not."""
        with torch.cuda.device(self._device):
            stream = capture_stream(self._device)
            stream.wait_stream(torch.cuda.current_stream())
            # Trying kernels takes a while for each shape: only this one, which comes again and again, is worth it.
            tf32 = torch.backends.cudnn.allow_tf32  # as steps beside the graph have it, whatever the default is here
            with torch.backends.cudnn.flags(enabled=True, benchmark=True, allow_tf32=tf32):
                with torch.cuda.stream(stream):
                    for _ in range(_WARM_UPS):
                        work()
                # Thread-local: what other threads do with the device, e.g. allocate pinned memory, is no error then.
                with torch.cuda.graph(self._graph, stream=stream, capture_error_mode="thread_local"):
                    work()
            torch.cuda.current_stream().wait_stream(stream)

    def replay(self) -> None:
        """Replay it in one launch; returns before the device is done."""
        self._graph.replay()


def ran_out_of_memory(error: BaseException) -> bool:
    """Return whether this error, or one that it came after, is a lack of the device's memory: an allocation that fails
    within a capture makes ending the capture fail as well."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, torch.OutOfMemoryError):
            return True
        seen = seen.__context__
    return False
