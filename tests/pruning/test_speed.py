"""Speed-aware allocations: exact and nested like all, `global` at one end, and the best that their budget allows."""

import itertools
import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn

from prunesweep.core.errors import StageError
from prunesweep.core.plan.costs import WeightCosts, load_profile
from prunesweep.core.plan.models import ModelRef
from prunesweep.core.pruning import registry
from prunesweep.core.pruning.allocation import over_all
from prunesweep.core.pruning.budget import BudgetLayers, at_price, cheapest_within
from prunesweep.core.pruning.context import AllocationContext
from prunesweep.core.pruning.floors import floors
from prunesweep.core.pruning.masks import kept_count, prunable
from prunesweep.core.pruning.positions import by_tiles, positions
from prunesweep.core.pruning.ranking import ranked
from prunesweep.core.pruning.registry import prune
from prunesweep.core.pruning.speed import flops, latency
from prunesweep.core.pruning.subject import Subject
from prunesweep.core.training.models import build_model
from tests.support.examples import examples

SHAPES = [(4, 3, 3, 3), (8, 4, 1, 1), (6, 8), (1, 6), (5, 5)]
NAMES = [f"layer{number}" for number in range(len(SHAPES))]
TOTAL = sum(torch.Size(shape).numel() for shape in SHAPES)
COSTS = WeightCosts(((1, 0.3), (16, 0.35), (64, 0.8), (256, 2.25)))

_seed = st.integers(0, 2**31)
_places = st.lists(st.sampled_from((1, 4, 16, 64, 256)), min_size=len(SHAPES), max_size=len(SHAPES))
_sparsity = st.integers(1, 999).map(lambda thousandths: thousandths / 1000)
_share = st.integers(0, 100).map(lambda hundredths: hundredths / 100)


def scores(seed: int, *, ties: bool = False) -> dict[str, Tensor]:
    """Non-negative scores, layers of different scale; with ties, of four values only (0 among them)."""
    generator = torch.Generator().manual_seed(seed)
    made = {}
    for name, shape in zip(NAMES, SHAPES, strict=True):
        values = torch.rand(shape, generator=generator)
        made[name] = (values * 4).floor() if ties else values * torch.rand(1, generator=generator)
    return made


def context(places: list[int], amount: float, costs: WeightCosts | None = COSTS) -> AllocationContext:
    return AllocationContext(lambda: dict(zip(NAMES, places, strict=True)), amount, costs)


def weighed(masks: dict[str, Tensor], each: list[float]) -> float:
    return sum(int(mask.sum()) * cost for mask, cost in zip(masks.values(), each, strict=True))


def equal(one: dict[str, Tensor], other: dict[str, Tensor]) -> bool:
    return all(torch.equal(one[name], other[name]) for name in NAMES)


@given(_seed, st.booleans(), _places, _share, _sparsity, st.integers(1, 3))
@settings(max_examples=examples(30), deadline=None)
@pytest.mark.parametrize("allocation", [flops, latency])
def test_counts_are_exact_and_masks_nest(allocation, seed, ties, places, share, sparsity, rounds):
    masks: dict[str, Tensor] = {}
    for step in range(1, rounds + 1):
        made = scores(seed + step, ties=ties)
        new = allocation(made, masks, sparsity * step / rounds, context(places, share))
        assert sum(int(mask.sum()) for mask in new.values()) == kept_count(TOTAL, sparsity * step / rounds)
        assert not any((new[name] & ~old).any() for name, old in masks.items())
        for name, mask in new.items():
            # Within a layer the best of the living stay, the first of equals.
            living = made[name] if not masks else made[name].masked_fill(~masks[name], -1.0)
            best = living.flatten().argsort(descending=True, stable=True)[: int(mask.sum())]
            assert mask.flatten().nonzero().flatten().tolist() == sorted(best.tolist())
        masks = new


