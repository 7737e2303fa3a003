"""Random numbers that depend on named facts alone, never on a process, a thread or what ran before."""

import hashlib

import torch


def seed_of(*facts: object) -> int:
    """Return a number in [0, 2^32) from SHA-256 of the facts' text (torch's CPU generator uses 32 bits of its seed)."""
    return int.from_bytes(hashlib.sha256("/".join(map(str, facts)).encode()).digest()[:4], "big")


def generator(*facts: object) -> torch.Generator:
    """Return a fresh CPU generator: same facts, same numbers, on any machine and whatever the training device."""
    return torch.Generator("cpu").manual_seed(seed_of(*facts))
