"""One recording for several trainings, by a stand-in that, like a GPU's graph, knows only the memory it was made on."""

from collections.abc import Callable
from dataclasses import replace

import pytest
import torch
from torch import nn

from prunesweep.core.training.batch_counters import idly_counting
from prunesweep.core.training.datasets import Split
from prunesweep.core.training.kept_step import KeptStep
from prunesweep.core.training.loop import Training, train
from tests.training.played_steps import (
    IMAGES,
    RECIPES,
    MakeSplit,
    Player,
    assert_same,
    masks_of,
    outcome_of,
    small_network,
)
from tests.training.played_steps import rates_of_a_gpu as rates_of_a_gpu

RECIPE = RECIPES["sgd"]


class Graph(Player):
    """Plays what was recorded, with the network in the mode in which it was: the step that recorded may be over."""

    def replay(self) -> None:
        self._work.__self__._model.train()  # type: ignore[union-attr]
        super().replay()


class Room:
    """Trains with one kept step. players: a stand-in for each graph that was made."""

    def __init__(self) -> None:
        self.players: list[Player] = []
        self.kept = KeptStep(self._make)

    def _make(self, device: torch.device) -> Player:
        self.players.append(Graph(device))
        return self.players[-1]

    def train(
        self, split: Split, recipe: object = RECIPE, seed: int = 0, network: object = "resnet18", **more: object
    ) -> tuple[tuple[list[object], dict[str, torch.Tensor]], nn.Module]:
        model = small_network(seed)
        graph = self.kept.begin(network)
        course = train(model, masks_of(model), split, recipe, 2, seed, 1, "cpu", graph=graph, **more)  # type: ignore[arg-type]
        found = outcome_of(course)
        return found, model

    @property
    def captures(self) -> int:
        return sum(player.captures for player in self.players)


def _fresh(split: Split, recipe: object = RECIPE, seed: int = 0) -> tuple[list[object], dict[str, torch.Tensor]]:
    model = small_network(seed)
    return outcome_of(train(model, masks_of(model), split, recipe, 2, seed, 1, "cpu"))  # type: ignore[arg-type]


@pytest.mark.parametrize("name", RECIPES)
def test_trainings_of_one_kind_share_a_recording_and_nothing_else(make_split: MakeSplit, name: str) -> None:
    room, split = Room(), make_split(IMAGES)
    for seed in (0, 1):
        found, model = room.train(split, RECIPES[name], seed)
        assert_same(found, _fresh(split, RECIPES[name], seed))
        state = model.state_dict()
        assert all(torch.equal(state[key.removeprefix("model/")], found[1][key]) for key in found[1] if "model/" in key)
        room.kept.give_back()
    assert room.captures == 1


def test_another_kind_of_training_is_recorded_anew(make_split: MakeSplit) -> None:
    room, split = Room(), make_split(IMAGES)
    others: list[Callable[[], object]] = [
        lambda: room.train(split),
        lambda: room.train(split, replace(RECIPE, label_smoothing=0.05)),
        lambda: room.train(split, network="resnet18 with other strides"),
        lambda: room.train(make_split(IMAGES), network="resnet18 with other strides"),
        lambda: room.train(split, network=None),
        lambda: room.train(split, network=None),
        lambda: room.train(split),
    ]
    for place, other in enumerate(others, 1):
        other()
        room.kept.give_back()
        assert room.captures == place


def test_what_was_not_given_back_is_not_written_over(make_split: MakeSplit) -> None:
    room, split = Room(), make_split(IMAGES)
    _, model = room.train(split)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    found, _ = room.train(split, seed=1)
    assert_same(found, _fresh(split, seed=1))
    assert room.captures == 2
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    room.kept.give_back()
    room.kept.drop()
    room.train(split)
    assert room.captures == 3


def test_a_stopped_training_goes_on_in_a_recording_of_another(make_split: MakeSplit) -> None:
    room, split, kept = Room(), make_split(IMAGES), []

    def stop(training: Training) -> None:
        if training.position == (1, 2):
            kept.append(training.snapshot())
            raise InterruptedError

    with pytest.raises(InterruptedError):
        room.train(split, before_step=stop)
    room.kept.give_back()
    whole = _fresh(split)
    found, _ = room.train(split, start=kept[0])
    assert found[0] == whole[0][1:]
    assert all(torch.equal(found[1][name], value) for name, value in whole[1].items())
    assert room.captures == 1


def test_played_steps_leave_the_counters_of_batch_norms_to_the_end(make_split: MakeSplit) -> None:
    """And where an average depends on them, they count in every step."""
    model, split = small_network(), make_split(IMAGES)
    seen = []

    def look(training: Training) -> None:
        seen.append(int(model.bn1.num_batches_tracked))  # type: ignore[arg-type, union-attr]

    course = train(model, {}, split, replace(RECIPE, validation=0.0), 1, 0, 0, "cpu", graph=Player, before_step=look)
    list(course)
    assert seen[0] == 0 and max(seen[1:-1]) == 0, "no kernel for them in a step"
    assert int(model.bn1.num_batches_tracked) == len(seen)  # type: ignore[arg-type, union-attr]
    cumulative = nn.Sequential(nn.BatchNorm2d(3, momentum=None), nn.BatchNorm2d(3))
    assert idly_counting(cumulative) == [cumulative[1]]
