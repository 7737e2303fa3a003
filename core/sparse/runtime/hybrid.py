"""A network in parts: the engine's own code where zeros are, onnxruntime for the rest.

A part that the engine may run is a run of layers with one input and one output. Each is measured against onnxruntime
when the network is made, and stays only where it is faster.
"""

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from prunesweep.core.sparse.model.graph import INPUT, Conv, Graph, Linear, Node, TokenLinear, sources_of
from prunesweep.core.sparse.model.node_support import unlowered
from prunesweep.core.sparse.model.shapes import OPAQUE, map_shapes
from prunesweep.core.sparse.runtime.dense_runtimes import Run, session_of
from prunesweep.core.sparse.runtime.limits import unsuited
from prunesweep.core.sparse.runtime.onnx_writer import Value, model_bytes

_FEWEST_ZEROS = 0.5
"""Share of zeros in the weights of a part below which nobody tries it."""
_TRIALS = 7
MakeRun = Callable[[Graph], Run]


@dataclass(frozen=True, eq=False)
class Part:
    """Layers that the engine's own code can run.

    Attributes:
        graph: they, their input as its images.
        source, out: the values in the whole network.
        tokens: that the values are [B, T, C], which its code sees as maps [B, C, T, 1].
        shape: of the result, without B.
    """

    graph: Graph
    source: str
    out: str
    tokens: bool
    names: frozenset[str]
    shape: tuple[int, ...]

    def put(self, values: np.ndarray) -> np.ndarray:
        """Return the input as the graph takes it.

        Raises:
            ValueError: it has another shape than the network says.
        """
        made = values.transpose(0, 2, 1)[..., None] if self.tokens else values
        made = made.reshape(*made.shape, *[1] * (4 - made.ndim))
        if made.shape[1:] != self.graph.image_shape or made.dtype != np.float32:
            raise ValueError(f"{self.source!r} is {values.dtype} {list(values.shape)}, not what the network says")
        return made

    def take(self, values: np.ndarray) -> np.ndarray:
        """Return the result as the network knows it."""
        made = np.ascontiguousarray(values[..., 0].transpose(0, 2, 1)) if self.tokens else values
        return made.reshape(len(made), *self.shape)


def parts_of(graph: Graph) -> tuple[Part, ...]:
    """Return the parts that the engine can run, in order; no node is in two of them."""
    shapes = map_shapes(graph)
    taken: set[str] = set()
    parts = []
    for at, node in enumerate(graph.nodes):
        if node.out in taken:
            continue
        part = _token_part(node, shapes) if isinstance(node, TokenLinear) else _part(graph, at, taken, shapes)
        if part is not None:
            parts.append(part)
            taken |= part.names
    return tuple(parts)


def with_zeros(parts: Iterable[Part]) -> tuple[Part, ...]:
    """Return those with enough zeros to be worth a try."""
    return tuple(part for part in parts if _zeros(part) >= _FEWEST_ZEROS)


def _zeros(part: Part) -> float:
    weights = [node.weight for node in part.graph.nodes if isinstance(node, Conv | Linear)]
    return 1 - sum(map(np.count_nonzero, weights)) / max(1, sum(weight.size for weight in weights))


def _token_part(node: TokenLinear, shapes: Mapping[str, tuple[int, ...]]) -> Part | None:
    """Return a layer over tokens as a 1×1 convolution over a map of one column."""
    tokens, features = shapes[node.source]
    conv = Conv(node.out, INPUT, node.weight[:, :, None, None], node.bias, (1, 1), (0, 0), relu=False)
    graph = Graph((features, tokens, 1), (conv,))
    return (
        None if unsuited(graph) else Part(graph, node.source, node.out, True, frozenset({node.out}), shapes[node.out])
    )


def _part(graph: Graph, at: int, taken: set[str], shapes: Mapping[str, tuple[int, ...]]) -> Part | None:
    """Return the longest run of layers from number `at` on that reads one value from outside and makes one for
    outside."""
    source = sources_of(graph.nodes[at])[0] if sources_of(graph.nodes[at]) else ""
    shape = shapes.get(source, OPAQUE)
    if len(shape) not in (1, 3) or shape == OPAQUE:
        return None
    inside: list[Node] = []
    names = {source}
    for node in graph.nodes[at:]:
        fits = node.out not in taken and unlowered(node, shapes) is None
        if fits and all(name in names for name in sources_of(node)):
            inside.append(node)
            names.add(node.out)
    while inside:
        part = _closed(graph, inside, source, shapes)
        if part is not None:
            return part
        inside.pop()
    return None


def _closed(graph: Graph, inside: Sequence[Node], source: str, shapes: Mapping[str, tuple[int, ...]]) -> Part | None:
    """Return the run as a part, if its last layer's value alone is read outside, and it has a layer with weights."""
    names = {node.out for node in inside}
    outside = {name for node in graph.nodes if node.out not in names for name in sources_of(node)}
    outside.add(graph.nodes[-1].out)
    if names & outside != {inside[-1].out} or not any(isinstance(node, Conv | Linear) for node in inside):
        return None
    shape = shapes[source]
    image = (shape[0], *shape[1:], *[1] * (3 - len(shape)))
    nodes: tuple[Node, ...] = tuple(_renamed(node, source) for node in inside)
    if len(shape) == 1:
        if not all(isinstance(node, Linear) for node in nodes):
            return None
        nodes = tuple(_over_a_map(node) for node in nodes if isinstance(node, Linear))
    part = Graph((image[0], image[1], image[2]), nodes)
    return (
        None if unsuited(part) else Part(part, source, inside[-1].out, False, frozenset(names), shapes[inside[-1].out])
    )


