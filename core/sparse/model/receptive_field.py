"""Which pixels of the images a graph's result depends on."""

import numpy as np

from prunesweep.core.sparse.model.graph import (
    INPUT,
    Activation,
    Add,
    AvgPool,
    Concat,
    Conv,
    Graph,
    MaxPool,
    Node,
    Scale,
    sources_of,
)
from prunesweep.core.sparse.model.shapes import map_shapes


def read_pixels(graph: Graph) -> np.ndarray:
    """Return which pixels of the images the result depends on, bool [height, width]: weights that are zero count.

    A window that a stride steps over, or that a pool leaves out at the edge, is read by nobody.
    """
    shapes = map_shapes(graph)
    sizes: dict[str, tuple[int, ...]] = {
        name: shape[1:] if len(shape) == 3 else (1, 1) for name, shape in shapes.items()
    }
    reads = {name: np.zeros(size, np.bool_) for name, size in sizes.items()}
    reads[graph.nodes[-1].out][:] = True
    for node in reversed(graph.nodes):
        for source in sources_of(node):
            reads[source] |= _wanted(node, source, reads[node.out], sizes)
    return reads[INPUT]


def _wanted(node: Node, source: str, wanted: np.ndarray, sizes: dict[str, tuple[int, ...]]) -> np.ndarray:
    """Return which pixels of a source a node reads for the wanted pixels of its own value."""
    if isinstance(node, Conv) and source == node.add and source != node.source:
        return wanted
    if isinstance(node, Scale | Activation | Add | Concat):
        return wanted
    if not isinstance(node, Conv | MaxPool | AvgPool):
        return np.asarray(wanted.any())
    own = wanted
    kernel = node.weight.shape[2:] if isinstance(node, Conv) else node.kernel
    steps = node.dilation if isinstance(node, Conv) else (1, 1)
    for axis in (0, 1):  # a window is a rectangle: first the rows that it spans, then the columns
        edge = (kernel[axis], node.stride[axis], node.padding[axis], steps[axis])
        wanted = _spanned(wanted, axis, edge, sizes[source][axis])
    return wanted | own if isinstance(node, Conv) and source == node.add else wanted


def _spanned(wanted: np.ndarray, axis: int, edge: tuple[int, int, int, int], size: int) -> np.ndarray:
    """Return which of `size` rows (axis 0) or columns (1) the windows at the wanted places span. edge: kernel, stride,
    padding, dilation."""
    kernel, stride, padding, dilation = edge
    wanted = np.moveaxis(wanted, axis, 0)
    spanned = np.zeros((size, wanted.shape[1]), np.bool_)
    for tap in range(kernel):
        places = np.arange(len(wanted)) * stride + tap * dilation - padding
        inside = (places >= 0) & (places < size)
        spanned[places[inside]] |= wanted[inside]
    return np.moveaxis(spanned, 0, axis)
