"""Masks that move during a training: how a plan writes it, and how many weights move when."""

import math
import re
from dataclasses import dataclass

from prunesweep.core.errors import UserError

METHODS = ("rigl", "set")
_WRITTEN = re.compile(r"(rigl|set):(0\.\d{1,6}|1)@([1-9]\d{0,5})")
_FIX = "write METHOD:FRACTION@STEPS, e.g. rigl:0.3@100 (or set:…), the fraction above 0, up to 1"
_ENDS = 0.75
"""Part of the training after which masks stay, as Evci et al. have it."""


@dataclass(frozen=True)
class Regrowth:
    """Every so many steps each layer drops its smallest weights and grows as many others.

    Source: SET, Mocanu et al. 2018, arXiv:1707.04780; RigL, Evci et al. 2020, arXiv:1911.11134, section 3.

    Attributes:
        method: where weights grow: `rigl` where the dense gradient is largest, `set` at random.
        fraction: of a layer's living weights, in (0, 1], that move at first; it falls to 0 by a half cosine.
        every: steps from one change to the next, ≥ 1.
    """

    method: str
    fraction: float
    every: int

    def __str__(self) -> str:
        return f"{self.method}:{self.fraction:g}@{self.every}"

    def moving(self, step: int, total: int) -> float:
        """Return the fraction that moves in this step (from 0) of `total`; 0 in most of them."""
        end = _ENDS * total
        if step == 0 or step % self.every or step >= end:
            return 0.0
        return self.fraction / 2 * (1 + math.cos(math.pi * step / end))

    def share(self, epochs: int, before: int = 0, after: int = 0) -> float:
        """Return the part of the steps of `epochs` epochs that move masks, in [0, 1), `before` and `after` epochs of
        the same course lying around them. Of many steps: of a whole course it is at most one step too many."""
        moving = min(before + epochs, _ENDS * (before + epochs + after)) - before
        return max(0.0, moving) / epochs / self.every if epochs else 0.0


def read_regrowth(text: str) -> Regrowth | None:
    """Return what stands in a stage; None for "".

    Raises:
        ValueError: it is of another form.
    """
    found = _WRITTEN.fullmatch(text)
    if text and (found is None or float(found[2]) == 0):
        raise ValueError(f"no regrowth: {text!r}")
    return Regrowth(found[1], float(found[2]), int(found[3])) if found else None


def parse_regrowth(value: object, field: str) -> str:
    """Return what a person wrote, in the one way to write it.

    Raises:
        UserError: it is of another form.
    """
    try:
        return str(read_regrowth(str(value)) or "")
    except ValueError:
        raise UserError(field, value, _FIX) from None
