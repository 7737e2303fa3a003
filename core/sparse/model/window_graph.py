"""A graph of windows over maps, as the run time executes it."""

from collections.abc import Mapping
from dataclasses import dataclass

from prunesweep.core.sparse.model.graph import Conv, MaxPool


@dataclass(frozen=True)
class SumPool:
    """out [C, H', W'] = the sums over windows that lie side by side, from the first pixel on; the last ones of a row
    and of a column may reach beyond the map, where there is nothing."""

    out: str
    source: str
    kernel: tuple[int, int]

    @property
    def stride(self) -> tuple[int, int]:
        return self.kernel

    @property
    def padding(self) -> tuple[int, int]:
        return (0, 0)


Window = Conv | MaxPool | SumPool


@dataclass(frozen=True, eq=False)
class WindowGraph:
    """A graph of window operations, as the run time executes it.

    Attributes:
        nodes: in an order in which they can run, convolutions without groups and dilation; the last one's value is the
            result.
        shapes: every value's, (C, H, W).
    """

    nodes: tuple[Window, ...]
    shapes: Mapping[str, tuple[int, int, int]]

    @property
    def result(self) -> str:
        """The last node's value."""
        return self.nodes[-1].out
