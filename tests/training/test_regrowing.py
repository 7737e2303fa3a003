"""Masks that move during a training: which weights, how many, and the same bytes after an interruption."""

import math
from collections.abc import Callable

import pytest
import torch
from torch import Tensor, nn

from prunesweep.core.errors import UserError
from prunesweep.core.plan.regrowth import Regrowth, parse_regrowth, read_regrowth
from prunesweep.core.pruning.registry import prune
from prunesweep.core.pruning.subject import Subject
from prunesweep.core.training.datasets import Split
from prunesweep.core.training.loop import Training, train
from prunesweep.core.training.regrowing import MaskChange, move
from tests.training.played_steps import FULL, IMAGES, RECIPES, Player, assert_same, outcome_of, small_network
from tests.training.played_steps import rates_of_a_gpu as rates_of_a_gpu

MakeSplit = Callable[..., Split]


def test_the_fraction_falls_by_a_half_cosine_and_ends_at_three_quarters() -> None:
    regrowth = read_regrowth("rigl:0.3@10")
    assert regrowth == Regrowth("rigl", 0.3, 10) and str(regrowth) == "rigl:0.3@10" and read_regrowth("") is None
    found = {step: regrowth.moving(step, 80) for step in range(80) if regrowth.moving(step, 80)}
    assert found == {step: 0.15 * (1 + math.cos(math.pi * step / 60)) for step in (10, 20, 30, 40, 50)}


@pytest.mark.parametrize("text", ["rigl", "rigl:0@5", "rigl:1.5@5", "set:0.3@0", "grow:0.3@5", 3, ["set:0.3@5"]])
def test_a_wrong_regrowth_is_one_line_with_the_form(text: object) -> None:
    with pytest.raises(UserError, match=r"write METHOD:FRACTION@STEPS, e.g. rigl:0.3@100"):
        parse_regrowth(text, "algorithms.mine.regrow")


@pytest.mark.parametrize("at_random", [False, True])
def test_the_smallest_go_and_the_largest_gradients_or_any_come(at_random: bool) -> None:
    random = torch.Generator().manual_seed(1)
    weight = nn.Parameter(torch.randn(6, 10, generator=random))
    alive = torch.rand(6, 10, generator=random) < 0.4
    with torch.no_grad():
        weight.mul_(alive)
    weight.grad = torch.randn(6, 10, generator=random)
    momentum, before = torch.ones(6, 10), weight.detach().clone()
    factor = alive.float()
    change = MaskChange(0.3, (0, 2, 5) if at_random else None)
    move({"w": weight}, [factor], lambda _: [momentum], change)
    now, count = factor.bool(), int(0.3 * int(alive.sum()))
    assert int(now.sum()) == int(alive.sum())
    size = before.abs().flatten().tolist()
    living = [i for i in range(60) if alive.flatten()[i]]
    smallest = sorted(living, key=lambda i: size[i])[:count]
    stays = set(living) - set(smallest)
    grown = set(now.flatten().nonzero().flatten().tolist()) - stays
    assert stays <= set(now.flatten().nonzero().flatten().tolist()) and len(grown) == count
    if not at_random:
        slope = weight.grad.abs().flatten().tolist()
        assert grown == set(sorted(set(range(60)) - stays, key=lambda i: -slope[i])[:count])
    same = now & alive
    assert torch.equal(weight.detach(), before * same) and torch.equal(momentum, same.float()), "new ones begin at 0"
    weight.grad = None
    move({"w": weight}, [factor], lambda _: [momentum], change)
    assert torch.equal(factor.bool(), now), "a layer that is not trained keeps its mask"


@pytest.mark.parametrize("method", ["rigl", "set"])
@pytest.mark.parametrize("recipe", ["sgd", "adamw"])
def test_interrupted_or_recorded_it_ends_on_the_same_bytes(make_split: MakeSplit, method: str, recipe: str) -> None:
    split, regrowth = make_split(IMAGES), Regrowth(method, 0.4, 2)
    start = small_network()
    masks = prune(Subject(start), "random", "erk", 0.8)
    kept = []

    def keep(training: Training) -> None:
        kept.append(training.snapshot())

    def ends(graph: object = None, **more: object) -> tuple[dict[str, Tensor], dict[str, Tensor]]:
        model = small_network()
        facts = (split, RECIPES[recipe], 3, 0, 1, "cpu")
        course = train(model, masks, *facts, regrowth=regrowth, graph=lambda _: graph, **more)  # type: ignore[arg-type]
        list(course)
        return dict(model.state_dict()), dict(course.masks)

    weights, moved = ends(before_step=keep)
    assert any(not torch.equal(moved[name], mask) for name, mask in masks.items())
    assert {name: int(mask.sum()) for name, mask in moved.items()} == {n: int(m.sum()) for n, m in masks.items()}
    assert all(not weights[name][~mask].any() for name, mask in moved.items())
    assert any(bool(weights[name][moved[name] & ~mask].any()) for name, mask in masks.items()), "grown ones learn"
    for snapshot in (kept[3], kept[len(kept) // 2], kept[-1]):
        again, masks_again = ends(start=snapshot)
        assert all(torch.equal(value, again[name]) for name, value in weights.items())
        assert all(torch.equal(mask, masks_again[name]) for name, mask in moved.items())


def test_a_recorded_step_sees_the_moved_masks(make_split: MakeSplit) -> None:
    split, player = make_split(IMAGES), Player(torch.device("cpu"))
    masks = prune(Subject(small_network()), "random", "erk", 0.8)
    facts = (masks, split, RECIPES["sgd"], 3, 0, 1, "cpu")
    courses = [
        train(small_network(), *facts, regrowth=Regrowth("rigl", 0.4, 2), graph=lambda _, graph=graph: graph)
        for graph in (None, player)
    ]
    assert_same(*(outcome_of(course) for course in courses))
    # Of 12 steps, 2, 4, 6 and 8 move masks; 3, 7 and 11 have the epochs' short batches.
    assert (player.captures, player.replays) == (1, 3 * FULL - 4)
