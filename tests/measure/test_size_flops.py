"""Weights and multiply-adds left."""

import torch
from torch import nn

from prunesweep.core.measure.flops import macs
from prunesweep.core.measure.size import LayerSize, layer_sizes, parameter_counts
from prunesweep.core.plan.models import ModelRef
from prunesweep.core.pruning.masks import apply_masks, prunable
from prunesweep.core.pruning.registry import prune
from prunesweep.core.pruning.subject import Subject
from prunesweep.core.training.models import build_model


def test_sizes_are_those_of_conv_and_linear_weights(tiny: nn.Module) -> None:
    with torch.no_grad():
        tiny.get_parameter("conv1.weight")[0] = 0.0
    sizes = layer_sizes(tiny.state_dict())
    assert [size.name for size in sizes] == [name for name, _ in prunable(tiny)]
    assert sizes[0] == LayerSize("conv1.weight", 3 * 27, 4 * 27)
    assert all(size.nonzero == size.total for size in sizes[1:])


def test_macs_of_a_network_counted_by_hand() -> None:
    model = nn.Sequential(
        nn.Conv2d(3, 4, 3, padding=1, bias=False),  # 8×8 out
        nn.ReLU(),
        nn.Conv2d(4, 8, 3, stride=2, padding=1, groups=2),  # 4×4 out
        nn.Flatten(),
        nn.Linear(8 * 16, 10),
    )
    with torch.no_grad():
        model[0].weight[0] = 0.0
        model[4].weight[3:] = 0.0
    found = macs(model, (3, 8, 8))
    assert [layer.name for layer in found.layers] == ["0.weight", "2.weight", "4.weight"]
    assert [layer.macs_dense for layer in found.layers] == [4 * 27 * 64, 8 * 2 * 9 * 16, 1280]
    assert [layer.macs for layer in found.layers] == [3 * 27 * 64, 8 * 2 * 9 * 16, 3 * 128]
    assert found.macs_dense == 4 * 27 * 64 + 8 * 2 * 9 * 16 + 1280
    assert found.macs == 3 * 27 * 64 + 8 * 2 * 9 * 16 + 3 * 128


def test_compression_of_all_parameters_is_less_than_that_of_the_prunable_ones() -> None:
    """ResNet-18 of width 4 at 95 % zeros: 20.0× of the prunable weights is 15.9× as ShrinkBench counts."""
    model = build_model(ModelRef("resnet18", 4, 10), seed=0)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if name.endswith("bias"):
                parameter.fill_(0.1)  # as after some training; new ones are 0
    apply_masks(model, prune(Subject(model, {}), "magnitude", "global", 0.95))
    left, total = parameter_counts(model)
    assert total == sum(tensor.numel() for tensor in model.parameters()) == 44_622
    weights = [weight for _, weight in prunable(model)]
    kept = sum(int(weight.count_nonzero()) for weight in weights)
    assert left == kept + total - sum(weight.numel() for weight in weights)
    assert f"{sum(weight.numel() for weight in weights) / kept:.1f} {total / left:.1f}" == "20.0 15.9"


def test_counting_leaves_the_network_as_it_was(tiny: nn.Module) -> None:
    before = {name: tensor.clone() for name, tensor in tiny.state_dict().items()}
    macs(tiny.train(), (3, 16, 16))
    assert tiny.training
    assert all(torch.equal(before[name], tensor) for name, tensor in tiny.state_dict().items())
    assert not any(module._forward_hooks for module in tiny.modules())


def test_the_full_size_network() -> None:
    """CIFAR stem at stride 1 and max-pool kept: 32×32, then 16, 16, 8, 4, 2 positions a side."""
    model = build_model(ModelRef("resnet18", 64, 10), seed=0)
    dense = macs(model, (3, 32, 32))
    sides = {"conv1": 32, "layer1": 16, "layer2": 8, "layer3": 4, "layer4": 2, "fc": 1}
    by_hand = sum(weight.numel() * sides[name.split(".")[0]] ** 2 for name, weight in prunable(model))
    assert dense.macs == dense.macs_dense == by_hand == 140_186_624
    apply_masks(model, prune(Subject(model, {}), "magnitude", "global", 0.9))
    pruned = macs(model, (3, 32, 32))
    assert pruned.macs_dense == dense.macs_dense
    assert sum(layer.nonzero for layer in pruned.layers) == 1_116_435
    assert 0 < pruned.macs < pruned.macs_dense