@given(_seed, st.booleans(), _places, _sparsity)
@settings(max_examples=examples(30), deadline=None)
def test_without_a_price_both_are_global(seed, ties, places, sparsity):
    made = scores(seed, ties=ties)
    plain = over_all(made, {}, sparsity)
    assert equal(flops(made, {}, sparsity, context(places, 0.0)), plain)
    assert equal(latency(made, {}, sparsity, context(places, 1.0)), plain)
    assert equal(flops(made, {}, sparsity, context([16] * len(SHAPES), 1.0)), plain), "equal prices change nothing"
    dear = flops({name: score.double() * 1e200 for name, score in made.items()}, {}, sparsity, context(places, 0.0))
    assert equal(dear, plain), "nothing overflows"


@given(_seed, st.booleans(), _places, st.tuples(_share, _share), _sparsity)
@settings(max_examples=examples(30), deadline=None)
def test_a_larger_alpha_never_leaves_more_multiply_adds(seed, ties, places, alphas, sparsity):
    made = scores(seed, ties=ties)
    small, large = (
        weighed(flops(made, {}, sparsity, context(places, alpha)), [float(p) for p in places])
        for alpha in sorted(alphas)
    )
    assert large <= small


@given(_seed, _places, _share, _sparsity)
@settings(max_examples=examples(30), deadline=None)
def test_no_layer_falls_below_its_floor_unless_global_leaves_it_less(seed, places, share, sparsity):
    made = scores(seed)
    flat, kept = ranked(made, {}, sparsity)
    plain = over_all(made, {}, sparsity)
    for masks in (
        flops(made, {}, sparsity, context(places, share)),
        latency(made, {}, sparsity, context(places, share)),
    ):
        for name, least in zip(NAMES, floors(made, flat, kept), strict=True):
            assert int(masks[name].sum()) >= min(least, int(plain[name].sum()))


@given(_seed, st.booleans(), _places, _share, _sparsity)
@settings(max_examples=examples(30), deadline=None)
def test_the_budget_is_kept_wherever_it_can_be(seed, ties, places, share, sparsity):
    made = scores(seed, ties=ties)
    each = [COSTS.at(place) for place in places]
    plain = weighed(over_all(made, {}, sparsity), each)
    found = weighed(latency(made, {}, sparsity, context(places, share)), each)
    fastest = weighed(latency(made, {}, sparsity, context(places, 0.0)), each)
    assert fastest <= found * (1 + 1e-12)
    assert found <= max(share * plain, fastest) * (1 + 1e-12)


def _layers(seed: int, costs: tuple[float, ...], most: tuple[float, ...] = (), *, ties: bool) -> BudgetLayers:
    generator = torch.Generator().manual_seed(seed)
    squares = []
    for _ in costs:
        values = torch.rand(int(torch.randint(1, 7, (1,), generator=generator)), generator=generator)
        squares.append(((values * 4).floor() / 4 if ties else values).double().square().sort().values.numpy())
    return BudgetLayers(tuple(squares), costs, (0,) * len(costs), most or (math.inf,) * len(costs))


def _worth(layers: BudgetLayers, counts: list[int]) -> float:
    return sum(float(v[len(v) - n :].sum()) for v, n in zip(layers.squares, counts, strict=True))


_small = {
    "seed": _seed,
    "costs": st.lists(st.sampled_from((0.3, 0.35, 1.0, 2.5)), min_size=2, max_size=3).map(tuple),
    "ties": st.booleans(),
    "part": _share,
    "fraction": _share,
}


@given(**_small)
@settings(max_examples=examples(60), deadline=None)
def test_no_other_pair_of_multipliers_keeps_more_within_the_budget(seed, costs, ties, part, fraction):
    layers = _layers(seed, costs, ties=ties)
    kept = round(part * sum(map(len, layers.squares)))
    budget = fraction * layers.time(at_price(layers, kept, 0.0))
    found = cheapest_within(layers, kept, budget)
    prices = [0.0, *(1.2**power for power in range(-60, 30))]
    others = [counts for price in prices if layers.time(counts := at_price(layers, kept, price)) <= budget]
    for counts in others:
        assert layers.time(found) <= budget
        assert _worth(layers, found) >= _worth(layers, counts) - 1e-12


