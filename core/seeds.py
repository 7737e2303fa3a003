"""Random numbers that depend on named facts alone, never on a process, a thread or what ran before."""

import contextlib
import hashlib
import random
from collections.abc import Iterator

import numpy as np
import torch


def seed_of(*facts: object) -> int:
    """Return a number in [0, 2^32) from SHA-256 of the facts' text (torch's CPU generator uses 32 bits of its seed)."""
    return int.from_bytes(hashlib.sha256("/".join(map(str, facts)).encode()).digest()[:4], "big")


def generator(*facts: object) -> torch.Generator:
    """Return a fresh CPU generator: same facts, same numbers, on any machine and whatever the training device."""
    return torch.Generator("cpu").manual_seed(seed_of(*facts))


@contextlib.contextmanager
def dice(*facts: object, device: torch.device | None = None) -> Iterator[None]:
    """Make torch's global random numbers follow, for the block, from the facts; the CPU's continue afterwards as if
    nothing had been. For layers that draw by themselves, such as dropout. device: a GPU that draws too; a recorded CUDA
    graph takes its numbers from there as well."""
    before = torch.random.get_rng_state()
    seed = seed_of(*facts)
    torch.default_generator.manual_seed(seed)
    if device is not None and device.type == "cuda":
        with torch.cuda.device(device):
            torch.cuda.manual_seed(seed)
    try:
        yield
    finally:
        torch.random.set_rng_state(before)


@contextlib.contextmanager
def all_dice(*facts: object) -> Iterator[None]:
    """Do as `dice`, and to Python's and numpy's global random numbers too: for code that is not ours. Once for a
    network, not in each step: numpy's state is large."""
    python, arrays = random.getstate(), np.random.get_state()
    seed = seed_of(*facts)
    random.seed(seed)
    np.random.seed(seed)
    try:
        with dice(*facts):
            yield
    finally:
        random.setstate(python)
        np.random.set_state(arrays)
