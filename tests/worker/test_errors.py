"""Whose fault an error is, by what torch, CUDA and the system really raise."""

import errno
from types import SimpleNamespace

import pytest
import torch

from prunesweep.core.artifacts.store import StoreAway
from prunesweep.core.errors import StageError, UserError
from prunesweep.worker.protocol import Owner, Request
from prunesweep.worker.trainer.__main__ import serve_stage
from prunesweep.worker.trainer.errors import owner_of, says_machine

MACHINE = [
    torch.AcceleratorError("CUDA error: an illegal memory access was encountered"),
    torch.cuda.DeferredCudaCallError("CUDA call failed lazily at initialization"),
    RuntimeError("CUDA error: uncorrectable ECC error encountered\nCUDA kernel errors might be reported later"),
    RuntimeError("CUDA error: all CUDA-capable devices are busy or unavailable"),
    RuntimeError("CUDA error: CUBLAS_STATUS_NOT_INITIALIZED when calling `cublasCreate(handle)`"),
    RuntimeError("CUBLAS_STATUS_EXECUTION_FAILED when calling cublasSgemm"),
    RuntimeError("cuDNN error: CUDNN_STATUS_EXECUTION_FAILED"),
    RuntimeError("cusolver error: CUSOLVER_STATUS_INTERNAL_ERROR, when calling `cusolverDnCreate(handle)`"),
    RuntimeError("Unable to find a valid cuDNN algorithm to run convolution"),
    RuntimeError("GET was unable to find an engine to execute this computation"),
    RuntimeError("Unexpected error from cudaGetDeviceCount(). Error 804: forward compatibility was attempted"),
    RuntimeError("Found no NVIDIA driver on your system."),
    RuntimeError("The NVIDIA driver on your system is too old (found version 11040)."),
    RuntimeError("No CUDA GPUs are available"),
    RuntimeError("CUDA error: invalid device ordinal"),
    RuntimeError("CUDA error: no kernel image is available for execution on the device"),
    AssertionError("Torch not compiled with CUDA enabled"),
    RuntimeError("NVML: GPU is lost"),
    RuntimeError("HIP error: invalid device function"),
    RuntimeError("can't start new thread"),
    OSError(errno.EMFILE, "Too many open files"),
    UserError("host lock", "/tmp/prunesweep-0", "belongs to somebody else"),
]
MEMORY = [
    torch.OutOfMemoryError("CUDA out of memory. Tried to allocate 2.00 GiB"),
    MemoryError(),
    RuntimeError("[enforce fail at alloc_cpu.cpp:118] DefaultCPUAllocator: can't allocate memory"),
    RuntimeError("HIP out of memory"),
    OSError(errno.ENOMEM, "Cannot allocate memory"),
]
SURROUNDINGS = [
    StoreAway("cannot write the artifact store s3://bucket: 403"),
    *(OSError(number, "no") for number in (errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO, errno.EFBIG)),
]
WORK = [StageError("the loss or a weight is not finite in epoch 1"), StageError("CUDA is no algorithm")]
UNKNOWN = [
    torch.AcceleratorError("CUDA error: device-side assert triggered"),
    RuntimeError("mat1 and mat2 shapes cannot be multiplied (64x512 and 1x10)"),
    KeyError("layer9"),
    AssertionError(),
    PermissionError(errno.EACCES, "Permission denied"),
    ValueError("CUDA"),
    StopIteration(),
]
CASES = [
    (error, owner)
    for owner, errors in (
        (Owner.MACHINE, MACHINE),
        (Owner.MEMORY, MEMORY),
        (Owner.SURROUNDINGS, SURROUNDINGS),
        (Owner.WORK, WORK),
        (Owner.UNKNOWN, UNKNOWN),
    )
    for error in errors
]


@pytest.mark.parametrize(("error", "owner"), CASES, ids=lambda value: repr(value)[:60])
def test_every_error_has_an_owner(error, owner, monkeypatch, capfd):
    """Raised where a stage runs, as the trainer reports it to its slot."""

    def fail(*_):
        raise error

    monkeypatch.setattr("prunesweep.worker.trainer.stages.run_stage", fail)
    failed = serve_stage(SimpleNamespace(), Request("ab" * 32, 1, "{}", {}, ""))
    assert (failed.owner, owner_of(error)) == (owner, owner)
    assert failed.reason and "\n" not in failed.reason
    assert failed.spent is (owner in (Owner.MACHINE, Owner.MEMORY, Owner.UNKNOWN))
    assert ("Traceback" in capfd.readouterr().err) is (owner is not Owner.WORK)


def test_a_machine_s_error_is_found_in_whatever_it_was_wrapped():
    def wrapped(error):
        try:
            raise StageError("own score 'mine' on layer1: it failed") from error
        except StageError as outer:
            return outer

    assert owner_of(wrapped(torch.OutOfMemoryError("CUDA out of memory"))) is Owner.MEMORY
    assert owner_of(wrapped(ValueError("a bug of the user's"))) is Owner.WORK


def test_last_words_of_an_aborted_process():
    assert says_machine(
        "terminate called after throwing an instance of 'c10::AcceleratorError'\n what(): CUDA error: …"
    )
    assert not says_machine("epoch 3 of 5\nsegmentation fault")
    assert not says_machine("CUDA error: long ago\n" + "fine\n" * 1000)
