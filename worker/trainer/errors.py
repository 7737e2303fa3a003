"""Whose fault an error is: the one table that decides what becomes of a stage, and of the slot that it failed on.

* `WORK`: the stage cannot succeed anywhere. It fails, with the reason.
* `MACHINE`: a device or a driver. The stage is tried again elsewhere or later; the slot rests and checks its
  device, see `prunesweep.worker.slot_rest`.
* `MEMORY`: as of the machine; but the stage may be too large for it, so that no slot withdraws.
* `SURROUNDINGS`: the store, a download or a disk. As of the machine; store and downloads themselves are waited for,
  see `prunesweep.worker.trainer.waiting`.
* `UNKNOWN`: everything else. Retried as a crash is, never failed at once.

Names of types stand here as text, because a trainer without a GPU has not all of them, and torch's move from release to
release. Sources: torch/csrc/cuda/Exceptions (`CUDA error: …`), c10/cuda (`CUDA out of memory`), ATen's cuBLAS, cuDNN,
cuSOLVER, cuSPARSE and NCCL status messages; NVIDIA's catalogue of Xid errors for what an ECC fault looks like.
"""

import errno
import re

from prunesweep.core.artifacts.store import StoreAway
from prunesweep.core.errors import DownloadAway, StageError, UserError
from prunesweep.worker.protocol import Owner

_MACHINE_TYPES = frozenset({"AcceleratorError", "DeferredCudaCallError", "CudaError", "NVMLError"})
"""Names of types whose errors are the machine's."""

_MEMORY_TYPES = frozenset({"OutOfMemoryError", "MemoryError"})
_MEMORY_WORDS = re.compile(
    r"\bout of memory\b|DefaultCPUAllocator: (can't allocate|not enough) memory"
    r"|[Cc]annot allocate memory|std::bad_alloc"
)
_ASSERTED = re.compile(r"device-side assert")
"""Raised as the machine's, and the code's fault: an index out of its range."""

_MACHINE_WORDS = re.compile(
    "|".join(
        (
            r"\bCUDA (error|driver|initialization|unknown error|kernel)|\bCUDA-capable",
            r"\b(cuda|cu)[A-Z]\w*(Error|Failed)\b|\bCUDA_ERROR_|error from cuda\w+\(\)",
            r"\b(CUBLAS|CUDNN|CUSOLVER|CUSPARSE|CUFFT|CURAND|NVRTC|NCCL)_\w*(STATUS|ERROR|FAIL|FAILED|EXECUTION)\w*",
            r"\bcuDNN (error|version)|Unable to find a valid cuDNN algorithm|\bGET was unable to find an engine",
            r"\b(HIP|hip) error|\bMIOpen|\bmiopenStatus",
            r"\bECC error|\bXid\b|\bNVML\b|\bnvidia driver\b|NVIDIA driver|fallen off the bus",
            r"[Dd]evice (is )?(busy|unavailable|lost)|device\(s\) is/are busy|[Nn]o CUDA GPUs are available",
            r"not compiled with CUDA|[Ii]nvalid device ordinal|no kernel image is available",
            r"can't start new thread|Resource temporarily unavailable",
        )
    )
)
"""What errors of other types say when they come from the machine; torch raises most as a bare RuntimeError."""

_LAST_WORDS = 2000
_ERRNOS = {
    errno.ENOMEM: Owner.MEMORY,
    **dict.fromkeys((errno.ENODEV, errno.ENXIO, errno.EAGAIN, errno.EMFILE, errno.ENFILE), Owner.MACHINE),
    **dict.fromkeys((errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EFBIG), Owner.SURROUNDINGS),
    **dict.fromkeys((errno.ESTALE, errno.ETIMEDOUT), Owner.SURROUNDINGS),
}


def owner_of(error: BaseException) -> Owner:
    """Return who has to put this error right; looks at its causes as well, as libraries wrap what they cannot name."""
    owners = [_owner_of_one(one) for one in _chain(error)]
    for owner in (Owner.MEMORY, Owner.MACHINE):  # whatever it was wrapped in
        if owner in owners:
            return owner
    return next((owner for owner in owners if owner is not Owner.UNKNOWN), Owner.UNKNOWN)


def says_machine(log: str) -> bool:
    """Return whether a trainer's last words blame its machine: CUDA errors in C++ threads abort the process."""
    words = log[-_LAST_WORDS:]
    return _MACHINE_WORDS.search(words) is not None and _ASSERTED.search(words) is None


def _chain(error: BaseException) -> list[BaseException]:
    """Return the error and what it was explicitly raised from, outermost first."""
    chain = [error]
    while chain[-1].__cause__ is not None and len(chain) < 8:
        chain.append(chain[-1].__cause__)
    return chain


def _owner_of_one(error: BaseException) -> Owner:
    if isinstance(error, StageError):
        return Owner.WORK
    if isinstance(error, UserError):
        return Owner.MACHINE  # within a stage: what a person has to put right here, e.g. the folder of the host lock
    if isinstance(error, StoreAway | DownloadAway):
        return Owner.SURROUNDINGS
    text, kinds = str(error), {kind.__name__ for kind in type(error).__mro__}
    if isinstance(error, OSError) and error.errno is not None:
        return _ERRNOS.get(error.errno, Owner.UNKNOWN)
    if _ASSERTED.search(text):
        return Owner.UNKNOWN
    if kinds & _MEMORY_TYPES or _MEMORY_WORDS.search(text):
        return Owner.MEMORY
    return Owner.MACHINE if kinds & _MACHINE_TYPES or _MACHINE_WORDS.search(text) else Owner.UNKNOWN
