"""Networks as graphs: the same outputs, and one clear line for what cannot be a graph."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import nn

from prunesweep.core.measure.torch_graph import graph_of
from prunesweep.core.measure.torch_reference import TOLERANCE, difference, run_graph
from prunesweep.core.plan.models import MODELS, ModelRef
from prunesweep.core.pruning.masks import apply_masks
from prunesweep.core.sparse.model.graph import Conv, Linear
from prunesweep.core.sparse.model.shapes import map_shapes
from prunesweep.core.training.models import build_model


def settled(model: nn.Module, seed: int = 0) -> nn.Module:
    """The model in evaluation mode with random weights, its batch-norms with scales of both signs, shifts, and the
    statistics of noise, so that what is in the images comes through to the outputs."""
    random = torch.Generator().manual_seed(seed)
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.momentum = 1.0
            if module.affine:
                module.weight.data.normal_(0.7, 0.5, generator=random)
                module.bias.data.normal_(0, 0.5, generator=random)
        elif isinstance(module, nn.Conv2d | nn.Linear):
            nn.init.kaiming_normal_(module.weight, generator=random)
            if module.bias is not None:
                module.bias.data.normal_(0, 0.3, generator=random)
    with torch.inference_mode():
        model.train()(torch.randn(8, 3, 16, 16, generator=random))
    return model.eval()


def agree(model: nn.Module, shape: tuple[int, int, int]) -> None:
    images = 2 * torch.randn(2, *shape, generator=torch.Generator().manual_seed(1))
    with torch.inference_mode():
        expected = model(images)
    largest = float(expected.abs().max())
    assert float((expected[0] - expected[1]).abs().max()) > 0.005 * largest, "the images come through to the outputs"
    graph = graph_of(model, shape)
    assert map_shapes(graph)[graph.nodes[-1].out] == expected.shape[1:]
    assert difference(run_graph(graph, images), expected) <= TOLERANCE


@pytest.mark.parametrize("name", MODELS)
@pytest.mark.parametrize(("width", "edges"), [(4, (32, 32)), (7, (17, 17)), (8, (9, 23))])
def test_a_graph_computes_what_the_network_does(name: str, width: int, edges: tuple[int, int]) -> None:
    agree(settled(build_model(ModelRef(name, width, 10), seed=0)), (3, *edges))


@pytest.mark.parametrize("name", MODELS)
def test_the_smallest_images_still_fit(name: str) -> None:
    agree(settled(build_model(ModelRef(name, 4, 3), seed=0)), (3, 8, 8))


def test_nodes_have_their_modules_names_and_zeros_stay_zeros() -> None:
    model = settled(build_model(ModelRef("resnet18", 4, 10), seed=0))
    random = torch.Generator().manual_seed(0)
    masks = {
        name: torch.rand(weight.shape, generator=random) < 0.3
        for name, weight in model.named_parameters()
        if weight.dim() > 1
    }
    apply_masks(model, masks)
    graph = graph_of(model, (3, 32, 32))
    layers = {f"{node.out}.weight": node for node in graph.nodes if isinstance(node, Conv | Linear)}
    assert set(layers) == set(masks)
    for name, node in layers.items():
        assert np.array_equal(node.weight != 0, masks[name].numpy() & (model.get_parameter(name) != 0).numpy())
        assert not np.signbit(node.weight[node.weight == 0]).any(), "no −0"
    sums = {name: node.add for name, node in layers.items() if isinstance(node, Conv) and node.add}
    assert sums["layer1.0.conv2.weight"] == "maxpool"
    assert sums["layer2.0.downsample.0.weight"] == "layer2.0.conv2", "the part that is computed second"
    assert len(sums) == 8


class Odd(nn.Module):
    """A network of given parts, with a convolution before and a linear layer after them."""

    def __init__(self, part: nn.Module, after: Callable[[torch.Tensor], torch.Tensor] = torch.relu) -> None:
        super().__init__()
        self.first = nn.Conv2d(3, 4, 3, padding=1)
        self.part = part
        self.after = after
        self.mean = nn.AdaptiveAvgPool2d((1, 1))
        self.flat = nn.Flatten()
        self.drop = nn.Dropout(0.5)
        self.fc = nn.Linear(4, 6, bias=False)
        self.act = nn.ReLU()
        self.last = nn.Linear(6, 2)

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        part = self.after(self.part(self.first(images)))
        return self.last(self.act(self.fc(self.drop(self.flat(self.mean(part))))))


@pytest.mark.parametrize(
    "part",
    [
        nn.Identity(),
        nn.BatchNorm2d(4, affine=False),
        nn.Conv2d(4, 4, (1, 3), stride=(2, 1), padding=(0, 2)),
        nn.Sequential(nn.ReLU(), nn.MaxPool2d(3, 2, 1, ceil_mode=True), nn.Conv2d(4, 4, 1, bias=False)),
        nn.Sequential(nn.ReLU(), nn.MaxPool2d((2, 3)), nn.Conv2d(4, 4, 2), nn.BatchNorm2d(4)),
    ],
)
def test_parts_that_the_engine_knows(part: nn.Module) -> None:
    agree(settled(Odd(part)), (3, 11, 14))


def test_a_module_that_is_used_twice() -> None:
    conv = nn.Conv2d(4, 4, 3, padding=1)
    model = settled(Odd(nn.Sequential(conv, nn.ReLU(), conv)))
    agree(model, (3, 8, 8))
    assert [node.out for node in graph_of(model, (3, 8, 8)).nodes][1:3] == ["part.0", "part.0#2"]


@pytest.mark.parametrize(
    ("model", "words"),
    [
        (Odd(nn.Conv2d(4, 4, 3, groups=2)), "part: a convolution with groups or dilation"),
        (Odd(nn.Conv2d(4, 4, 3, dilation=2)), "part: a convolution with groups or dilation"),
        (Odd(nn.Conv2d(4, 4, 3, padding="same")), "part: padding 'same'"),
        (Odd(nn.Conv2d(4, 4, 3, padding=1, padding_mode="reflect")), "part: padding .*reflect"),
        (Odd(nn.GELU()), "part: GELU is not supported"),
        (Odd(nn.AvgPool2d(2)), "part: AvgPool2d is not supported"),
        (Odd(nn.AdaptiveAvgPool2d(2)), "part: an average to 2"),
        (Odd(nn.MaxPool2d(2, dilation=2)), "part: a max-pool with dilation"),
        (Odd(nn.Sequential(nn.ReLU(), nn.BatchNorm2d(4))), "part.1: does not follow"),
        (Odd(nn.MaxPool2d(2)), "relu: does not follow"),
        (Odd(nn.BatchNorm2d(4, track_running_stats=False)), "part: a batch-norm without running statistics"),
        (Odd(nn.Flatten()), "part: only the mean"),
        (Odd(nn.Identity(), lambda x: x * 2), "mul: mul is not supported"),
        (Odd(nn.Identity(), lambda x: x + 2), "add: takes something that is no layer's result"),
        (Odd(nn.Identity(), lambda x: x + torch.relu(x)), "add: reads 'first' before"),
        (Odd(nn.Identity(), lambda x: x + x), "add: a sum whose second part"),
        (Odd(nn.Identity(), lambda x: x if x.sum() > 0 else -x), "cannot be traced: "),
        (Odd(nn.Conv2d(4, 4, 99)), "a window larger than its source"),
    ],
)
def test_what_is_no_graph_is_named(model: nn.Module, words: str) -> None:
    with pytest.raises(ValueError, match=words) as caught:
        graph_of(model.eval(), (3, 16, 16))
    assert "\n" not in str(caught.value)


def test_numbers_that_are_none_are_refused() -> None:
    model = settled(build_model(ModelRef("resnet20", 4, 10), seed=0))
    model.layer1[0].bn1.weight.data[0] = float("inf")
    with pytest.raises(ValueError, match=r"layer1\.0\.bn1: its weights hold NaN or infinity"):
        graph_of(model, (3, 32, 32))
