"""Whole channels: what belongs together, exact counts, and a smaller network that computes the same."""

from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from prunesweep.core.errors import StageError
from prunesweep.core.plan.models import ModelRef
from prunesweep.core.pruning.channel_groups import Coupling, couple
from prunesweep.core.pruning.compaction import compacted, is_of_channels
from prunesweep.core.pruning.masks import apply_masks, count_kept, kept_count, prunable
from prunesweep.core.pruning.registry import prune
from prunesweep.core.pruning.resizing import fit
from prunesweep.core.pruning.subject import Subject
from prunesweep.core.training.models import build_model

IMAGE = (3, 32, 32)


def norm_conv(inputs: int, outputs: int, size: int = 3, groups: int = 1) -> nn.Sequential:
    conv = nn.Conv2d(inputs, outputs, size, padding=size // 2, groups=groups)
    return nn.Sequential(conv, nn.BatchNorm2d(outputs), nn.ReLU())


class Mobile(nn.Module):
    """Depthwise with a multiplier, squeeze and excitation, a sum, and a scale of its own for each channel."""

    def __init__(self) -> None:
        super().__init__()
        self.stem, self.wide = norm_conv(3, 8), norm_conv(8, 16, 1)
        self.depthwise = norm_conv(16, 32, groups=16)
        self.squeeze, self.excite = nn.Conv2d(32, 4, 1), nn.Conv2d(4, 32, 1)
        self.thin, self.gamma, self.head = nn.Conv2d(32, 8, 1), nn.Parameter(torch.rand(1, 8, 1, 1)), nn.Linear(8, 5)

    def forward(self, images: Tensor) -> Tensor:
        first = self.stem(images)
        maps = self.depthwise(self.wide(first))
        maps = maps * self.excite(self.squeeze(maps.mean((2, 3), keepdim=True)).relu()).sigmoid()
        return self.head((first + self.gamma * self.thin(maps)).mean((2, 3)))


class Joined(nn.Module):
    """Each layer reads what all before it made."""

    def __init__(self) -> None:
        super().__init__()
        self.stem, self.one, self.two = norm_conv(3, 8), norm_conv(8, 6), norm_conv(14, 6)
        self.norm, self.head = nn.BatchNorm2d(20), nn.Linear(20, 5)

    def forward(self, images: Tensor) -> Tensor:
        maps = self.stem(images)
        maps = torch.cat([maps, self.one(maps)], 1)
        maps = torch.cat([maps, self.two(maps)], 1)
        return self.head(self.norm(maps).relu().mean((2, 3)))


class Flattened(nn.Module):
    """Pixels of a channel are inputs of their own; one linear layer's weight is used transposed."""

    def __init__(self) -> None:
        super().__init__()
        self.stem, self.conv = norm_conv(3, 6), norm_conv(6, 8)
        self.hidden, self.head = nn.Linear(8 * 16, 12), nn.Linear(12, 5)

    def forward(self, images: Tensor) -> Tensor:
        maps = nn.functional.adaptive_avg_pool2d(self.conv(self.stem(images)), 4)
        hidden = torch.sigmoid(self.hidden(torch.flatten(maps, 1)))
        return hidden @ self.head.weight.t() + self.head.bias


class Grouped(nn.Module):
    """A grouped convolution, a transposed one, and channels that are cut in two by number."""

    def __init__(self) -> None:
        super().__init__()
        self.stem, self.groups = norm_conv(3, 12), norm_conv(12, 24, groups=3)
        self.up, self.last = nn.ConvTranspose2d(24, 8, 2, stride=2), norm_conv(8, 10, 1)
        self.head = nn.Linear(5, 5)

    def forward(self, images: Tensor) -> Tensor:
        first, second = self.last(self.up(self.groups(self.stem(images)))).chunk(2, 1)
        return self.head((first * second).mean((2, 3)))


class Tokens(nn.Module):
    """A transformer's block: the layer norms' channels stay, those between its linear layers go."""

    def __init__(self) -> None:
        super().__init__()
        self.patch, self.norm = nn.Conv2d(3, 8, 8, stride=8), nn.LayerNorm(8)
        self.attention = nn.MultiheadAttention(8, 2, batch_first=True)
        self.up, self.down, self.head = nn.Linear(8, 16), nn.Linear(16, 8), nn.Linear(8, 5)

    def forward(self, images: Tensor) -> Tensor:
        tokens = self.patch(images).flatten(2).transpose(1, 2)
        normal = self.norm(tokens)
        tokens = tokens + self.attention(normal, normal, normal, need_weights=False)[0]
        tokens = tokens + self.down(nn.functional.gelu(self.up(self.norm(tokens))))
        return self.head(tokens.mean(1))


def resnet() -> nn.Module:
    return build_model(ModelRef("resnet20", 4, 5), 0)


def padded() -> nn.Module:
    return build_model(ModelRef("resnet20-a", 4, 5), 0)


def vgg() -> nn.Module:
    return build_model(ModelRef("vgg16-bn", 4, 5), 0)


SMALL = (Mobile, Joined, Flattened, Grouped)
ALL = (*SMALL, resnet, padded, vgg)


def made(make: Callable[[], nn.Module]) -> nn.Module:
    """The network with norms as a training leaves them: a channel without weights is not 0."""
    with torch.random.fork_rng():
        torch.manual_seed(3)
        model = make().eval()
        for module in model.modules():
            if isinstance(module, nn.BatchNorm2d):
                for tensor in (module.weight, module.bias, module.running_mean):
                    nn.init.normal_(tensor)
    return model


def difference(model: nn.Module, small: nn.Module) -> float:
    images = torch.randn(2, *IMAGE, generator=torch.Generator().manual_seed(0))
    with torch.no_grad():
        wanted = model(images)
        return float((small(images) - wanted).abs().max() / wanted.abs().max())


def largest(coupling: Coupling, model: nn.Module) -> int:
    """Weights of the largest channel."""
    shapes = dict(prunable(model))
    channels = [one for group in coupling.groups for one in group.channels]
    return max(sum(shapes[p.name].select(p.axis, 0).numel() for p in one if p.name in shapes) for one in channels)


@pytest.mark.parametrize(
    ("make", "allocation"),
    [*((make, "channels") for make in ALL), *((make, "channels-uniform") for make in (*SMALL, padded))],
)
def test_what_is_left_is_a_smaller_network_that_computes_the_same(
    make: Callable[[], nn.Module], allocation: str
) -> None:
    model = made(make)
    coupling, total = couple(model, IMAGE), sum(weight.numel() for _, weight in prunable(model))
    masks: dict[str, Tensor] = {}
    for number, sparsity in enumerate((0.2, 0.4), 1):
        new = prune(Subject(model, masks, round=number, image=IMAGE), "magnitude", allocation, sparsity)
        kept, covered = count_kept(new)
        assert covered == total
        assert 0 <= kept - kept_count(total, sparsity) < largest(coupling, model), "never more, nearest by channels"
        assert all(not (new[name] & ~old).any() for name, old in masks.items())
        masks = new
    assert all(bool(mask.any()) for mask in masks.values())
    apply_masks(model, masks)
    small = compacted(model, masks, IMAGE)
    assert small is not None and difference(model, small) <= 1e-5
    assert sum(weight.numel() for _, weight in prunable(small)) == kept, "every zero is gone"
    again = made(make)
    fit(again, small.state_dict())
    again.load_state_dict(small.state_dict())
    assert difference(small, again.eval()) == 0
    assert repr(again) == repr(small), "layers say their new sizes"


@pytest.mark.parametrize("make", SMALL, ids=lambda make: make.__name__)
def test_the_channels_that_go_together(make: Callable[[], nn.Module]) -> None:
    found = {
        " ".join(name.removesuffix(".weight").removesuffix(".0") for name, _ in group.makers): len(group.channels)
        for group in couple(made(make), IMAGE).groups
    }
    wanted = {
        Mobile: {"stem thin": 8, "wide depthwise excite": 16, "squeeze": 4},
        Joined: {"stem": 8, "one": 6, "two": 6},
        Flattened: {"stem": 6, "conv": 8, "hidden": 12},
        Grouped: {"stem": 4, "groups": 8, "up": 8},  # the same one in each of three groups
    }
    assert found == wanted[make]


def test_norms_over_channels_and_attention_keep_theirs() -> None:
    model = made(Tokens)
    (group,) = couple(model, IMAGE).groups
    assert (group.makers, len(group.channels)) == ((("up.weight", 0),), 16)
    masks = prune(Subject(model, image=IMAGE), "magnitude", "channels", 0.1)
    apply_masks(model, masks)
    small = compacted(model, masks, IMAGE)
    assert small is not None and difference(model, small) <= 1e-5


def test_uniform_takes_the_same_share_of_every_layer() -> None:
    model = build_model(ModelRef("resnet20", 16, 10), 0)
    masks = prune(Subject(model, image=IMAGE), "magnitude", "channels-uniform", 0.5)
    for group in couple(model, IMAGE).groups:
        name, axis = group.makers[0]
        left = int(masks[name].movedim(axis, 0).flatten(1).any(1).sum())
        assert abs(left / len(group.channels) - 0.7) < 0.04 + 1 / len(group.channels)


def test_the_channels_of_the_least_worth_go() -> None:
    """By hand: mean squares."""
    model = nn.Sequential(nn.Conv2d(3, 3, 1, bias=False), nn.ReLU(), nn.Flatten(1), nn.Linear(3, 2, bias=False))
    with torch.no_grad():
        model[0].weight.copy_(torch.tensor([1.0, 0.1, 3.0]).view(3, 1, 1, 1).expand(3, 3, 1, 1))
        model[3].weight.copy_(torch.tensor([0.1, 2.0, 1.0]).expand(2, 3))
    masks = prune(Subject(model, image=(3, 1, 1)), "magnitude", "channels", 0.4)
    # (3 · 1 + 2 · 0.01) / 5 < (3 · 0.01 + 2 · 4) / 5 < (27 + 2) / 5
    assert masks["0.weight"].flatten(1).any(1).tolist() == [False, True, True]
    assert masks["3.weight"].any(0).tolist() == [False, True, True]
    assert count_kept(prune(Subject(model, image=(3, 1, 1)), "magnitude", "channels", 0.3))[0] == 15, "not above"


def test_by_batch_norms_the_channels_of_the_smallest_factors_go() -> None:
    """By hand: two convolutions whose maps are added are worth the mean of both factors; channels of others stay."""

    class Net(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.one, self.two, self.plain = nn.Conv2d(3, 3, 1), nn.Conv2d(3, 3, 1), nn.Conv2d(3, 2, 1)
            self.norm, self.other, self.head = nn.BatchNorm2d(3), nn.BatchNorm2d(3), nn.Linear(2, 2)

        def forward(self, images: Tensor) -> Tensor:
            both = self.norm(self.one(images)) + self.other(self.two(images))
            return self.head(self.plain(both.relu()).relu().flatten(1))

    model = Net().eval()
    with torch.no_grad():
        model.norm.weight.copy_(torch.tensor([-0.9, 0.1, 0.5]))
        model.other.weight.copy_(torch.tensor([0.1, -0.2, 0.4]))  # means 0.5, 0.15, 0.45
    here = Subject(model, image=(3, 1, 1))
    gone = {}
    for sparsity in (0.3, 0.5714):  # a channel has 3 + 3 + 2 of 28 weights
        masks = prune(here, "bn-gamma", "channels", sparsity)
        gone[sparsity] = [channel for channel in range(3) if not masks["one.weight"][channel].any()]
        assert masks["plain.weight"].flatten(1).any(1).all(), "no batch-norm scales these"
        assert torch.equal(masks["one.weight"], masks["two.weight"])
    assert gone == {0.3: [1], 0.5714: [1, 2]}
    with pytest.raises(StageError, match=r"make up at most 57\.14% of the 28 weights"):
        prune(here, "bn-gamma", "channels", 0.7)
    assert model.norm.weight[0] == torch.tensor(-0.9), "only read"


def test_factors_of_batch_norms_rank_channels_and_nothing_else() -> None:
    model = made(Tokens)
    with pytest.raises(StageError, match="no batch-norm scales channels that can be taken out; choose another score"):
        prune(Subject(model, image=IMAGE), "bn-gamma", "channels", 0.1)
    with pytest.raises(StageError, match="unknown score 'bn-gamma' or allocation 'global'"):
        prune(Subject(model, image=IMAGE), "bn-gamma", "global", 0.1)
    masks = prune(Subject(made(resnet), image=IMAGE), "bn-gamma", "channels-uniform", 0.5, layers="fc.weight=dense")
    assert masks["fc.weight"].all() and all(is_of_channels(mask) for mask in masks.values())


def test_layers_with_rules_keep_every_weight_and_what_is_tied_to_them() -> None:
    model = made(resnet)
    rules = "layer1.0.conv1.weight=dense,fc.weight=exempt"
    masks = prune(Subject(model, image=IMAGE), "magnitude", "channels", 0.5, layers=rules)
    counted = sum(mask.numel() for name, mask in masks.items() if name != "fc.weight")
    kept = count_kept({name: mask for name, mask in masks.items() if name != "fc.weight"})[0]
    assert 0 <= kept - kept_count(counted, 0.5) < largest(couple(model, IMAGE), model)
    for name in ("layer1.0.conv1.weight", "fc.weight", "layer3.2.conv2.weight", "conv1.weight"):
        assert masks[name].flatten(1).any(1).all(), f"{name}: rows are read by a layer that keeps every weight"


@pytest.mark.parametrize(
    ("make", "sparsity", "message"),
    [
        (resnet, 0.995, "whole channels make up at most .*% of the .* each keeps a channel; ask for a lower sparsity"),
        (lambda: nn.Sequential(nn.Flatten(), nn.Linear(3072, 5)), 0.5, "no layer .* choose an allocation without"),
    ],
)
def test_what_cannot_be_reached_is_refused(make: Callable[[], nn.Module], sparsity: float, message: str) -> None:
    with pytest.raises(StageError, match=message):
        prune(Subject(made(make), image=IMAGE), "magnitude", "channels", sparsity)


def test_the_sparsity_that_a_refusal_names_can_be_reached() -> None:
    model = made(resnet)
    with pytest.raises(StageError) as refused:
        prune(Subject(model, image=IMAGE), "magnitude", "channels", 0.995)
    most = float(str(refused.value).partition("at most ")[2].partition("%")[0]) / 100
    kept, total = count_kept(prune(Subject(model, image=IMAGE), "magnitude", "channels", most))
    assert abs(kept / total - (1 - most)) < 0.001


class ByValues(Flattened):
    def forward(self, images: Tensor) -> Tensor:
        return super().forward(images if images.mean() > 0 else -images)


class Counted(Flattened):
    """The number of its last maps stands in its forward pass."""

    def forward(self, images: Tensor) -> Tensor:
        maps = nn.functional.adaptive_avg_pool2d(self.conv(self.stem(images)), 4)
        return self.head(self.hidden(maps.reshape(-1, 128)))


def test_a_forward_that_decides_by_values_is_refused() -> None:
    with pytest.raises(StageError, match=r"its forward decides by the images' values.*choose an allocation without"):
        prune(Subject(made(ByValues), image=IMAGE), "magnitude", "channels", 0.5)


def test_channels_whose_number_is_written_stay() -> None:
    assert [group.makers[0][0] for group in couple(made(Counted), IMAGE).groups] == ["stem.0.weight", "hidden.weight"]


def test_other_zeros_are_no_smaller_network() -> None:
    model = made(resnet)
    for allocation, sparsity in (("global", 0.9), ("2:4", 0.5)):
        assert compacted(model, prune(Subject(model, image=IMAGE), "magnitude", allocation, sparsity), IMAGE) is None
    assert compacted(model, {}, IMAGE) is None
    whole = {name: torch.ones_like(weight, dtype=torch.bool) for name, weight in prunable(model)}
    assert compacted(model, whole, IMAGE) is None
