"""The networks are torchvision's, at the published width to the key and shape, and scale down."""

import sys
from types import ModuleType

import pytest
import torch
from torch import nn

from prunesweep.core.errors import StageError
from prunesweep.core.plan.models import MODELS, ModelRef
from prunesweep.core.plan.shapes import prunable_shapes
from prunesweep.core.training import vision
from prunesweep.core.training.models import build_model, load_model, prunable
from prunesweep.core.training.vision import import_torchvision


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


def test_what_is_done_to_one_network_does_not_reach_the_next() -> None:
    ref = ModelRef("resnet18", 1, 10)
    weights = build_model(ref, seed=0).state_dict()
    for make in (lambda: build_model(ref, seed=0), lambda: load_model(ref, weights)):
        with torch.inference_mode():
            spoiled = make()
        spoiled.fc, spoiled.maxpool = nn.Identity(), nn.Identity()
        spoiled.layer1[0].conv1.weight = None
        fresh = make()
        assert all(torch.equal(value, weights[name]) for name, value in fresh.state_dict().items())
        fresh.train()(torch.rand(2, 3, 8, 8)).sum().backward()
        assert not any(one.is_inference() or one.is_meta for one in fresh.parameters())


@pytest.mark.parametrize("name", MODELS)
def test_a_network_made_for_weights_holds_copies_of_them(name: str) -> None:
    built = build_model(ModelRef(name, 4, 10), seed=3)
    weights = dict(built.state_dict())
    state = torch.get_rng_state()
    loaded = load_model(ModelRef(name, 4, 10), weights)
    assert torch.equal(torch.get_rng_state(), state)
    assert str(loaded) == str(built)
    assert list(loaded.state_dict()) == list(weights)
    for key, value in loaded.state_dict().items():
        assert value.device == torch.device("cpu")
        assert torch.equal(value, weights[key])
        assert value.data_ptr() != weights[key].data_ptr()
    assert all(parameter.requires_grad for parameter in loaded.parameters())
    with pytest.raises(StageError, match=f"the checkpoint is not a {name} of width 8"):
        load_model(ModelRef(name, 8, 10), weights)


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


def test_torchvision_is_looked_up_once() -> None:
    """Beside a torch that its kernels do not fit: `tests.training.unwritten` imports it with warnings as errors."""
    found = import_torchvision()
    assert import_torchvision() is found
    assert found.models.resnet18(num_classes=3).fc.out_features == 3
    assert found.datasets.CIFAR10.filename == "cifar-10-python.tar.gz"
    assert not isinstance(sys.modules.get(vision._COMPILER), vision._Later), "torch's compiler is itself again"


def test_what_torchvision_asks_of_the_compiler_is_fetched_once_it_is_called(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another module stands for the compiler, which takes seconds to load."""
    compiler = ModuleType(vision._COMPILER)
    vars(compiler).update(is_compile_supported=lambda device: device == "cuda", counters=1)
    monkeypatch.setitem(sys.modules, vision._COMPILER, compiler)
    later = vision._Later(vision._COMPILER)
    assert later.is_compile_supported("cuda") and not later.is_compile_supported("cpu")
    assert later.counters == 1 and not hasattr(later, "__file__")


@pytest.mark.parametrize(
    ("name", "prunable_weights", "convolutions"),
    [
        # Counted by hand from the papers' tables; resnet20 and 56 with the 1×1 shortcuts of option B.
        ("resnet18-cifar", 11_164_352, 20),
        ("resnet20", 432 + 6 * 2_304 + 4_608 + 5 * 9_216 + 512 + 18_432 + 5 * 36_864 + 2_048 + 640, 21),
        ("resnet56", 432 + 18 * 2_304 + 4_608 + 17 * 9_216 + 512 + 18_432 + 17 * 36_864 + 2_048 + 640, 57),
        ("vgg16-bn", 14_710_464 + 5_120, 13),
    ],
)
def test_published_networks_have_their_published_size(name: str, prunable_weights: int, convolutions: int) -> None:
    model = build_model(ModelRef(name, MODELS[name], 10), seed=0)
    assert sum(weight.numel() for _, weight in prunable(model)) == prunable_weights
    assert sum(isinstance(module, nn.Conv2d) for module in model.modules()) == convolutions
    assert all(parameter.device.type == "cpu" for parameter in model.parameters())


@pytest.mark.parametrize("name", sorted(MODELS))
def test_every_network_takes_small_images_at_any_width(name: str) -> None:
    models = [build_model(ModelRef(name, width, 7), seed=0).eval() for width in (1, 3, 8)]
    for model in models:
        for size in (8, 16, 28, 32, 33):
            assert model(torch.rand(2, 3, size, size)).shape == (2, 7)
        assert model.state_dict().keys() == models[0].state_dict().keys()


def test_without_max_pool_the_maps_are_twice_as_large() -> None:
    seen: dict[str, torch.Size] = {}
    for name in ("resnet18", "resnet18-cifar"):
        model = build_model(ModelRef(name, 4, 10), seed=0).eval()
        model.layer1.register_forward_hook(lambda _m, _i, output, name=name: seen.update({name: output.shape}))
        model(torch.rand(1, 3, 32, 32))
    assert (seen["resnet18"][-1], seen["resnet18-cifar"][-1]) == (16, 32)


@pytest.mark.parametrize("name", sorted(MODELS))
def test_the_plan_knows_every_prunable_weight(name: str) -> None:
    """By name and shape, in the order of the network: layer rules are checked against it at submit."""
    for width in (1, 2, 3, 16, 64):
        ref = ModelRef(name, width, 7)
        built = [(weight, tuple(tensor.shape)) for weight, tensor in prunable(build_model(ref, 0))]
        assert list((prunable_shapes(ref) or {}).items()) == built
    assert prunable_shapes(ModelRef("another", 4, 7)) is None
