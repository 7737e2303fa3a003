"""How an allocation is written: its name, for two of them with a number, and in a stage with the costs it needs."""

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from prunesweep.core.errors import UserError
from prunesweep.core.plan.costs import BATCHES, WeightCosts, parse_points
from prunesweep.core.plan.patterns import FIX, is_like_one, read_pattern
from prunesweep.core.plan.suggestions import did_you_mean

CHANNELS = ("channels", "channels-uniform")
"""Whole channels go, so that what is left is a smaller dense network."""
ALLOCATIONS = (
    *("global", "global-floor", "uniform", "uniform-all", "rows", "erk", "lamp", "flops", "latency", "2:4"),
    *CHANNELS,
)

UNIFORM = "uniform"
"""The plan keeps the first layer dense for it, as its sources do; `uniform-all` has no such rule."""
COUNTS_OF = "counts-of"
"""Each layer keeps as many weights as in another algorithm's masks; see `prunesweep.core.plan.controls`."""

_KNOWN = (*ALLOCATIONS, "N:M", f"{COUNTS_OF}:ALGORITHM")
FLOPS_DEFAULT = 0.5
LATENCY_DEFAULT = 0.8
_BATCH = 64
"""Whose costs `latency` takes when nothing is said. For one image a weight of a small map costs no less than one of 16
pixels, so that most budgets cannot be met at low sparsity, and those that can make batch 64 no faster."""
_NUMBER = re.compile(r"(?:0|1|[01]?\.\d{1,6})")
_FIXES = {
    "flops": "give flops:ALPHA, a decimal number from 0 (plain global) to 1, e.g. flops:0.3",
    "latency": "give latency:FRACTION, a decimal number above 0, up to 1 (plain global), e.g. latency:0.6; "
    "by the costs of one image instead of 64: latency:0.8@1",
}


@dataclass(frozen=True)
class AllocationSpec:
    """An allocation as somebody chose it.

    Attributes:
        amount: α of `flops` in [0, 1], fraction of `latency` in (0, 1]; 0 for the others.
        batch: images a pass whose costs `latency` takes, 0 for the others.
        costs: these costs, once they are known.
        of: the algorithm whose layer counts `counts-of` takes, "" in a stage, which names that algorithm's stage
            instead.
    """

    name: str
    amount: float = 0.0
    batch: int = 0
    costs: WeightCosts | None = None
    of: str = ""

    def __str__(self) -> str:
        """Return the one way to write it: `erk`, `flops:0.5`, `latency:0.6`, `latency:0.8@1`; with costs, as in a
        stage, `latency:0.6 1=0.29,16=0.35`."""
        if self.name == COUNTS_OF and self.of:
            return f"{COUNTS_OF}:{self.of}"
        if self.name not in _FIXES:
            return self.name
        text = f"{self.name}:{_decimal(self.amount)}"
        if self.costs is not None:
            return f"{text} {self.costs}"
        return text if self.batch in (0, _BATCH) else f"{text}@{self.batch}"


def parse_allocation(value: object, field: str = "allocation") -> AllocationSpec:
    """Return what a person wrote: a name, `N:M`, `flops:ALPHA`, `latency:FRACTION`, `latency:FRACTION@BATCH` or
    `counts-of:ALGORITHM`.

    Raises:
        UserError: an unknown name, or a number that is none or out of range.
    """
    if not isinstance(value, str):
        raise UserError(field, value, did_you_mean(str(value), _KNOWN))
    return _parse(value, field)


@lru_cache(maxsize=256)
def _parse(value: str, field: str) -> AllocationSpec:
    """Once for each text: a plan asks for every cell."""
    if read_pattern(value) or (value in ALLOCATIONS and value not in _FIXES):
        return AllocationSpec(value)
    if is_like_one(value):
        raise UserError(field, value, FIX)
    name, colon, rest = value.partition(":")
    if name == COUNTS_OF and rest:
        return AllocationSpec(name, of=rest)
    if name not in _FIXES:
        raise UserError(field, value, did_you_mean(value, _KNOWN))
    number, at, images = rest.partition("@")
    default = FLOPS_DEFAULT if name == "flops" else LATENCY_DEFAULT
    if colon and not _NUMBER.fullmatch(number):
        raise UserError(field, value, _FIXES[name])
    amount = float(Decimal(number)) if colon else default
    batches = [str(batch) for batch in BATCHES] if name == "latency" else []
    if amount > 1 or (name == "latency" and amount == 0) or (at and images not in batches):
        raise UserError(field, value, _FIXES[name])
    if name == "flops":
        return AllocationSpec(name, amount)
    return AllocationSpec(name, amount, int(images or _BATCH))


def read_choice(text: str) -> AllocationSpec:
    """Return what stands in a stage.

    Raises:
        ValueError: no such allocation, or its costs are missing.
    """
    if text == COUNTS_OF:
        return AllocationSpec(COUNTS_OF)
    written, space, points = text.partition(" ")
    try:
        choice = parse_allocation(written)
    except UserError as error:
        raise ValueError(str(error)) from None
    if choice.name != "latency" and not space:
        return choice
    if choice.name != "latency":
        raise ValueError(f"{choice.name} takes no costs")
    return AllocationSpec(choice.name, choice.amount, choice.batch, parse_points(points))


def _decimal(number: float) -> str:
    return f"{Decimal(repr(number)).normalize():f}"
