"""The shape of every value of a graph, and what of it does not fit."""

from prunesweep.core.sparse.model.graph import (
    INPUT,
    Activation,
    Add,
    AvgPool,
    Concat,
    Conv,
    Flatten,
    GlobalMean,
    Graph,
    Linear,
    MaxPool,
    Node,
    Operator,
    Scale,
    TokenLinear,
    sources_of,
)

LARGEST = 1 << 25
"""Numbers in one image's value, its border counted: 128 MB."""

OPAQUE = (-1,)
"""The shape of an operator's value whose first axis is not the images': no layer of ours reads it."""


def map_shapes(graph: Graph) -> dict[str, tuple[int, ...]]:
    """Return every value's shape without B: (C, H, W), or (C,) after `GlobalMean`; what an operator says of its own.

    Raises:
        ValueError: no nodes, or two of one name; a node reads what no earlier node made; shapes do not fit, or a value
            is larger than `LARGEST`. The text names the node.
    """
    if not graph.nodes:
        raise ValueError("a graph without nodes")
    shapes: dict[str, tuple[int, ...]] = {INPUT: graph.image_shape}
    for node in graph.nodes:
        if not node.out or node.out in shapes:
            raise ValueError(f"node {node.out!r} has no name, or another's")
        for source in sources_of(node):
            if source not in shapes and not (isinstance(node, Conv) and source == node.add):
                raise ValueError(f"node {node.out!r} reads {source!r}, which no earlier node makes")
        shapes[node.out] = _shape_of(node, shapes)
    return shapes


def _shape_of(node: Node, shapes: dict[str, tuple[int, ...]]) -> tuple[int, ...]:
    """Return the shape of the node's value."""
    if isinstance(node, Operator):
        return OPAQUE if node.shape is None else node.shape
    if isinstance(node, Concat):
        return _joined(node, [shapes[source] for source in node.sources])
    source = shapes[node.source]
    if isinstance(node, Add):
        if source != shapes[node.other] or source == OPAQUE:
            raise ValueError(f"node {node.out!r} adds {shapes[node.other]} to {source}")
        return source
    if isinstance(node, Linear | TokenLinear):
        return _linear(node, source)
    if isinstance(node, Scale | Activation):
        if len(source) not in (1, 3) or source == OPAQUE:
            raise ValueError(f"node {node.out!r} cannot read a value of shape {source}")
        if isinstance(node, Scale) and node.weight.shape != source[:1]:
            raise ValueError(f"node {node.out!r} has {len(node.weight)} scales for {source[0]} channels")
        return source
    if len(source) != 3:
        raise ValueError(f"node {node.out!r} cannot read a value of shape {source}")
    if isinstance(node, Flatten):
        return (source[0] * source[1] * source[2],)
    shape = source[:1] if isinstance(node, GlobalMean) else _windows(node, source)
    if isinstance(node, Conv) and node.add is not None and shapes.get(node.add) != shape:
        raise ValueError(f"node {node.out!r} adds {node.add!r}, which is {shapes.get(node.add)}")
    return shape


def _joined(node: Concat, sources: list[tuple[int, ...]]) -> tuple[int, ...]:
    if not sources or any(len(shape) != 3 or shape[1:] != sources[0][1:] for shape in sources):
        raise ValueError(f"node {node.out!r} joins values of shapes {sources}")
    shape = (sum(shape[0] for shape in sources), *sources[0][1:])
    if shape[0] * shape[1] * shape[2] > LARGEST:
        raise ValueError(f"node {node.out!r} makes more than {LARGEST:,} numbers")
    return shape


def _linear(node: Linear | TokenLinear, source: tuple[int, ...]) -> tuple[int, ...]:
    """Return one row of features, or [tokens, features]."""
    if len(source) != (1 if isinstance(node, Linear) else 2) or source == OPAQUE:
        raise ValueError(f"node {node.out!r} cannot read a value of shape {source}")
    _check_channels(node, node.weight.shape[1], source[-1])
    return (*source[:-1], node.weight.shape[0])


def _check_channels(node: Node, wanted: int, found: int) -> None:
    if wanted != found:
        raise ValueError(f"node {node.out!r} has weights for {wanted} channels, its source has {found}")


def _windows(node: Conv | MaxPool | AvgPool, source: tuple[int, ...]) -> tuple[int, ...]:
    if isinstance(node, Conv):
        if node.groups < 1 or len(node.weight) % node.groups:
            raise ValueError(f"node {node.out!r} has {len(node.weight)} outputs in {node.groups} groups")
        _check_channels(node, node.weight.shape[1] * node.groups, source[0])
        kernel = tuple(step * (size - 1) + 1 for step, size in zip(node.dilation, node.weight.shape[2:], strict=True))
    else:
        kernel = node.kernel
        if any(2 * pad > size for pad, size in zip(node.padding, kernel, strict=True)):
            raise ValueError(f"node {node.out!r} has a padding of more than half its window")
    ceil = isinstance(node, MaxPool) and node.ceil
    padded = [size + 2 * pad for size, pad in zip(source[1:], node.padding, strict=True)]
    if source[0] * padded[0] * padded[1] > LARGEST:
        raise ValueError(f"node {node.out!r} reads more than {LARGEST:,} numbers")
    sizes = [
        _window_count(*edge, ceil=ceil) for edge in zip(source[1:], kernel, node.stride, node.padding, strict=True)
    ]
    if min(sizes) < 1:
        raise ValueError(f"node {node.out!r} has a window larger than its source, {source[1]} × {source[2]}")
    made = (node.weight.shape[0] if isinstance(node, Conv) else source[0], *sizes)
    if made[0] * made[1] * made[2] > LARGEST:
        raise ValueError(f"node {node.out!r} makes more than {LARGEST:,} numbers")
    return made


def _window_count(size: int, kernel: int, stride: int, padding: int, *, ceil: bool = False) -> int:
    """Return the number of positions of a window along one axis, as torch counts them."""
    room = size + 2 * padding - kernel
    count = (-(-room // stride) if ceil else room // stride) + 1
    if ceil and (count - 1) * stride >= size + padding:
        count -= 1
    return count
