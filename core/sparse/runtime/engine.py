"""A pruned network that runs as fast as its zeros allow."""

import time
import warnings
from collections.abc import Sequence
from functools import cached_property
from threading import Lock

import numpy as np

from prunesweep.core.cpus import capped
from prunesweep.core.sparse.codegen.target import Target, here
from prunesweep.core.sparse.codegen.target import unsupported as unsupported
from prunesweep.core.sparse.model.graph import Graph
from prunesweep.core.sparse.model.lowering import windows_of
from prunesweep.core.sparse.model.receptive_field import read_pixels
from prunesweep.core.sparse.model.shapes import map_shapes
from prunesweep.core.sparse.model.window_graph import WindowGraph
from prunesweep.core.sparse.runtime.batch_plan import BatchPlan, BatchProgram
from prunesweep.core.sparse.runtime.dense_runtimes import Run, dense_runs
from prunesweep.core.sparse.runtime.hybrid import Hybrid
from prunesweep.core.sparse.runtime.limits import unsuited
from prunesweep.core.sparse.runtime.program import Programs, ThreadPool
from prunesweep.core.sparse.runtime.single_plan import SingleProgram

OWN = "own"
"""The name of the engine's own code, beside the libraries that take over."""
HYBRID = "hybrid"
"""The name of a run by parts: own code where zeros are, onnxruntime for the rest."""
_AT_ONCE = 64
"""Images a thread."""
_TRIALS, _TRIALS_MOST = 5, 50
_BURSTS, _BURST_SECONDS = 3, 0.03
_SETTLE_SECONDS = 0.1


