"""Layers by Winograd's transforms: the same numbers as any convolution."""

from collections.abc import Sequence

import numpy as np
import pytest
import torch
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from prunesweep.core.sparse.codegen.target import Target
from prunesweep.core.sparse.kernels.winograd import HIGH, LOW, transformed, worth
from prunesweep.core.sparse.model.graph import INPUT, Graph, Node
from prunesweep.core.sparse.model.lowering import windows_of
from prunesweep.core.sparse.runtime.batch_plan import BatchPlan
from prunesweep.core.sparse.runtime.program import ProgramStep, ThreadPool
from prunesweep.core.sparse.runtime.single_plan import SingleProgram
from tests.sparse.nets import assert_close, conv, headed
from tests.support.examples import examples


@pytest.fixture
def always(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every layer that can be goes by tiles; the names of these layers are noted."""
    names: list[str] = []

    def flat(program: SingleProgram, _: ThreadPool) -> tuple[ProgramStep, ...]:
        return tuple(step for ways in program._ways for step in ways[-1])

    def wide(net: BatchPlan, _: int, __: ThreadPool) -> frozenset[int]:
        numbers = frozenset(number for number, layer in enumerate(net._layers) if layer.tiled)
        names.extend(net._layers[number].node.out for number in numbers)
        return numbers

    monkeypatch.setattr(SingleProgram, "fastest", flat)
    monkeypatch.setattr(BatchPlan, "fastest", wide)
    return names


@given(st.integers(0, 1 << 30))
def test_the_transforms_make_a_convolution(seed: int) -> None:
    """In double precision, from the published form alone: y = A\u1d40 [(G g G\u1d40) \u2299 (B\u1d40 d B)] A."""
    random = np.random.default_rng(seed)
    tile, weight = random.standard_normal((6, 6)), random.standard_normal((3, 3))
    points = [0.0, LOW, -LOW, HIGH, -HIGH]
    inward = np.zeros((6, 6))
    for number, point in enumerate(points):
        inward[number, :5] = np.poly([other for other in points if other != point])[::-1]
    inward[5] = np.poly(points)[::-1]
    outward = np.hstack([np.array(points)[None] ** np.arange(4)[:, None], [[0.0], [0.0], [0.0], [1.0]]])
    product = transformed(weight[None, None].astype(np.float32))[:, 0, 0].reshape(6, 6) * (inward @ tile @ inward.T)
    found = outward @ product @ outward.T
    wanted = [[np.sum(tile[y : y + 3, x : x + 3] * weight) for x in range(4)] for y in range(4)]
    assert np.abs(found - wanted).max() < 1e-5 * np.abs(wanted).max()


@st.composite
def tiled_nets(draw: st.DrawFn) -> Graph:
    """Maps of whole tiles, with few and many of them; a residual sum perhaps."""
    random = np.random.default_rng(draw(st.integers(0, 1 << 30)))
    size = (4 * draw(st.integers(1, 5)), 4 * draw(st.integers(1, 5)))
    if draw(st.booleans()):
        size = draw(st.sampled_from([(16, 16), (16, 32), (32, 16)]))
    channels, width = draw(st.integers(1, 9)), draw(st.sampled_from([1, 2, 7, 15, 30, 31, 61]))
    density = draw(st.sampled_from([0.3, 1.0]))
    nodes: list[Node] = [conv(random, "first", INPUT, (width, channels, 3, 3), density, relu=draw(st.booleans()))]
    if draw(st.booleans()):
        how = {"add": "first", "relu": draw(st.booleans())}
        nodes.append(conv(random, "sum", "first", (width, width, 3, 3), density, **how))
    return headed(random, (channels, *size), nodes, width)


@settings(
    deadline=None,
    max_examples=examples(6),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(tiled_nets(), st.integers(2, 40), st.integers(1, 2), st.booleans())
@pytest.mark.usefixtures("always")
def test_layers_by_tiles_agree_with_torch(
    target: Target, graph: Graph, batch: int, threads: int, grouped: bool
) -> None:
    assert_close(graph, [1, batch], target, threads, grouped=grouped)


@pytest.mark.parametrize("padding", [(1, 1), (0, 0), (2, 1)])
def test_any_padding(always: list[str], target: Target, padding: tuple[int, int]) -> None:
    random = np.random.default_rng(0)
    size = (18 - 2 * padding[0], 18 - 2 * padding[1])
    node = conv(random, "only", INPUT, (8, 3, 3, 3), 1.0, padding=padding)
    assert_close(headed(random, (3, *size), [node], 8), [1, 40], target, grouped=True)
    assert always == ["only"]


@pytest.mark.parametrize("channels", [64, 256])
def test_every_pixel_keeps_its_digits(target: Target, channels: int) -> None:
    """No mean over the map hides an error here: what docs/speed.md says of the precision."""
    random = np.random.default_rng(0)
    node = conv(random, "one", INPUT, (64, channels, 3, 3), 1.0)
    net = BatchPlan(windows_of(headed(random, (channels, 16, 16), [node], 64)), 1, target)
    program, pool = net.program(1, frozenset({0})), ThreadPool(1)
    images = random.standard_normal((target.lanes, channels, 16, 16)).astype(np.float32)
    program.put(images)
    pool.run(pool.programs(program.steps))
    found = program._frames["one"].map(program._memory.values["one"])[0].transpose(3, 0, 1, 2)
    exact = torch.conv2d(*(torch.from_numpy(part).double() for part in (images, node.weight, node.bias)), padding=1)
    wanted = exact.relu().numpy()
    assert np.abs(found - wanted).max() <= 3e-6 * wanted.max()


@pytest.mark.parametrize(("channels", "side"), [(32, 16), (128, 4)])
def test_digits_are_kept_over_many_channels(always: list[str], target: Target, channels: int, side: int) -> None:
    random = np.random.default_rng(0)
    nodes: list[Node] = [conv(random, "first", INPUT, (channels, channels, 3, 3), 1.0)]
    nodes.append(conv(random, "second", "first", (channels, channels, 3, 3), 1.0, add="first"))
    assert_close(headed(random, (channels, side, side), nodes, channels), [1, 16], target, grouped=True)
    assert always == ["first", "second"]


@pytest.mark.parametrize(
    ("shape", "stride", "out", "density", "may"),
    [
        ((8, 8, 3, 3), (1, 1), (8, 8, 8), 1.0, True),
        ((8, 8, 3, 3), (1, 1), (8, 4, 12), 0.5, True),
        ((8, 8, 3, 3), (1, 1), (8, 8, 8), 0.05, False),
        ((8, 8, 3, 3), (2, 2), (8, 8, 8), 1.0, False),
        ((8, 8, 3, 3), (1, 1), (8, 7, 8), 1.0, False),
        ((8, 8, 1, 1), (1, 1), (8, 8, 8), 1.0, False),
        ((8, 8, 5, 3), (1, 1), (8, 8, 8), 1.0, False),
    ],
)
def test_which_layers_may_go_by_tiles(
    shape: tuple[int, ...], stride: tuple[int, int], out: tuple[int, ...], density: float, may: bool
) -> None:
    node = conv(np.random.default_rng(0), "one", INPUT, shape, density, stride=stride)
    assert worth(node, out) is may


def test_layers_go_the_way_that_takes_less(target: Target) -> None:
    random = np.random.default_rng(0)
    nodes: list[Node] = [conv(random, "first", INPUT, (8, 3, 3, 3), 1.0)]
    nodes.append(conv(random, "second", "first", (8, 8, 3, 3), 0.01))
    nodes.append(conv(random, "third", "second", (8, 8, 3, 3), 1.0))
    net = BatchPlan(windows_of(headed(random, (3, 8, 8), nodes, 8)), 1, target)
    times = iter([[5.0, 1.0, 2.0, 9.0, 9.0], [4.0, 1.0, 3.0, 0.0, 0.0]])

    class Clock(ThreadPool):
        def timed(self, steps: Sequence[ProgramStep], rounds: int) -> np.ndarray:
            assert len(steps) == 5
            return np.array([next(times)] * rounds)

    assert net.fastest(1, Clock(1)) == {0}
