"""The networks are torchvision's, at the published width to the key and shape, and scale down."""

import subprocess
import sys

import pytest
import torch
from torch import nn

from core.errors import StageError
from core.plan.models import ModelRef
from core.training.models import build_model, prunable
from core.training.vision import import_torchvision


def _reference(classes: int) -> nn.Module:
    """The study's network, as its own scripts build it."""
    model: nn.Module = import_torchvision().models.resnet18(num_classes=classes)
    model.conv1 = nn.Conv2d(3, 64, kernel_size=3, stride=1, padding=1, bias=False)
    return model


def test_width_64_is_torchvisions_resnet18_with_the_cifar_stem() -> None:
    ours, theirs = build_model(ModelRef("resnet18", 64, 10), seed=0), _reference(10)
    assert str(ours) == str(theirs)
    shapes = {name: (value.shape, value.dtype) for name, value in theirs.state_dict().items()}
    assert {name: (value.shape, value.dtype) for name, value in ours.state_dict().items()} == shapes
    assert sum(weight.numel() for _, weight in prunable(ours)) == 11_164_352
    theirs.load_state_dict(ours.state_dict(), strict=True)
    images = torch.rand(2, 3, 32, 32)
    assert torch.equal(ours.eval()(images), theirs.eval()(images))


def test_initial_weights_are_distributed_as_torchvisions() -> None:
    torch.manual_seed(0)
    ours, theirs = build_model(ModelRef("resnet18", 64, 10), seed=0), _reference(10)
    for (name, mine), (_, reference) in zip(ours.state_dict().items(), theirs.state_dict().items(), strict=True):
        # conv1 of the reference keeps nn.Conv2d's own initialisation; every other layer must match it.
        if mine.numel() > 1000 and name != "conv1.weight":
            assert mine.std().item() == pytest.approx(reference.std().item(), rel=0.05), name
        elif "bn" in name or "downsample.1" in name:
            assert torch.equal(mine, reference), name
    assert ours.conv1.weight.std().item() == pytest.approx((2 / (64 * 9)) ** 0.5, rel=0.05)


@pytest.mark.parametrize("width", [1, 3, 16])
def test_other_widths_scale_every_layer(width: int) -> None:
    model = build_model(ModelRef("resnet18", width, 7), seed=0)
    full = build_model(ModelRef("resnet18", 64, 7), seed=0)
    assert list(model.state_dict()) == list(full.state_dict())
    assert model.layer4[1].conv2.weight.shape == (8 * width, 8 * width, 3, 3)
    assert model.eval()(torch.rand(2, 3, 16, 16)).shape == (2, 7)


def test_weights_depend_on_the_seed_alone() -> None:
    ref = ModelRef("resnet18", 4, 10)
    torch.manual_seed(1)
    first = build_model(ref, seed=5).state_dict()
    state = torch.get_rng_state()
    second = build_model(ref, seed=5).state_dict()
    other = build_model(ref, seed=6).state_dict()
    assert torch.equal(torch.get_rng_state(), state)
    assert all(torch.equal(first[name], second[name]) for name in first)
    assert not torch.equal(first["conv1.weight"], other["conv1.weight"])


def test_unknown_model() -> None:
    with pytest.raises(StageError, match="unknown model 'vgg'"):
        build_model(ModelRef("vgg", 16, 10), seed=0)


def test_torchvision_imports_beside_a_torch_that_its_kernels_do_not_fit() -> None:
    """In a fresh process, with warnings as errors, and asking twice is free."""
    code = (
        "from core.training.vision import import_torchvision as get\n"
        "assert get() is get()\n"
        "print(get().models.resnet18(num_classes=3).fc.out_features, get().datasets.CIFAR10.filename)\n"
    )
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["3", "cifar-10-python.tar.gz"]
