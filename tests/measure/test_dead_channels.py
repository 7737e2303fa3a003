"""Channels without effect go, and nothing else changes."""

import numpy as np
import pytest
import torch
from torch import nn

from prunesweep.core.measure.torch_graph import graph_of
from prunesweep.core.measure.torch_reference import TOLERANCE, difference, run_graph
from prunesweep.core.plan.models import MODELS, ModelRef
from prunesweep.core.sparse.model.dead_channels import drop_dead_channels
from prunesweep.core.sparse.model.graph import INPUT, Conv, GlobalMean, Graph, Linear, MaxPool, Node
from prunesweep.core.sparse.model.shapes import map_shapes
from prunesweep.core.training.models import build_model, prunable


def checked(graph: Graph) -> tuple[Graph, dict[str, int]]:
    """Drops, and asserts that the outputs stay the same and that what was counted has gone."""
    images = torch.randn(2, *graph.image_shape, generator=torch.Generator().manual_seed(1))
    small, removed = drop_dead_channels(graph)
    assert difference(run_graph(small, images), run_graph(graph, images)) <= TOLERANCE
    before, after = map_shapes(graph), map_shapes(small)
    assert list(before) == list(after)
    for node in graph.nodes:
        if isinstance(node, Conv | Linear):
            assert before[node.out][0] - after[node.out][0] == removed.get(node.out, 0)
    assert drop_dead_channels(small)[1] == {}, "nothing is left to do"
    return small, removed


def conv(
    out: str, source: str, weight: np.ndarray, bias: list[float], *, padding: int = 0, add: str | None = None
) -> Conv:
    return Conv(out, source, weight.astype(np.float32), np.array(bias, np.float32), (1, 1), (padding,) * 2, True, add)


def head(source: str, channels: int) -> tuple[Node, ...]:
    weight = np.random.default_rng(9).standard_normal((2, channels)).astype(np.float32)
    return GlobalMean("mean", source), Linear("fc", "mean", weight, np.ones(2, np.float32), relu=False)


def chain(bias: float, padding: int) -> Graph:
    """Two convolutions; the first one's filter 1 is zero and gives relu(bias)."""
    random = np.random.default_rng(0)
    first, second = random.standard_normal((3, 3, 3, 3)), random.standard_normal((4, 3, 3, 3))
    first[1] = 0
    nodes = (conv("a", INPUT, first, [0.1, bias, 0.2]), conv("b", "a", second, [0.1] * 4, padding=padding))
    return Graph((3, 9, 9), (*nodes, *head("b", 4)))


@pytest.mark.parametrize(
    ("bias", "padding", "goes"), [(-1.0, 1, True), (0.0, 1, True), (1.0, 0, True), (-1.0, 0, True), (1.0, 1, False)]
)
def test_a_filter_of_zeros_goes_where_its_constant_can(bias: float, padding: int, goes: bool) -> None:
    assert checked(chain(bias, padding))[1] == ({"a": 1} if goes else {})


def test_a_constant_goes_through_pooling_and_the_mean() -> None:
    random = np.random.default_rng(0)
    weight = random.standard_normal((3, 3, 3, 3))
    weight[2] = 0
    pool = MaxPool("p", "a", (3, 3), (2, 2), (1, 1), ceil=True)
    graph = Graph((3, 9, 9), (conv("a", INPUT, weight, [0.1, 0.2, 0.7]), pool, *head("p", 3)))
    small, removed = checked(graph)
    assert removed == {"a": 1}
    assert small.nodes[-1].bias == pytest.approx(1 + 0.7 * graph.nodes[-1].weight[:, 2])


def test_what_nobody_reads_goes_and_then_what_only_that_read() -> None:
    random = np.random.default_rng(0)
    first, second, third = (random.standard_normal((3, 3, 3, 3)) for _ in range(3))
    third[:, 2] = 0
    second[:2, 1] = 0  # a's channel 1 is read by b's channel 2 alone, which nobody reads
    nodes = (conv("a", INPUT, first, [0.1] * 3), conv("b", "a", second, [0.2] * 3, padding=1))
    graph = Graph((3, 12, 12), (*nodes, conv("c", "b", third, [0.1] * 3, padding=1), *head("c", 3)))
    assert checked(graph)[1] == {"a": 1, "b": 1}


@pytest.mark.parametrize(("both", "bias", "goes"), [(True, -1.0, True), (False, -1.0, False), (True, 1.0, False)])
def test_a_sums_channel_goes_only_from_all_its_parts(both: bool, bias: float, goes: bool) -> None:
    random = np.random.default_rng(0)
    a, b, c = (random.standard_normal((3, 3, 3, 3)) for _ in range(3))
    a[1] = 0
    if both:
        b[1] = 0
    nodes = (conv("a", INPUT, a, [0.1, bias, 0.3], padding=1), conv("b", "a", b, [bias] * 3, padding=1, add="a"))
    graph = Graph((3, 8, 8), (*nodes, conv("c", "b", c, [0.3] * 3, padding=1), *head("c", 3)))
    # A positive constant stays because b and c read it with padding.
    assert checked(graph)[1] == ({"a": 1, "b": 1} if goes else {})


def test_a_network_without_any_weight_keeps_one_channel_everywhere() -> None:
    zero = np.zeros((3, 3, 3, 3))
    nodes = (conv("a", INPUT, zero, [0.5] * 3, padding=1), conv("b", "a", zero, [0.5] * 3, padding=1))
    small, removed = checked(Graph((3, 8, 8), (*nodes, *head("b", 3))))
    assert removed == {"a": 2, "b": 2}
    assert small.nodes[-1].weight.shape == (2, 1)


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize("kept", [0.02, 0.3])
def test_networks_with_random_masks_and_planted_dead_channels(name: str, kept: float) -> None:
    model = build_model(ModelRef(name, 6, 10), seed=0).eval()
    random = torch.Generator().manual_seed(3)
    for name_, weight in prunable(model):
        mask = torch.rand(weight.shape, generator=random) < kept
        if not name_.startswith(("fc", "classifier")):
            mask[torch.rand(len(weight), generator=random) < 0.3] = False
        mask[:, torch.rand(weight.shape[1], generator=random) < 0.2] = False
        weight.data *= mask
    norms = [module for module in model.modules() if isinstance(module, nn.BatchNorm2d)]
    for norm in norms:
        norm.bias.data.normal_(0, 0.3, generator=random)
        norm.momentum = 1.0
    images = torch.randn(8, 3, 24, 24, generator=random)
    with torch.inference_mode():
        model.train()(images)  # statistics of its own, so that what the images are comes through to the outputs
        outputs = model.eval()(images)
    if kept > 0.1:
        assert float(outputs.std(dim=0).max()) > 0.01 * float(outputs.abs().max())
    removed = checked(graph_of(model, (3, 24, 24)))[1]
    assert sum(removed.values()) > 10


def test_a_dense_network_loses_nothing() -> None:
    graph = graph_of(build_model(ModelRef("resnet18", 4, 10), seed=0).eval(), (3, 16, 16))
    small, removed = drop_dead_channels(graph)
    assert removed == {}
    assert small is graph
