"""Whose memory is it? What a call returns is the caller's, what it was given is read during the call only."""

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from prunesweep.core.sparse.codegen.target import TARGETS, unsupported
from prunesweep.core.sparse.model.graph import Graph
from prunesweep.core.sparse.runtime.dense_runtimes import dense_runs
from prunesweep.core.sparse.runtime.engine import Engine
from tests.sparse.nets import need_dense, reference, resnet
from tests.support.examples import examples

MOST = 130
CALLERS = 3
WAYS = [*(target.name for target in TARGETS), "onnxruntime", "OpenVINO"]
quiet = settings(
    deadline=None,
    max_examples=examples(3),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
batches = st.lists(
    st.one_of(st.sampled_from([1, 2, 4, 7, 8, 9, 15, 16, 17, 63, 64, 65, 128, 129]), st.integers(1, MOST)),
    min_size=2,
    max_size=5,
)


@cache
def network() -> tuple[Graph, np.ndarray, np.ndarray]:
    """A graph, images [130, 3, 16, 16], and what torch makes of them."""
    graph = resnet(0.3, side=16, width=4)
    images = np.random.default_rng(0).standard_normal((MOST, *graph.image_shape)).astype(np.float32)
    return graph, images, reference(graph, images)


@cache
def engine(way: str, threads: int) -> Engine:
    """The engine, with one way to run for every batch."""
    graph, _, _ = network()
    target = next((target for target in TARGETS if target.name == way), None)
    if target is not None:
        return Engine(graph, threads, dense=False, target=target)
    made = Engine(graph, threads)
    made._chosen.update(dict.fromkeys((True, False), dense_runs(graph, threads)[way]))
    return made


@pytest.fixture(params=[(way, threads) for way in WAYS for threads in (1, 2)], ids=lambda way: f"{way[0]}-{way[1]}")
def run(request: pytest.FixtureRequest) -> Engine:
    """Through each target that this processor has, and through each that takes over where it has none."""
    way, threads = request.param
    target = next((target for target in TARGETS if target.name == way), None)
    if target is None:
        need_dense(way)
    elif reason := unsupported(target):
        pytest.skip(reason)
    return engine(way, threads)


def parts(sizes: Sequence[int]) -> Iterator[slice]:
    """Where each batch lies among the images; each begins elsewhere, so that no two have equal results."""
    for number, size in enumerate(sizes):
        begin = number * 37 % (MOST - size + 1)
        yield slice(begin, begin + size)


def called(run: Callable[[np.ndarray], np.ndarray], part: slice) -> np.ndarray:
    """A call after which its input is overwritten."""
    images = network()[1][part].copy()
    result = run(images)
    images[:] = np.nan
    return result


def assert_all_stand(results: Sequence[np.ndarray], places: Sequence[slice]) -> None:
    """They hold what torch gives, each in its own memory, and may be written to."""
    _, _, wanted = network()
    for result, place in zip(results, places, strict=True):
        assert np.abs(result - wanted[place]).max() <= 1e-5 * np.abs(wanted).max()
    for number, result in enumerate(results):
        result[:] = number
    assert all((result == number).all() for number, result in enumerate(results))


@pytest.mark.slow
@quiet
@given(batches)
def test_results_stand_after_later_calls(run: Engine, sizes: list[int]) -> None:
    places = list(parts(sizes))
    assert_all_stand([called(run, place) for place in places], places)


@pytest.mark.slow
@quiet
@given(batches)
def test_results_stand_after_calls_of_other_threads(run: Engine, sizes: list[int]) -> None:
    places = list(parts(sizes)) * CALLERS
    with ThreadPoolExecutor(CALLERS) as pool:
        results = list(pool.map(lambda place: called(run, place), places))
    assert_all_stand(results, places)


def test_asking_how_does_not_disturb_the_first_calls() -> None:
    graph, _, _ = network()
    fresh = Engine(graph)
    places = list(parts([1, 16, 33, 2, 64]))
    with ThreadPoolExecutor(CALLERS) as pool:
        words = [pool.submit(lambda: fresh.how) for _ in range(CALLERS)]
        results = list(pool.map(lambda place: called(fresh, place), places))
    assert_all_stand(results, places)
    assert len({word.result() for word in words}) == 1