class Engine:
    """Runs a graph on `threads` CPU threads: `engine(images)`, images float32 [B, C, H, W], any B; returns the last
    node's value, float32 [B, O], which is the caller's to keep and change: no later call touches it. The images are
    read during the call only. Calls from several threads wait for each other.

    An image with a NaN or an infinity in it gets a row of NaN, whatever the weights: the engine never meets a zero, so
    that it would lose what torch's `0 · NaN` keeps. Pixels that no window reads don't count.

    The first call with one image, and the first with many, take a few seconds: code is made then, and where there is
    more than one way to compute a layer they are tried.

    threads: how many it uses: those asked for, or as many CPUs as this process may use if they are fewer.
    """

    def __init__(
        self, graph: Graph, threads: int = 1, *, dense: bool = True, target: Target | None = None, code: str = ""
    ) -> None:
        """Make the engine of a graph.

        Args:
            dense: where onnxruntime or OpenVINO is installed, use it for batches that it is faster at (few zeros), and
                for everything where this processor lacks what the engine needs.
            target: the instructions to make code of; None = the best that this processor has.
            code: run this one only, `own`, `onnxruntime`, `OpenVINO` or `hybrid`.

        Raises:
            ValueError: the graph is none the engine knows, or neither way can run here.
        """
        if threads < 1:
            raise ValueError(f"threads {threads}: at least 1")
        self.threads = threads = capped(threads)
        shapes = map_shapes(graph)
        self._shape, self._outputs = graph.image_shape, shapes[graph.nodes[-1].out]
        self._read = read_pixels(graph)
        self._dense = dense_runs(graph, threads, code) if dense and code != OWN else {}
        self._reason = unsupported(target) or unsuited(graph)
        if code not in ("", OWN):
            self._reason = self._reason or f"only {code} was asked for"
        parts = self._by_parts(graph, target or here()) if dense and code in ("", HYBRID) else ""
        self._hybrid = parts if isinstance(parts, Hybrid) else None
        if self._hybrid is not None:
            self._dense[HYBRID] = self._hybrid
        elif self._reason and parts:
            self._reason = f"{self._reason}; {parts}"
        if self._reason is not None and not self._dense:
            raise ValueError(f"the sparse engine does not run here: {self._reason}")
        target = target or here()
        # Without a target it is the dense run for any batch, and the group does not matter.
        self._sparse = _Sparse(graph, threads, target) if target and self._reason is None else None
        self._group = target.lanes if target else 1
        self._chosen: dict[bool, Run] = {}
        self._lock = Lock()

    def __call__(self, images: np.ndarray) -> np.ndarray:
        """
        Raises:
            ValueError: images of another shape or type.
        """
        fits = isinstance(images, np.ndarray) and images.dtype == np.float32 and images.shape[1:] == self._shape
        if not fits or images.ndim != 4:
            raise ValueError(f"images must be a float32 array of shape [B, {', '.join(map(str, self._shape))}]")
        if not len(images):
            return np.zeros((0, *self._outputs), np.float32)
        with self._lock:
            result = self._run(many=len(images) >= self._group)(images)
        if not _finite(images):
            result[~np.isfinite(images[:, :, self._read]).all(axis=(1, 2))] = np.nan
        return result

    def _by_parts(self, graph: Graph, target: Target | None) -> "Hybrid | str":
        """Return the network by parts, where its own code cannot run all of it and is faster in some; else why not."""
        if target is None or unsupported(target) or unsuited(graph) is None:
            return ""
        try:
            return Hybrid(graph, self.threads, lambda part: _Sparse(part, self.threads, target))
        except (ValueError, ImportError) as error:
            return str(error)
        except Exception as error:  # whatever a library trips over in a part, it may run the whole
            reason = str(error).strip().partition("\n")[0] or repr(error)
            warnings.warn(f"the sparse engine cannot run it by parts: {reason}", RuntimeWarning, stacklevel=3)
            return reason

    @property
    def how(self) -> str:
        """In words: what runs the network here, and why."""
        with self._lock:  # the first time it runs the network, in the buffers that calls use
            few, many = (self._by(self._run(many=many)) for many in (False, True))
        name = "" if self._sparse is None else f"sparse ({self._sparse.target.name})"
        if few == many == "":
            return name
        dense = " or ".join(dict.fromkeys(by for by in (few, many) if by))
        if few == many == HYBRID and self._hybrid is not None:
            return f"hybrid: {len(self._hybrid.parts)} parts sparse, the rest by onnxruntime: {self._reason}"
        if few and many:
            return f"dense by {dense}: {self._reason or 'too few weights are zero'}"
        which = "from" if many else "under"
        return f"{name}; batches {which} {self._group} images dense by {dense}, which is faster there"

    def code(self, batch: int) -> str:
        """Return what runs batches of that size: `own`, `onnxruntime`, `OpenVINO` or `hybrid`."""
        with self._lock:
            return self._by(self._run(many=batch >= self._group)) or OWN

    def _by(self, run: Run) -> str:
        """Return who runs it densely; "" where the engine runs it itself."""
        return next((name for name, dense in self._dense.items() if dense is run), "")

    def _run(self, *, many: bool) -> Run:
        """Return what is faster for batches smaller than a group, or for the others."""
        if many not in self._chosen:
            images = np.zeros((self._group if many else 1, *self._shape), np.float32)
            runs = [run for run in (self._sparse, *self._dense.values()) if run is not None]
            self._chosen[many] = _faster(runs, images, settle=_settle(self.threads))
        return self._chosen[many]


def _finite(values: np.ndarray) -> bool:
    """Return whether no value is NaN or infinite, in two quick passes: a NaN is neither above nor below anything."""
    flat = values.reshape(-1)
    return bool(np.minimum.reduce(flat) > -np.inf and np.maximum.reduce(flat) < np.inf)


def _faster(runs: Sequence[Run], images: np.ndarray, *, settle: float) -> Run:
    """They take turns in bursts, each after `settle` seconds of rest: the threads of whoever ran before keep spinning
    for a while, and would slow down the next. The best burst's median counts."""
    if len(runs) == 1:
        return runs[0]
    bursts = np.array([[_burst(run, images, settle) for run in runs] for _ in range(_BURSTS)])
    return runs[int(bursts.min(axis=0).argmin())]


def _settle(threads: int) -> float:
    """Return the seconds to wait before a measurement: one thread waits for nobody."""
    return _SETTLE_SECONDS if threads > 1 else 0.0


def _burst(run: Run, images: np.ndarray, settle: float) -> float:
    """Return median seconds of some calls, the first left out."""
    time.sleep(settle)
    run(images)
    times: list[float] = []
    while len(times) < _TRIALS or (len(times) < _TRIALS_MOST and sum(times) < _BURST_SECONDS):
        times.append(_seconds(run, images))
    return float(np.median(times))


