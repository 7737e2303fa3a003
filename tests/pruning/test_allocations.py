"""Every allocation: exact counts, nested masks, its own rule, and what it does when a layer has no room."""

from fractions import Fraction

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from prunesweep.core.errors import StageError
from prunesweep.core.plan.allocations import CHANNELS
from prunesweep.core.plan.costs import make_costs
from prunesweep.core.plan.patterns import Pattern
from prunesweep.core.pruning.allocation import (
    ALLOCATIONS,
    apportion,
    by_pattern,
    erk,
    lamp,
    over_all_with_floor,
    uniform,
)
from prunesweep.core.pruning.context import AllocationContext
from prunesweep.core.pruning.floors import FLOOR
from prunesweep.core.pruning.masks import kept_count
from tests.support.examples import examples

SHAPES = [(4, 3, 3, 3), (8, 4, 1, 1), (6, 8), (1, 6)]
EXACT = sorted(set(ALLOCATIONS) - {"2:4", *CHANNELS})
CONTEXT = AllocationContext(lambda: {"layer0": 64, "layer1": 16, "a": 4}, 0.5, make_costs([(1, 0.3), (64, 0.8)]))

_values = st.integers(0, 2**31).map(lambda seed: torch.Generator().manual_seed(seed))


def scores(generator: torch.Generator, *, ties: bool) -> dict[str, Tensor]:
    """Non-negative scores for four small layers; with ties, of four values only (0 among them)."""
    made = {}
    for number, shape in enumerate(SHAPES):
        values = torch.rand(shape, generator=generator)
        made[f"layer{number}"] = (values * 4).floor() if ties else values
    return made


@pytest.mark.parametrize("name", EXACT)
@given(generator=_values, ties=st.booleans(), thousandths=st.integers(1, 999), steps=st.integers(1, 4))
@settings(max_examples=examples(40))
def test_counts_are_exact_and_masks_nest(
    name: str, generator: torch.Generator, ties: bool, thousandths: int, steps: int
) -> None:
    total = sum(torch.Size(shape).numel() for shape in SHAPES)
    masks: dict[str, Tensor] = {}
    for step in range(1, steps + 1):
        sparsity = thousandths / 1000 * step / steps
        new = ALLOCATIONS[name](scores(generator, ties=ties), masks, sparsity, CONTEXT)
        assert sum(int(mask.count_nonzero()) for mask in new.values()) == kept_count(total, sparsity)
        assert all(mask.dtype == torch.bool for mask in new.values())
        for layer, old in masks.items():
            assert not (new[layer] & ~old).any()
        masks = new


@pytest.mark.parametrize("name", EXACT)
@pytest.mark.parametrize("value", [0.0, 1.0])
def test_equal_scores_keep_the_count(name: str, value: float) -> None:
    equal = {"a": torch.full((10, 10), value), "b": torch.full((5, 4), value)}
    masks = ALLOCATIONS[name](equal, {}, 0.9, CONTEXT)
    assert sum(int(mask.sum()) for mask in masks.values()) == 12
    again = ALLOCATIONS[name](equal, {}, 0.9, CONTEXT)
    assert all(torch.equal(masks[layer], again[layer]) for layer in equal)


def test_uniform_gives_every_layer_its_share() -> None:
    made = scores(torch.Generator().manual_seed(1), ties=False)
    masks = uniform(made, {}, 0.75)
    for name, mask in masks.items():
        assert abs(int(mask.sum()) - mask.numel() / 4) < 1
        # Within a layer the best stay.
        kept, gone = made[name][mask], made[name][~mask]
        assert not kept.numel() or not gone.numel() or kept.min() >= gone.max()


def test_erk_follows_its_formula_and_leaves_small_layers_dense() -> None:
    made = {"wide": torch.rand(64, 64, 3, 3), "thin": torch.rand(2, 3), "fc": torch.rand(100, 640)}
    masks = erk(made, {}, 0.9)
    assert bool(masks["thin"].all()), "its share is more than it has"
    shares = {name: sum(score.shape) for name, score in made.items()}
    ratio = int(masks["fc"].sum()) / int(masks["wide"].sum())
    expected = shares["fc"] / shares["wide"]
    assert abs(ratio - expected) / expected < 0.01


def test_the_floor_guards_against_layer_collapse() -> None:
    made = {"weak": torch.full((10, 20), 0.001), "strong": torch.ones(30, 30)}
    assert not ALLOCATIONS["global"](made, {}, 0.9, CONTEXT)["weak"].any()
    density = Fraction(kept_count(1100, 0.9), 1100)
    assert int(over_all_with_floor(made, {}, 0.9)["weak"].sum()) == int(FLOOR * density * 200)
    assert int(over_all_with_floor(made, {}, 0.998)["weak"].sum()) == 1


