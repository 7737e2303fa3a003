"""Layer rules and other networks' layer counts, at work: exact counts, ties by index, nested masks."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from prunesweep.core.errors import StageError
from prunesweep.core.plan import allocations
from prunesweep.core.plan.algorithms import geometric
from prunesweep.core.plan.allocations import CHANNELS
from prunesweep.core.plan.layer_rules import LayerRule, encode_rules
from prunesweep.core.pruning.allocation import ALLOCATIONS
from prunesweep.core.pruning.masks import kept_count, prunable
from prunesweep.core.pruning.registry import prune
from prunesweep.core.pruning.subject import Subject
from tests.support.examples import examples

WRITTEN = {"flops": "flops:0.5", "latency": "latency:0.8@1 1=0.3,64=0.8"}
EXACT = sorted(set(ALLOCATIONS) - {"2:4", *CHANNELS})


class Net(nn.Module):
    def __init__(self, seed: int, *, ties: bool) -> None:
        super().__init__()
        self.stem, self.middle = nn.Conv2d(3, 4, 3, padding=1), nn.Conv2d(4, 8, 3, padding=1)
        self.shortcut, self.fc = nn.Conv2d(8, 8, 1), nn.Linear(8, 5)
        random = torch.Generator().manual_seed(seed)
        with torch.no_grad():
            for parameter in self.parameters():
                values = torch.rand(parameter.shape, generator=random)
                parameter.copy_((values * 4).floor() if ties else values)

    def forward(self, images: Tensor) -> Tensor:
        maps = self.middle(self.stem(images).relu()).relu()
        result: Tensor = self.fc(self.shortcut(maps).mean((2, 3)))
        return result


NAMES = [name for name, _ in prunable(Net(0, ties=False))]
SIZES = {name: weight.numel() for name, weight in prunable(Net(0, ties=False))}


def counts(masks: dict[str, Tensor]) -> dict[str, int]:
    return {name: int(mask.count_nonzero()) for name, mask in masks.items()}


@pytest.mark.parametrize("name", EXACT)
@given(seed=st.integers(0, 999), ties=st.booleans(), rounds=st.integers(1, 3))
@settings(max_examples=examples(6))
def test_rules_are_kept_exactly_by_every_allocation(name: str, seed: int, ties: bool, rounds: int) -> None:
    check_rules("magnitude", WRITTEN.get(name, name), Net(seed, ties=ties), rounds)


def test_rules_are_kept_exactly_by_a_score_that_is_taken_many_times() -> None:
    check_rules("synflow", "global", Net(1, ties=False), 2)


def check_rules(score: str, allocation: str, net: Net, rounds: int) -> None:
    masks: dict[str, Tensor] = {}
    for whole, own in zip(geometric(0.6, rounds), geometric(0.4, rounds), strict=True):
        rules = (LayerRule(NAMES[0], "dense"), LayerRule(NAMES[2], "exempt"), LayerRule(NAMES[3], repr(own)))
        new = prune(Subject(net, masks, image=(3, 8, 8)), score, allocation, whole, layers=encode_rules(rules))
        found = counts(new)
        assert list(new) == NAMES
        assert found[NAMES[0]] == SIZES[NAMES[0]] and found[NAMES[2]] == SIZES[NAMES[2]]
        assert found[NAMES[3]] == kept_count(SIZES[NAMES[3]], own)
        assert sum(found.values()) - SIZES[NAMES[2]] == kept_count(sum(SIZES.values()) - SIZES[NAMES[2]], whole)
        assert all(not (new[layer] & ~old).any() for layer, old in masks.items())
        masks = new


def test_within_a_layer_of_its_own_sparsity_ties_go_by_index() -> None:
    net = Net(0, ties=False)
    with torch.no_grad():
        net.fc.weight.fill_(1.0)
    masks = prune(Subject(net), "magnitude", "global", 0.5, layers="fc.weight=0.75")
    assert masks["fc.weight"].flatten().tolist() == [True] * 10 + [False] * 30


def test_exempting_everything_else_is_pruning_that_layer_alone() -> None:
    net = Net(1, ties=False)
    rules = "stem.weight=exempt,shortcut.weight=exempt,fc.weight=exempt"
    masks = prune(Subject(net), "magnitude", "uniform", 0.9, layers=rules)
    alone = net.middle.weight.detach().abs().flatten()
    best = alone.argsort(descending=True)[: kept_count(alone.numel(), 0.9)].sort().values
    assert torch.equal(masks["middle.weight"].flatten().nonzero().flatten(), best)


def test_two_of_four_leaves_ruled_layers_dense() -> None:
    masks = counts(prune(Subject(Net(0, ties=False)), "magnitude", "2:4", 0.5, layers="fc.weight=dense"))
    assert masks == {**SIZES, "middle.weight": SIZES["middle.weight"] // 2, "shortcut.weight": 32}


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        ("conv1.weight=dense", "layers 'conv1.weight': matches no layer of this network; its layers: stem.weight"),
        ("middle.weight=dense", "at most "),
        ("middle.weight=0.99,stem.weight=0.99,fc.weight=0.99", "own sparsities take more"),
        ("stem.weight", "is no rule of this release"),
    ],
)
def test_a_worker_refuses_what_the_plan_could_not_know(rules: str, words: str) -> None:
    with pytest.raises(StageError) as caught:
        prune(Subject(Net(0, ties=False)), "magnitude", "global", 0.8, layers=rules)
    assert words in str(caught.value)


@given(seed=st.integers(0, 999), ties=st.booleans(), score=st.sampled_from(["random", "magnitude", "shuffled"]))
@settings(max_examples=examples(10))
def test_a_control_has_the_counts_of_the_other_in_every_round(seed: int, ties: bool, score: str) -> None:
    net = Net(seed, ties=ties)
    method: dict[str, Tensor] = {}
    control: dict[str, Tensor] = {}
    for round, sparsity in enumerate(geometric(0.8, 3), 1):
        method = prune(Subject(net, method, image=(3, 8, 8)), "magnitude", "global", sparsity)
        subject = Subject(net, control, seed=seed, round=round, image=(3, 8, 8))
        new = prune(subject, score, allocations.COUNTS_OF, sparsity, counts=method)
        assert counts(new) == counts(method)
        assert all(not (new[layer] & ~old).any() for layer, old in control.items())
        control = new
    if score == "magnitude":
        assert all(torch.equal(control[layer], mask) for layer, mask in method.items()), "the best of each layer"


def test_masks_of_another_network_are_refused() -> None:
    with pytest.raises(StageError, match="another network's"):
        prune(Subject(Net(0, ties=False)), "random", "counts-of", 0.5, counts={"fc.weight": torch.ones(2, 2) > 0})
    with pytest.raises(StageError, match="needs the stage whose layer counts"):
        prune(Subject(Net(0, ties=False)), "random", "counts-of", 0.5)