class _Sparse:
    """The engine's own code, for any batch."""

    def __init__(self, graph: Graph, threads: int, target: Target) -> None:
        self.target = target
        self._net, self._threads = windows_of(graph), threads
        self._shape = graph.image_shape
        self._outputs_shape = map_shapes(graph)[graph.nodes[-1].out]
        self._pool = ThreadPool(threads)
        self._programs: dict[int, tuple[BatchProgram, Programs]] = {}
        self._paying: dict[int, bool] = {}
        self._most = _AT_ONCE * threads

    def __call__(self, images: np.ndarray) -> np.ndarray:
        """images: B ≥ 1."""
        parts = [images[low : low + self._most] for low in range(0, len(images), self._most)]
        outputs = [output for part in parts for output in self._outputs(part)]
        every = np.concatenate(outputs) if len(outputs) > 1 else outputs[0]
        return every.reshape(len(images), *self._outputs_shape)

    def _outputs(self, images: np.ndarray) -> list[np.ndarray]:
        """Return the logits: images that fill no group run one by one if they are few; all do if groups don't pay."""
        rest = len(images) % self.target.lanes
        alone = len(images) == 1 or (rest > 0 and rest < self._few)
        whole = len(images) - rest if alone else len(images)
        whole = whole if self._pays(-(-whole // self.target.lanes)) else 0
        outputs = [self._many(images[:whole])] if whole else []
        return outputs + [self._one(images[at : at + 1]) for at in range(whole, len(images))]

    @cached_property
    def _one(self) -> Run:
        """A single image: several threads must meet after every layer, and where layers are short one is faster."""
        pools = [self._pool] if self._threads == 1 else [self._pool, ThreadPool(1)]
        runs = [_One(self._net, pool, self.target) for pool in pools]
        return _faster(runs, np.zeros((1, *self._shape), np.float32), settle=_settle(self._threads))

    @cached_property
    def _wide(self) -> BatchPlan:
        return BatchPlan(self._net, self._threads, self.target)

    @cached_property
    def _tiled(self) -> frozenset[int]:
        """The layers that go by tiles in every batch, so that equal images get equal bits."""
        return self._wide.fastest(self._most // self.target.lanes, self._pool)

    @cached_property
    def _few(self) -> int:
        """From how many images on a group is faster than one by one."""
        return max(2, min(self.target.lanes, round(self._alike(1))))

    def _pays(self, groups: int) -> bool:
        """Are so many groups faster than their images one by one?"""
        images = groups * self.target.lanes
        if images in range(1, self.target.sure) and groups not in self._paying:
            self._paying[groups] = self._alike(groups) < images
        return self._paying.get(groups, True)

    def _alike(self, groups: int) -> float:
        """Return how many images one by one take as long as so many groups."""
        images = np.zeros((groups * self.target.lanes, *self._shape), np.float32)
        grouped = min(_seconds(self._many, images) for _ in range(_TRIALS))
        return grouped / min(_seconds(self._one, images[:1]) for _ in range(_TRIALS))

    def _many(self, images: np.ndarray) -> np.ndarray:
        groups = -(-len(images) // self.target.lanes)
        if groups not in self._programs:
            made = self._wide.program(groups, self._tiled)
            self._programs[groups] = made, self._pool.programs(made.steps)
        program, calls = self._programs[groups]
        program.put(images)
        self._pool.run(calls)
        return program.result(len(images))


class _One:
    """A single image on a pool: [1, C, H, W] → [1, O]."""

    def __init__(self, net: WindowGraph, pool: ThreadPool, target: Target) -> None:
        self.threads, self._pool = pool.threads, pool
        self._program = SingleProgram(net, pool.threads, target)
        self._calls = pool.programs(self._program.fastest(pool))

    def __call__(self, image: np.ndarray) -> np.ndarray:
        self._program.put(image[0])
        self._pool.run(self._calls)
        return self._program.result()


def _seconds(run: Run, images: np.ndarray) -> float:
    start = time.perf_counter()
    run(images)
    return time.perf_counter() - start