def test_lamp_is_the_papers_ratio() -> None:
    """Equation 4, written the slow way, on scores without ties."""
    made = {"a": torch.tensor([[3.0, 1.0, 2.0]]), "b": torch.tensor([[0.5, 0.1]])}
    by_hand = []
    for name, score in made.items():
        squares = score.flatten().square().tolist()
        by_hand += [(s / sum(t for t in squares if t >= s), name, i) for i, s in enumerate(squares)]
    for kept in range(6):
        best = {(name, index) for _, name, index in sorted(by_hand, key=lambda one: (-one[0], one[1], one[2]))[:kept]}
        masks = lamp(made, {}, (5 - kept) / 5)
        found = {(name, i) for name, mask in masks.items() for i in mask.flatten().nonzero().flatten().tolist()}
        assert found == best


def test_lamp_never_empties_a_layer_while_there_is_budget() -> None:
    made = {"tiny": torch.full((4, 4), 1e-6), "big": torch.rand(40, 40) + 1}
    assert bool(lamp(made, {}, 0.99)["tiny"].any())


_patterns = st.integers(2, 32).flatmap(lambda of: st.builds(Pattern, st.integers(1, of - 1), st.just(of)))


@given(pattern=_patterns, generator=_values, groups=st.integers(1, 3), nested=st.booleans())
@settings(max_examples=examples(40))
def test_every_group_of_a_pattern_keeps_exactly_as_many(
    pattern: Pattern, generator: torch.Generator, groups: int, nested: bool
) -> None:
    """The highest of each group, and no others; of layers without whole groups everything."""
    inputs = pattern.of * groups
    made = {
        "conv": torch.rand(3, inputs, 2, 1, generator=generator),
        "fc": (torch.rand(4, inputs, generator=generator) * 4).floor(),
        "odd": torch.rand(2, inputs + 1, generator=generator),
    }
    before = by_pattern(pattern, made, {}, pattern.sparsity) if nested else {}
    masks = by_pattern(pattern, made, before, pattern.sparsity)
    assert masks["odd"].all() and all(torch.equal(mask, masks[name]) for name, mask in before.items())
    for name in ("conv", "fc"):
        kept = masks[name].movedim(1, -1).reshape(-1, pattern.of)
        worth = made[name].movedim(1, -1).reshape(-1, pattern.of)
        assert kept.sum(1).eq(pattern.keep).all()
        assert (worth.masked_fill(~kept, 9).amin(1) >= worth.masked_fill(kept, -1).amax(1)).all()


def test_a_pattern_that_no_layer_can_have_is_refused() -> None:
    with pytest.raises(StageError, match="no layer has inputs that 5 divides, so 2:5 would prune nothing; choose"):
        by_pattern(Pattern(2, 5), {"fc": torch.rand(3, 8)}, {}, 0.6)


def test_two_of_four_along_the_inputs() -> None:
    two_of_four = ALLOCATIONS["2:4"]
    made = {"conv": torch.rand(6, 8, 3, 3), "fc": torch.rand(10, 16), "stem": torch.rand(6, 3, 3, 3)}
    masks = two_of_four(made, {}, 0.5, CONTEXT)
    assert bool(masks["stem"].all()), "3 inputs make no groups of 4"
    for name in ("conv", "fc"):
        inputs_last = masks[name].movedim(1, -1).reshape(-1, 4)
        assert inputs_last.sum(1).eq(2).all()
        ranked = made[name].movedim(1, -1).reshape(-1, 4)
        assert bool(
            (
                ranked.masked_fill(~inputs_last, 2).min(1).values >= ranked.masked_fill(inputs_last, -1).max(1).values
            ).all()
        )
    assert two_of_four({"w": torch.ones(1, 4)}, {}, 0.5, CONTEXT)["w"].tolist() == [[True, True, False, False]]
    with pytest.raises(StageError, match=r"2:4 keeps 0\.5 of the weights, not 0\.25 of them; choose sparsity 50"):
        two_of_four(made, {}, 0.75, CONTEXT)


@given(
    weights=st.lists(st.integers(0, 20), min_size=1, max_size=6).filter(any),
    room=st.lists(st.integers(0, 30), min_size=6, max_size=6),
    data=st.data(),
)
def test_apportioning_is_exact_and_keeps_to_the_room(weights: list[int], room: list[int], data: st.DataObject) -> None:
    names = [f"l{number}" for number in range(len(weights))]
    shares = {name: Fraction(weight) for name, weight in zip(names, weights, strict=True)}
    rooms = {name: room[number] if weights[number] else 0 for number, name in enumerate(names)}
    total = data.draw(st.integers(0, sum(rooms.values())))
    counts = apportion(shares, rooms, total)
    assert sum(counts.values()) == total
    assert all(0 <= counts[name] <= rooms[name] for name in names)
    free = [name for name in names if counts[name] < rooms[name]]
    for one in free:
        for other in free:
            # Those who have room left stand in proportion, to within a unit each.
            assert (counts[one] - 1) * shares[other] <= (counts[other] + 1) * shares[one]
    with pytest.raises(StageError, match="are to be kept"):
        apportion(shares, rooms, sum(rooms.values()) + 1)
