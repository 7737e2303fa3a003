"""What the plan knows of channels is what the network does."""

from collections.abc import Callable

import pytest
from torch import nn

from prunesweep.core.errors import StageError
from prunesweep.core.plan.channel_reach import ChannelGroups, channel_groups, most_removable
from prunesweep.core.plan.models import MODELS, ModelRef
from prunesweep.core.pruning.channel_groups import couple
from prunesweep.core.pruning.channel_kinds import kinds
from prunesweep.core.pruning.masks import count_kept, prunable
from prunesweep.core.pruning.registry import prune
from prunesweep.core.pruning.subject import Subject
from prunesweep.core.training.models import build_model
from tests.pruning.test_channels import IMAGE, SMALL, Tokens, made


def facts(groups: ChannelGroups | None) -> list[object]:
    return sorted([(one.count, sorted(one.slices.items()), one.normed) for one in group] for group in groups or ())


@pytest.mark.parametrize("name", MODELS)
def test_our_networks_have_the_channels_that_their_shapes_say(name: str) -> None:
    ref = ModelRef(name, 3, 5)
    model = build_model(ref, 0)
    assert facts(kinds(model, couple(model, IMAGE))) == facts(channel_groups(ref)) != []


@pytest.mark.parametrize("make", [*SMALL, Tokens], ids=lambda make: make.__name__)
def test_no_choice_of_channels_takes_more_than_the_plan_says(make: Callable[[], nn.Module]) -> None:
    model = made(make)
    found, shapes = kinds(model, couple(model, IMAGE)), {name: tuple(w.shape) for name, w in prunable(model)}
    assert all(len(group) == 1 for group in found), "channels of a group are alike"
    most, total = most_removable(shapes, found, (), normed=False), sum(w.numel() for _, w in prunable(model))
    kept, _ = count_kept(prune(Subject(model, image=IMAGE), "magnitude", "channels", round(most / total - 5e-7, 6)))
    assert total - most <= kept < total - most + 0.2 * total
    with pytest.raises(StageError, match="make up at most"):
        prune(Subject(model, image=IMAGE), "magnitude", "channels", round((most + 1) / total + 5e-7, 6))