@given(**_small)
@settings(max_examples=examples(40), deadline=None)
def test_nothing_at_all_is_better_in_the_same_time(seed, costs, ties, part, fraction):
    """Against every count for every layer: whatever keeps more takes more time."""
    layers = _layers(seed, costs, ties=ties)
    kept = round(part * sum(map(len, layers.squares)))
    found = cheapest_within(layers, kept, fraction * layers.time(at_price(layers, kept, 0.0)))
    assert sum(found) == kept
    every = itertools.product(*(range(len(values) + 1) for values in layers.squares))
    for counts in (list(one) for one in every if sum(one) == kept):
        if layers.time(counts) <= layers.time(found) - 1e-9:
            assert _worth(layers, counts) <= _worth(layers, found) + 1e-9
        if layers.time(counts) <= layers.time(found) + 1e-9:
            assert _worth(layers, counts) <= _worth(layers, found) + 1e-9


def test_a_budget_out_of_reach_fills_the_cheapest_layers() -> None:
    squares = tuple(np.linspace(low, low + 0.1, 10) for low in (0.1, 0.5, 0.8))
    layers = BudgetLayers(squares, (0.3, 0.3, 2.0), (0, 0, 1), (math.inf,) * 3)
    assert cheapest_within(layers, 12, 0.0) == [1, 10, 1]
    assert cheapest_within(layers, 24, 0.0) == [10, 10, 4]


@given(**_small, most=st.lists(st.sampled_from((0.5, 1.0, 2.0, math.inf)), min_size=3, max_size=3))
@settings(max_examples=examples(60), deadline=None)
def test_layers_that_may_be_done_dense(seed, costs, ties, part, fraction, most):
    """The count is exact, and the budget is kept unless even the fastest counts exceed it."""
    layers = _layers(seed, costs, tuple(most[: len(costs)]), ties=ties)
    kept = round(part * sum(map(len, layers.squares)))
    plain = at_price(layers, kept, 0.0)
    found = cheapest_within(layers, kept, fraction * layers.time(plain))
    assert sum(found) == kept
    fastest = cheapest_within(layers, kept, 0.0)
    assert layers.time(found) <= max(fraction * layers.time(plain), layers.time(fastest)) * (1 + 1e-12)


def test_a_layer_worth_its_dense_time_keeps_what_its_worth_says() -> None:
    squares = (np.linspace(0.1, 1.0, 10), np.linspace(0.1, 1.0, 10))
    dense = BudgetLayers(squares, (1.0, 1.0), (0, 0), (3.0, math.inf))
    assert at_price(dense, 10, 0.0) == [5, 5]
    # Weight by weight both cost the same, so that no price changes their shares; done dense the first is free.
    assert cheapest_within(dense, 10, 7.0) == [6, 4]
    assert cheapest_within(dense, 10, 4.0) == [9, 1]
    assert cheapest_within(BudgetLayers(squares, (1.0, 1.0), (0, 0), (math.inf,) * 2), 10, 7.0) == [5, 5]


def test_the_search_tells_costs_apart_that_float32_cannot() -> None:
    squares = tuple(np.full(4, 0.5) for _ in range(2))
    layers = BudgetLayers(squares, (1.0 + 1e-9, 1.0), (0, 0), (math.inf,) * 2)
    assert at_price(layers, 4, 1.0) == [0, 4]


