"""Which positions of which tensors' axes can only go together: a union of sets of *places*.

A place is one index of one axis of a parameter or buffer, e.g. output channel 3 of `conv1.weight`.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Places = NDArray[np.int64]
"""Numbers of places, one for each index of an axis."""
Axis = tuple[str, int]
"""A tensor's `state_dict` name and one of its axes."""


@dataclass(frozen=True)
class Place:
    """Index `index` of axis `axis` of the tensor `name`."""

    name: str
    axis: int
    index: int


class Ties:
    """Sets of places that are tied together. Place 0 stands for whatever has to stay."""

    def __init__(self) -> None:
        self._parent = [0]
        self._places: list[Place] = []
        self._axes: dict[Axis, Places] = {}

    def places(self, name: str, axis: int, size: int) -> Places:
        """Return the places of an axis, new ones where it is seen for the first time."""
        if (name, axis) not in self._axes:
            first = len(self._parent)
            self._parent += range(first, first + size)
            self._places += [Place(name, axis, index) for index in range(size)]
            self._axes[name, axis] = np.arange(first, first + size)
        return self._axes[name, axis]

    def tie(self, some: Places, others: Places) -> None:
        """Tie place by place."""
        for one, other in zip(some.tolist(), others.tolist(), strict=True):
            low, high = sorted((self._root(one), self._root(other)))
            self._parent[high] = low

    def fix(self, places: Places) -> None:
        """Say that these have to stay."""
        self.tie(places, np.zeros_like(places))

    def free(self) -> Iterable[tuple[Place, ...]]:
        """Return the sets that may go, each in the order of its places, ordered by their first ones."""
        sets: dict[int, list[Place]] = defaultdict(list)
        for number, place in enumerate(self._places, 1):
            sets[self._root(number)].append(place)
        return (tuple(places) for root, places in sets.items() if root)

    def _root(self, number: int) -> int:
        parent = self._parent
        while parent[number] != number:
            parent[number] = parent[parent[number]]
            number = parent[number]
        return number
