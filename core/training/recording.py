"""Device work that is recorded once and played many times, and the memory that it knows the addresses of."""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from torch import Tensor


class Recording(Protocol):
    """Device work that is recorded once and played many times."""

    def capture(self, work: Callable[[], None]) -> None:
        """Record `work`, which may be carried out any number of times for that."""

    def replay(self) -> None:
        """Carry it out once more, on the memory that it was recorded on."""


@dataclass(frozen=True)
class StepMemory:
    """All that a recorded step knows the addresses of.

    Attributes:
        tensors: by name, the same names for every step of one kind.
        split: the tensors of the split, which a step only reads.
        kind: what has to be equal for a recorded step to do the work of another one: recipe, number of images, number
            formats, and shape, type and layout of every tensor.
    """

    tensors: Mapping[str, Tensor]
    split: tuple[Tensor, ...]
    kind: Hashable


@runtime_checkable
class Lasting(Protocol):
    """A recording that may have been made for an earlier step."""

    def take_over(self, memory: StepMemory) -> bool:
        """Move the memory to where an earlier step was recorded on, and return True, if there is one of its kind."""