def _renamed(node: Node, source: str) -> Node:
    """Return the node, reading `INPUT` in place of `source`."""
    changes: dict[str, Any] = {}
    for name in ("source", "other", "add"):
        if getattr(node, name, None) == source:
            changes[name] = INPUT
    if hasattr(node, "sources"):
        changes["sources"] = tuple(INPUT if name == source else name for name in node.sources)
    return replace(node, **changes)


def _over_a_map(node: Linear) -> Conv:
    return Conv(node.out, node.source, node.weight[:, :, None, None], node.bias, (1, 1), (0, 0), node.relu)


@dataclass(frozen=True, eq=False)
class _Step:
    """run: from the values that it reads to those that it makes."""

    reads: tuple[str, ...]
    makes: tuple[str, ...]
    run: Callable[[list[np.ndarray]], list[np.ndarray]]


class Hybrid:
    """Images [B, C, H, W] to results. A result is the caller's."""

    def __init__(self, graph: Graph, threads: int, make: MakeRun, *, every: bool = False) -> None:
        """Choose the parts by measuring each.

        Args:
            make: from a part's graph to the engine's own code for it.
            every: take all of them, however slow: for a check of what they compute.

        Raises:
            ValueError: no part has enough zeros, or none is faster than in onnxruntime.
            ImportError: onnx or onnxruntime is not installed.
        """
        self._graph, self._threads = graph, threads
        self._shapes = map_shapes(graph)
        self._dtypes = {node.out: getattr(node, "dtype", "float32") for node in graph.nodes} | {INPUT: "float32"}
        self._runs: dict[str, Run] = {}
        parts = parts_of(graph) if every else with_zeros(parts_of(graph))
        if not parts:
            raise ValueError("no part of the network has enough zeros")
        for part in parts:
            own = make(part.graph)
            if every or self._faster(part, own):
                self._runs[part.out] = own
        self.parts = tuple(part for part in parts if part.out in self._runs)
        if not self.parts:
            raise ValueError("no part of the network is faster in the engine's own code")
        self._steps = self._planned()

    def __call__(self, images: np.ndarray) -> np.ndarray:
        """images: B ≥ 1."""
        values = {INPUT: images}
        for step in self._steps:
            made = step.run([values[name] for name in step.reads])
            values |= zip(step.makes, made, strict=True)
        return values[self._graph.nodes[-1].out]

    def _faster(self, part: Part, own: Run) -> bool:
        """Return whether one image takes less time in the engine's own code than in onnxruntime."""
        nodes = [node for node in self._graph.nodes if node.out in part.names]
        dense = self._session(nodes, (part.source,), (part.out,))
        values = np.zeros((1, *self._shapes[part.source]), np.float32)
        both: tuple[Callable[[], object], ...] = (
            lambda: part.take(own(part.put(values))),
            lambda: dense([values]),
        )
        times = [min(_seconds(run) for _ in range(_TRIALS)) for run in both]
        return times[0] < times[1]

    def _planned(self) -> tuple[_Step, ...]:
        """Return stage after stage: what onnxruntime can run of it by then, then the parts."""
        whose = {name: part for part in self.parts for name in part.names}
        stages: dict[str, int] = {INPUT: 0}
        for node in self._graph.nodes:
            part = whose.get(node.out)
            reads = (part.source,) if part else sources_of(node)
            # What a part of our own makes is there one stage later.
            stages[node.out] = max((stages[name] + (name in whose) for name in reads), default=0)
        steps: list[_Step] = []
        for stage in range(max(stages.values()) + 1):
            nodes = [node for node in self._graph.nodes if stages[node.out] == stage and node.out not in whose]
            if nodes:
                steps.append(self._dense_step(nodes))
            steps += [self._own_step(part) for part in self.parts if stages[part.out] == stage]
        return tuple(steps)

    def _own_step(self, part: Part) -> _Step:
        own = self._runs[part.out]
        return _Step((part.source,), (part.out,), lambda values: [part.take(own(part.put(values[0])))])

    def _dense_step(self, nodes: Sequence[Node]) -> _Step:
        made = {node.out for node in nodes}
        reads = dict.fromkeys(name for node in nodes for name in sources_of(node) if name not in made)
        wanted = {name for node in self._graph.nodes if node.out not in made for name in sources_of(node)}
        wanted.add(self._graph.nodes[-1].out)
        makes = tuple(node.out for node in nodes if node.out in wanted)
        return _Step(tuple(reads), makes, self._session(nodes, tuple(reads), makes))

    def _session(
        self, nodes: Sequence[Node], reads: Sequence[str], makes: Sequence[str]
    ) -> Callable[[list[np.ndarray]], list[np.ndarray]]:
        inputs, outputs = ([self._value(name) for name in names] for names in (reads, makes))
        session = session_of(model_bytes(nodes, inputs, outputs, self._graph.opset), self._threads)

        def run(values: list[np.ndarray]) -> list[np.ndarray]:
            made: list[np.ndarray] = session.run(list(makes), dict(zip(reads, values, strict=True)))
            return made

        return run

    def _value(self, name: str) -> Value:
        shape = self._shapes[name]
        return Value(name, None if shape == OPAQUE else ("batch", *shape), self._dtypes[name])


def _seconds(run: Callable[[], object]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start
