"""Threads and devices, as a request asks for them."""

import torch

from prunesweep.core.cpus import capped, usable_cpus
from prunesweep.core.errors import UserError


def threads_of(asked: int) -> int:
    """Return how many CPU threads to use: those asked for, or torch's own number for 0.

    Raises:
        UserError: more than the CPUs that this process may use.
    """
    usable = usable_cpus()
    if asked > usable:
        raise UserError("threads", asked, f"this process may use {usable} CPUs; give at most as many")
    return asked or capped(torch.get_num_threads())


def device_of(name: str) -> torch.device:
    """Return the device of that name.

    Raises:
        UserError: no such device, or torch cannot use it here.
    """
    kind, _, number = name.partition(":")
    if kind not in ("cpu", "cuda") or (number and not (number.isascii() and number.isdigit())):
        raise UserError("device", name, "use cpu, cuda or cuda:NUMBER")
    if kind == "cuda" and int(number or 0) >= torch.cuda.device_count():
        raise UserError("device", name, f"this machine has {torch.cuda.device_count()} CUDA devices that torch can use")
    return torch.device(name)
