"""What the engine's code can run: which layers, and how large a value may be."""

import numpy as np

from prunesweep.core.sparse.model.graph import Conv, Graph
from prunesweep.core.sparse.model.lowering import windows_of
from prunesweep.core.sparse.model.node_support import unlowered
from prunesweep.core.sparse.model.shapes import map_shapes
from prunesweep.core.sparse.model.window_graph import Window
from prunesweep.core.sparse.runtime.layout import frames_of

_LANES = 16
_REACH = 1 << 31
"""Bytes that a displacement of 32 bits reaches: what one group of images, or one image's gathered input, may take."""
_READS = 1 << 26
"""Pixels that a node may read for one image's result, channels left out: code is made for each 16 of them."""


def unsuited(graph: Graph) -> str | None:
    """Return why the engine's own code cannot run this graph, or None: it has code for what `windows_of` can make
    windows of.

    Raises:
        ValueError: as `prunesweep.core.sparse.model.shapes.map_shapes`.
    """
    shapes = map_shapes(graph)
    for node in graph.nodes:
        reason = unlowered(node, shapes)
        if reason is not None:
            return f"{node.out!r}: it {reason}"
    try:
        return _too_large(graph)
    except ValueError as error:
        return str(error)


def _too_large(graph: Graph) -> str | None:
    net = windows_of(graph)
    try:
        frames = frames_of(net.nodes, net.shapes, _LANES)
    except ValueError as error:
        return str(error)
    for node in net.nodes:
        height, width = net.shapes[node.out][1:]
        taps = int(np.prod(_kernel(node)))
        channels = net.shapes[node.source][0] if isinstance(node, Conv) else 1
        gathered = 4 * channels * taps * (height + _kernel(node)[0]) * (width + _LANES)
        if max(frames[node.out].group, frames[node.source].group, gathered) >= _REACH:
            return f"{node.out!r} takes more than 2 GB of memory"
        if taps * height * width > _READS:
            return f"{node.out!r} reads {taps * height * width:,} pixels an image, {_READS:,} at most"
    return None


def _kernel(node: Window) -> tuple[int, ...]:
    return node.weight.shape[2:] if isinstance(node, Conv) else node.kernel
