"""Where the values of many images lie: a vector is one pixel of a *group* of images, as many as it has lanes, and every
map has a border."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from prunesweep.core.sparse.model.graph import INPUT, Conv, MaxPool
from prunesweep.core.sparse.model.window_graph import Window
from prunesweep.core.sparse.runtime.program import aligned


@dataclass(frozen=True)
class ValueLayout:
    """How a value lies in memory, for one group of images: channels × rows × columns vectors of `lanes` floats, the
    map itself from (top, left), `fill` around it."""

    channels: int
    size: tuple[int, int]
    top: int
    left: int
    rows: int
    columns: int
    fill: float
    lanes: int

    @property
    def vector(self) -> int:
        """Bytes of a vector."""
        return 4 * self.lanes

    @property
    def row(self) -> int:
        """Bytes of one row."""
        return self.columns * self.vector

    @property
    def plane(self) -> int:
        """Bytes of one channel."""
        return self.rows * self.row

    def place(self, row: int, column: int) -> int:
        """Return the bytes to this pixel, the border counted."""
        return row * self.row + column * self.vector

    @property
    def group(self) -> int:
        """Bytes of one group."""
        return self.channels * self.plane

    def map(self, values: np.ndarray) -> np.ndarray:
        """Return the view of values [groups, channels, rows, columns, lanes] that leaves out the border."""
        return values[:, :, self.top : self.top + self.size[0], self.left : self.left + self.size[1]]

    def taps(self, kernel: Sequence[int]) -> np.ndarray:
        """Return the bytes from a window's first vector to each of its vectors in one channel."""
        return ((np.arange(kernel[0])[:, None] * self.columns + np.arange(kernel[1])) * self.vector).ravel()


def frames_of(windows: Sequence[Window], shapes: Mapping[str, tuple[int, ...]], lanes: int) -> dict[str, ValueLayout]:
    """Return each map's border: as wide as its widest reader needs; values that are added to each other have equal
    ones.

    Raises:
        ValueError: a max-pool and another node read one value whose border would have to be both −∞ and 0.
    """
    border = dict.fromkeys([INPUT, *(node.out for node in windows)], (0, 0, 0, 0))
    for node in windows:
        border[node.source] = _wider(border[node.source], _needed(node, shapes))
    pairs = [(node.out, node.add) for node in windows if isinstance(node, Conv) and node.add is not None]
    for _ in pairs:
        for out, add in pairs:
            border[out] = border[add] = _wider(border[out], border[add])
    frames = {}
    for name, (top, left, bottom, right) in border.items():
        channels, height, width = shapes[name]
        fill = _fill(name, windows)
        rows, columns = top + height + bottom, left + width + right
        frames[name] = ValueLayout(channels, (height, width), top, left, rows, columns, fill, lanes)
    return frames


def _needed(node: Window, shapes: Mapping[str, tuple[int, ...]]) -> tuple[int, ...]:
    """Return the rows above, columns before, rows below, columns behind that its windows reach."""
    kernel = node.weight.shape[2:] if isinstance(node, Conv) else node.kernel
    behind = [
        (shapes[node.out][axis + 1] - 1) * node.stride[axis]
        + kernel[axis]
        - node.padding[axis]
        - shapes[node.source][axis + 1]
        for axis in (0, 1)
    ]
    return (*node.padding, *(max(0, need) for need in behind))


def _wider(one: Sequence[int], other: Sequence[int]) -> tuple[int, int, int, int]:
    top, left, bottom, right = (max(both) for both in zip(one, other, strict=True))
    return top, left, bottom, right


def _fill(name: str, windows: Sequence[Window]) -> float:
    """Return what lies outside the map: nothing for a convolution is 0, for a maximum −∞."""
    readers = [node for node in windows if node.source == name]
    pooled = [node for node in readers if isinstance(node, MaxPool)]
    if not pooled or any(isinstance(node, Conv) and node.out == name and node.relu for node in windows):
        return 0.0  # no value is below 0, so 0 can stand for −∞
    if len(pooled) < len(readers):
        raise ValueError(f"a max-pool and a convolution both read {name!r}, which may be negative")
    return float("-inf")


def allocate(
    windows: Sequence[Window], frames: Mapping[str, ValueLayout], groups: int, early: int, slots: int
) -> "ValueMemory":
    """Return memory for every value.

    Values that only the first `early` windows make and read get room for `slots` groups, and the place of one that is
    read no more is given to the next of the same frame: what is in use at a time stays in the caches.
    """
    last = {name: number for number, node in enumerate(windows) for name in reads(node)}
    private = {node.out for node in windows[:early] if last.get(node.out, early) < early}
    buffers: dict[str, np.ndarray] = {}
    free: dict[ValueLayout, list[np.ndarray]] = {}
    for name, node in [(INPUT, None), *((node.out, node) for node in windows)]:
        frame = frames[name]
        if name in private and free.get(frame):
            buffers[name] = free[frame].pop()
        else:
            count = slots if name in private else groups
            buffers[name] = aligned((count, frame.channels, frame.rows, frame.columns, frame.lanes), frame.fill)
        for old in reads(node) if node else ():
            if old in private and windows[last[old]] is node:
                free.setdefault(frames[old], []).append(buffers[old])
    return ValueMemory(buffers, frozenset(private))


@dataclass(frozen=True, eq=False)
class ValueMemory:
    """values: float32 [groups, channels, rows, columns, lanes]; those that are private have room for `slots` groups."""

    values: Mapping[str, np.ndarray]
    private: frozenset[str]

    def start(self, name: str, group: int, slot: int) -> int:
        """Return address of a group's value; that of the slot where it has a place for each share only."""
        values = self.values[name]
        return int(values[slot if name in self.private else group].ctypes.data)


def reads(node: Window) -> tuple[str, ...]:
    """Return the values a node needs."""
    return (node.source, node.add) if isinstance(node, Conv) and node.add is not None else (node.source,)