def test_a_network_is_asked_for_its_positions_and_left_as_it_was() -> None:
    model = build_model(ModelRef("resnet18", 2, 10), seed=0).train()
    before = {name: value.clone() for name, value in model.state_dict().items()}
    found = positions(model, (3, 32, 32))
    assert list(found) == [name for name, _ in prunable(model)]
    assert (found["conv1.weight"], found["layer4.1.conv2.weight"], found["fc.weight"]) == (1024, 4, 1)
    subject = Subject(model)
    masks = prune(subject, "magnitude", "flops:1", 0.8)
    text = f"latency:0.6 {load_profile('avx512').batches[64]}"
    for new in (masks, prune(subject, "magnitude", text, 0.8)):
        assert sum(int(mask.sum()) for mask in new.values()) == kept_count(sum(m.numel() for m in new.values()), 0.8)
        assert all(mask.any() for mask in new.values())
    assert model.training
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())


def test_a_score_that_is_taken_many_times_shares_out_the_fraction(monkeypatch: pytest.MonkeyPatch) -> None:
    """All steps of SynFlow, ten of its hundred here, come to the fraction once, not ten times over."""
    monkeypatch.setattr(registry, "STEPS", {"synflow": 10})
    model = nn.Sequential(
        nn.Conv2d(3, 8, 3), nn.ReLU(), nn.Conv2d(8, 8, 3, stride=4, padding=2), nn.Flatten(), nn.Linear(128, 9)
    )
    subject = Subject(model, image=(3, 16, 16))
    places = positions(model, subject.image)
    plain, fast = (prune(subject, "synflow", text, 0.5) for text in ("global", f"latency:0.8 {COSTS}"))
    times = [sum(int(m.sum()) * COSTS.at(places[name]) for name, m in masks.items()) for masks in (plain, fast)]
    assert 0.7 < times[1] / times[0] < 0.9


def test_a_layer_that_is_used_twice_costs_twice_and_an_unused_one_next_to_nothing() -> None:
    class Twice(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv, self.spare = nn.Conv2d(3, 3, 3, padding=1), nn.Linear(4, 4)

        def forward(self, images: Tensor) -> Tensor:
            return self.conv(self.conv(images))

    assert positions(Twice(), (3, 8, 8)) == {"conv.weight": 128}
    assert prune(Subject(Twice(), image=(3, 8, 8)), "magnitude", "flops:1", 0.5)["spare.weight"].any()


def test_layers_that_may_be_done_dense_are_told_by_their_windows() -> None:
    model = nn.Sequential(
        nn.Conv2d(3, 8, 3, padding=1),
        nn.Conv2d(8, 8, 3, stride=2, padding=1),
        nn.Conv2d(8, 8, 1),
        nn.Conv2d(8, 8, 3, padding=2, dilation=2),
        nn.Conv2d(8, 8, 3, padding=1, groups=2),
        nn.Conv2d(8, 8, 3),
    )
    assert by_tiles(model) == {"0.weight", "5.weight"}
    assert by_tiles(model[0]) == {"weight"}


def test_weights_of_a_dense_layer_are_free() -> None:
    """With the costs of one image as with others: more of such a layer stays, less of the others, in the same time."""
    subject = Subject(build_model(ModelRef("resnet18", 8, 10), seed=0))
    plain, dense = (
        {name: int(mask.sum()) for name, mask in prune(subject, "magnitude", f"latency:0.8 {costs}", 0.8).items()}
        for costs in (COSTS, f"{COSTS};256=0.3")
    )
    first = [name for name in plain if name.startswith("layer1")]
    assert sum(dense.values()) == sum(plain.values())
    assert sum(dense[name] for name in first) > sum(plain[name] for name in first)


def test_latency_without_costs_is_refused() -> None:
    with pytest.raises(StageError, match="latency needs costs"):
        latency(scores(0), {}, 0.5, context([1] * len(SHAPES), 0.5, None))
    with pytest.raises(StageError, match=r"allocation 'latency:0\.5'"):
        prune(Subject(nn.Sequential(nn.Flatten(), nn.Linear(3072, 2))), "magnitude", "latency:0.5", 0.5)
