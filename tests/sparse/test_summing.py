"""Sums over large windows: every number once, few after each other, and the mean that float64 gives."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prunesweep.core.sparse.codegen.target import Target
from prunesweep.core.sparse.model.graph import INPUT, AvgPool, GlobalMean, Graph
from prunesweep.core.sparse.model.lowering import sum_windows, windows_of
from prunesweep.core.sparse.model.window_graph import SumPool
from prunesweep.core.sparse.runtime.engine import Engine
from prunesweep.core.sparse.runtime.layout import frames_of
from tests.support.examples import examples

_SIDES = st.one_of(st.integers(1, 40), st.sampled_from([53, 64, 97]))


def _mean(*shape: int) -> Graph:
    return Graph((shape[0], shape[1], shape[2]), (GlobalMean("mean", INPUT),))


def _assert_near(graph: Graph, images: np.ndarray, wanted: np.ndarray, target: Target | None = None) -> None:
    engine = Engine(graph, dense=False, target=target)
    for some in (1, len(images)):
        assert np.abs(engine(images[:some]) - wanted[:some]).max() <= 1e-6 * np.abs(wanted).max()


@given(st.integers(1, 1 << 17), st.integers(1, 1 << 17))
@settings(deadline=None, max_examples=examples(50))
def test_windows_leave_one_number_and_none_of_a_large_map_is_large(height: int, width: int) -> None:
    size = (height, width)
    for high, wide in sum_windows((height, width)):
        assert high * wide <= (64 if height * width <= 64 else 16)
        size = (-(-size[0] // high), -(-size[1] // wide))
    assert size == (1, 1)


@given(_SIDES, _SIDES)
@settings(deadline=None, max_examples=examples(25))
def test_windows_read_each_pixel_of_any_map_once(height: int, width: int) -> None:
    """Also where its sides are primes: what lies beyond it is the border, and nothing."""
    net = windows_of(_mean(1, height, width))
    values = np.arange(height * width, dtype=object).reshape(height, width)  # Python's integers: sums are exact
    for node in net.nodes:
        if isinstance(node, SumPool):
            _, rows, columns = net.shapes[node.out]
            room = frames_of(net.nodes, net.shapes, 16)[node.source]
            assert (room.rows, room.columns) == (rows * node.kernel[0], columns * node.kernel[1])
            framed = np.zeros((room.rows, room.columns), object)
            framed[: values.shape[0], : values.shape[1]] = values
            values = framed.reshape(rows, node.kernel[0], columns, node.kernel[1]).sum(axis=(1, 3))
    assert values.tolist() == [[sum(range(height * width))]]


@pytest.mark.parametrize("size", [(1, 67), (31, 3), (13, 17)])
def test_the_mean_of_any_map_is_that_of_float64(size: tuple[int, int]) -> None:
    images = (1 + np.random.default_rng(0).random((17, 2, *size))).astype(np.float32)
    _assert_near(_mean(2, *size), images, images.mean((2, 3), np.float64))


def test_a_large_even_image_keeps_its_value(target: Target) -> None:
    """One after the other, so many are off by 1e-5 of their sum."""
    images = np.full((17, 1, 47, 61), 0.1, np.float32)
    _assert_near(_mean(1, 47, 61), images, images.mean((2, 3), np.float64), target)


def test_a_large_average_that_is_no_whole_map(target: Target) -> None:
    images = np.full((17, 1, 19, 21), 0.1, np.float32)
    node = AvgPool("a", INPUT, (16, 17), (3, 2), (0, 0), count_padding=True)
    _assert_near(Graph((1, 19, 21), (node,)), images, np.full((17, 1, 2, 3), np.float64(np.float32(0.1))), target)


@pytest.mark.parametrize("size", [(7, 7), (8, 8)])
def test_a_map_in_front_of_a_classifier_is_one_window(size: tuple[int, int]) -> None:
    """The code and the bits of usual networks stay as they were."""
    assert list(sum_windows(size)) == [size]
