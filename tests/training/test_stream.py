"""Images that are streamed, and random rectangles of them: the same bits as resident ones, from any step on."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import torch

from prunesweep.core.plan.recipes import Recipe, load_recipe
from prunesweep.core.training.batches import draw, resized_crop
from prunesweep.core.training.datasets import Split
from prunesweep.core.training.loop import Training, train
from prunesweep.core.training.training_state import TrainingState

MakeSplit = Callable[..., Split]
RECIPE = replace(load_recipe("default").dense, batch=8, lr=0.05, precision="fp32", validation=0.1)
CROPPED = replace(RECIPE, translate=0, crop_scale=0.25)


def _network() -> torch.nn.Module:
    torch.manual_seed(0)
    layers = (torch.nn.Conv2d(3, 8, 3, padding=1), torch.nn.BatchNorm2d(8), torch.nn.ReLU())
    return torch.nn.Sequential(*layers, torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten(), torch.nn.Linear(8, 3))


def _trained(split: Split, recipe: Recipe, **options: Any) -> tuple[list[torch.Tensor], list[float | None]]:
    model = _network()
    facts = list(train(model, {}, split, recipe, epochs=2, seed=3, first_epoch=0, device="cpu", **options))
    return [value.clone() for value in model.state_dict().values()], [fact.top1 for fact in facts]


@pytest.mark.parametrize("recipe", [RECIPE, CROPPED], ids=["shifted", "cropped"])
def test_streamed_training_is_the_resident_one_bit_for_bit(make_split: MakeSplit, recipe: Recipe) -> None:
    split = make_split(45)
    (resident, seen), (streamed, again) = _trained(split, recipe), _trained(replace(split, streamed=True), recipe)
    assert all(map(torch.equal, resident, streamed))
    assert seen == again


@pytest.mark.parametrize("recipe", [RECIPE, CROPPED], ids=["shifted", "cropped"])
def test_a_streamed_training_goes_on_in_the_middle_of_an_epoch(make_split: MakeSplit, recipe: Recipe) -> None:
    split = replace(make_split(45), streamed=True)
    kept: list[TrainingState] = []

    class Killed(Exception):
        pass

    def kill(training: Training) -> None:
        if training.position == (1, 2):
            kept.append(training.snapshot())
            raise Killed

    with pytest.raises(Killed):
        _trained(split, recipe, before_step=kill)
    assert all(map(torch.equal, _trained(split, recipe)[0], _trained(split, recipe, start=kept[0])[0]))


def test_images_are_streamed_where_they_take_more_than_half_of_the_free_memory(
    make_split: MakeSplit, monkeypatch: pytest.MonkeyPatch
) -> None:
    split = make_split(10)
    for free, streamed in ((2 * split.images.nbytes, False), (2 * split.images.nbytes - 1, True)):
        monkeypatch.setattr("prunesweep.core.training.datasets._free", lambda _, free=free: free)
        assert split.placed("cpu").streamed is streamed
    assert split.placed("cpu", "streamed").streamed
    assert not split.placed("cpu", "resident").streamed


def test_rectangles_are_of_the_stated_areas_and_ratios_and_inside() -> None:
    crops = draw(torch.arange(2000), CROPPED, 0, 0).crops.double()
    left, top, width, height = crops.unbind(1)
    assert bool((crops[:, :2] >= 0).all() and (left + width <= 1 + 1e-6).all() and (top + height <= 1 + 1e-6).all())
    area, ratio = width * height, width / height
    assert 0.2 < float(area.min()) < 0.27 and 0.9 < float(area.max()) <= 1
    assert float(ratio.max()) <= 4 / 3 + 1e-6 and float(ratio.min()) >= 3 / 4 - 1e-6
    assert torch.equal(draw(torch.arange(2000), CROPPED, 0, 0).crops, crops.float())


def test_draws_without_rectangles_are_as_before() -> None:
    with_, without = (draw(torch.arange(9), replace(RECIPE, crop_scale=scale), 1, 2) for scale in (0.5, 1.0))
    assert without.crops.shape == (9, 0)
    for name in ("index", "shifts", "mirrored", "holes"):
        assert torch.equal(getattr(with_, name), getattr(without, name))


def test_a_rectangle_is_enlarged_and_mirrored() -> None:
    images = torch.arange(4 * 4 * 3, dtype=torch.uint8).reshape(1, 3, 4, 4).repeat(3, 1, 1, 1)
    whole, right = [0.0, 0.0, 1.0, 1.0], [0.5, 0.0, 0.5, 1.0]
    found = resized_crop(images, torch.tensor([whole, whole, right]), torch.tensor([False, True, False]))
    assert torch.allclose(found[0], images[0].float(), atol=1e-4)
    assert torch.allclose(found[1], images[1].float().flip(2), atol=1e-4)
    expected = torch.nn.functional.interpolate(images[2:, :, :, 2:].float(), (4, 4), mode="bilinear")
    assert torch.allclose(found[2, :, :, 1:], expected[0, :, :, 1:], atol=1e-4), "at the cut it looks beyond the edge"
