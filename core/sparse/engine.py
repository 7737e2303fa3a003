"""A pruned network that runs as fast as its zeros allow."""

import time
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from core.sparse.dense import Run, dense_run
from core.sparse.executable import unsupported as unsupported
from core.sparse.flat import FlatProgram
from core.sparse.frames import GROUP
from core.sparse.graph import Conv, GlobalMean, Graph, Linear, map_shapes
from core.sparse.program import Crew
from core.sparse.wide import WideNet, WideProgram

_GROUPS_AT_ONCE = 4
_TRIALS = 5


class Engine:
    """Runs a graph on `threads` CPU threads: `engine(images)`, images float32 [B, C, H, W], any B; returns the last
    node's value, float32 [B, O]. One call at a time.

    How each layer is computed is decided by measuring when the engine is made (a second or two): see `how`.
    """

    def __init__(self, graph: Graph, threads: int = 1, *, dense: bool = True) -> None:
        """dense: where onnxruntime is installed, use it for batches that it is faster at (few zeros), and for
        everything where this processor lacks what the engine needs.

        Raises:
            ValueError: the graph is none the engine knows, or neither way can run here.
        """
        if threads < 1:
            raise ValueError(f"threads {threads}: at least 1")
        shapes = map_shapes(graph)
        self._shape, self._outputs = graph.image_shape, shapes[graph.nodes[-1].out][0]
        other = dense_run(graph, threads) if dense else None
        reason = unsupported() or unknown(graph)
        if reason is not None:
            if other is None:
                raise ValueError(f"the sparse engine does not run here: {reason}")
            self._one = self._many = other
            self.how = f"dense by onnxruntime: {reason}"
            """In words: what runs it, and why."""
            return
        sparse = _Sparse(graph, threads)
        sizes = {batch: np.zeros((batch, *self._shape), np.float32) for batch in (1, GROUP)}
        slower = {batch: other is not None and _slower(sparse, other, images) for batch, images in sizes.items()}
        self._one, self._many = (other if other is not None and slower[batch] else sparse for batch in sizes)
        self.how = _CHOICES[slower[1], slower[GROUP]]

    def __call__(self, images: np.ndarray) -> np.ndarray:
        """
        Raises:
            ValueError: images of another shape or type.
        """
        fits = isinstance(images, np.ndarray) and images.dtype == np.float32 and images.shape[1:] == self._shape
        if not fits or images.ndim != 4:
            raise ValueError(f"images must be a float32 array of shape [B, {', '.join(map(str, self._shape))}]")
        if not len(images):
            return np.zeros((0, self._outputs), np.float32)
        return (self._many if len(images) >= GROUP else self._one)(images)


_CHOICES = {
    (False, False): "sparse (AVX-512)",
    (True, False): "sparse (AVX-512); batches under 16 images dense by onnxruntime, which is faster there",
    (False, True): "sparse (AVX-512); batches from 16 images dense by onnxruntime, which is faster there",
    (True, True): "dense by onnxruntime: too few weights are zero",
}


def _slower(one: Run, other: Run, images: np.ndarray) -> bool:
    """Whether `one` loses to `other`. They take turns; the best of each counts."""
    times = [(_seconds(one, images), _seconds(other, images)) for _ in range(_TRIALS)]
    return min(time for time, _ in times) > min(time for _, time in times)


class _Sparse:
    """The engine's own code, for any batch."""

    def __init__(self, graph: Graph, threads: int) -> None:
        self._tail: Sequence[GlobalMean | Linear] = [
            node for node in graph.nodes if isinstance(node, (GlobalMean, Linear))
        ]
        self._last_map = self._tail[0].source
        self._crew = Crew(threads)
        self._flat = FlatProgram(graph, threads)
        self._flat_steps = self._flat.fastest(self._crew)
        self._flat_calls = self._crew.programs(self._flat_steps)
        self._wide = WideNet(graph, threads)
        self._wide_calls: dict[int, tuple[WideProgram, tuple[np.ndarray, ...]]] = {}
        self._most = GROUP * _GROUPS_AT_ONCE * threads
        self._few = self._fewer_one_by_one(np.zeros((GROUP, *graph.image_shape), np.float32))

    def __call__(self, images: np.ndarray) -> np.ndarray:
        """images: B ≥ 1. What doesn't fill a group of 16 runs one by one if it is little."""
        rest = len(images) % GROUP
        whole = len(images) - rest if rest < self._few else len(images)
        outputs = [self._many(images[low : min(low + self._most, whole)]) for low in range(0, whole, self._most)]
        outputs += [self._one(image) for image in images[whole:]]
        return np.concatenate(outputs) if len(outputs) > 1 else outputs[0]

    def _one(self, image: np.ndarray) -> np.ndarray:
        self._flat.put(image)
        self._crew.run(self._flat_calls)
        return self._finished(self._flat.means(self._last_map))

    def _many(self, images: np.ndarray) -> np.ndarray:
        groups = -(-len(images) // GROUP)
        if groups not in self._wide_calls:
            made = self._wide.program(groups)
            self._wide_calls[groups] = made, self._crew.programs(made.steps)
        program, calls = self._wide_calls[groups]
        program.put(images)
        self._crew.run(calls)
        return self._finished(program.means(self._last_map, len(images)))

    def _finished(self, values: np.ndarray) -> np.ndarray:
        for node in self._tail:
            if isinstance(node, Linear):
                values = values @ node.weight.T + node.bias
                values = np.maximum(values, 0) if node.relu else values
        return values

    def _fewer_one_by_one(self, images: np.ndarray) -> int:
        """Up to how many images are faster one by one than as a group."""
        group = min(_seconds(self._many, images) for _ in range(_TRIALS))
        single = min(_seconds(self._one, images[0]) for _ in range(_TRIALS))
        return max(2, min(GROUP, round(group / single)))


def _seconds(run: Run, images: np.ndarray) -> float:
    start = time.perf_counter()
    run(images)
    return time.perf_counter() - start


def unknown(graph: Graph) -> str | None:
    """What the engine doesn't know in this graph: it wants convolutions and max-pools, one mean, then linear layers."""
    kinds = [type(node) for node in graph.nodes]
    if kinds.count(GlobalMean) != 1 or Linear in kinds[: kinds.index(GlobalMean)]:
        return "it wants one global mean between the convolutions and the linear layers"
    after = graph.nodes[kinds.index(GlobalMean) :]
    if any(not isinstance(node, Linear) for node in after[1:]):
        return "something other than linear layers follows the global mean"
    if any(node.source != before.out for before, node in pairwise(after)):
        return "the linear layers do not follow each other"
    if any(isinstance(node, Conv) and node.add == node.out for node in graph.nodes):
        return "a layer adds its own output"
    return None
