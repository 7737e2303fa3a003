"""The data path: what comes out is what a plain per-image pipeline makes; the order hangs on named facts alone."""

import math
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

import pytest
import torch
import torch.nn.functional as F
from hypothesis import example, given
from hypothesis import strategies as st

from prunesweep.core.errors import StageError
from prunesweep.core.plan.recipes import Recipe, load_recipe
from prunesweep.core.seeds import generator, seed_of
from prunesweep.core.training.batches import crop, cut_out, normalise, partition, plain_batches, steps_in
from prunesweep.core.training.datasets import Split
from tests.training.epochs import epoch_batches

RECIPE = replace(load_recipe("default").dense, batch=4, translate=2)
PLAIN = replace(RECIPE, translate=0, flip="none")


def _epoch(split: Split, recipe: Recipe, seed: int = 0, epoch: int = 0) -> list[torch.Tensor]:
    members = torch.arange(len(split))
    return [tensor for batch in epoch_batches(split, members, recipe, seed, epoch) for tensor in batch]


@given(
    count=st.integers(1, 4),
    height=st.integers(1, 6),
    width=st.integers(1, 6),
    pad=st.integers(0, 3),
    seed=st.integers(0, 100),
)
def test_crop_is_pad_cut_and_mirror(count: int, height: int, width: int, pad: int, seed: int) -> None:
    random = torch.Generator().manual_seed(seed)
    images = torch.randint(0, 256, (count, 3, height, width), generator=random, dtype=torch.uint8)
    shifts = torch.randint(0, 2 * pad + 1, (count, 2), generator=random)
    mirrored = torch.rand(count, generator=random) < 0.5
    result = crop(images, pad, shifts, mirrored)
    for number in range(count):
        padded = F.pad(images[number], (pad, pad, pad, pad))
        top, left = shifts[number].tolist()
        expected = padded[:, top : top + height, left : left + width]
        assert torch.equal(result[number], expected.flip(2) if mirrored[number] else expected)


def test_normalise_is_the_textbook_formula_in_channels_last() -> None:
    images = torch.randint(0, 256, (5, 3, 7, 9), dtype=torch.uint8)
    mean, std = torch.tensor([0.1, 0.5, 0.9]), torch.tensor([0.2, 0.3, 0.4])
    expected = (images.float() / 255 - mean.view(3, 1, 1)) / std.view(3, 1, 1)
    for layout in (torch.contiguous_format, torch.channels_last):
        result = normalise(images.contiguous(memory_format=layout), mean, std)
        assert torch.allclose(result, expected, atol=1e-5)
        assert result.is_contiguous(memory_format=torch.channels_last)


def test_an_epoch_shows_every_image_once_with_its_label(make_split: Callable[..., Split]) -> None:
    split = make_split(11)
    parts = _epoch(split, PLAIN)
    images, labels = torch.cat(parts[::2]), torch.cat(parts[1::2])
    assert [len(part) for part in parts[::2]] == [4, 4, 3]
    plain = normalise(split.images, split.mean, split.std)
    found = [int((plain == image).flatten(1).all(1).nonzero()) for image in images]
    assert sorted(found) == list(range(11))
    assert labels.tolist() == split.labels[found].tolist()


def test_only_members_are_shown(make_split: Callable[..., Split]) -> None:
    split = make_split(12, classes=4)
    members = (split.labels == 2).nonzero().flatten()
    labels = [label for _, labels in epoch_batches(split, members, PLAIN, 0, 0) for label in labels.tolist()]
    assert labels == [2, 2, 2]


def test_same_facts_same_batches_whatever_the_global_state(make_split: Callable[..., Split]) -> None:
    split = make_split(10)
    torch.manual_seed(1)
    first = _epoch(split, RECIPE, 1, 3)
    state = torch.get_rng_state()
    again = _epoch(split, RECIPE, 1, 3)
    assert torch.equal(torch.get_rng_state(), state)
    assert all(torch.equal(a, b) for a, b in zip(first, again, strict=True))
    for other in ((2, 3), (1, 4), (13, 3)):
        assert not torch.equal(_epoch(split, RECIPE, *other)[0], first[0])


def test_the_random_numbers_of_this_release_stay_what_they_are() -> None:
    # A change here changes every trained network under an unchanged digest: raise the stages' code version then.
    assert seed_of("batches", 0, 2) == 0xBA6C_2BDB
    assert torch.randperm(8, generator=generator("batches", 0, 2)).tolist() == [6, 3, 0, 7, 5, 4, 1, 2]


def test_one_leftover_image_is_left_out(make_split: Callable[..., Split]) -> None:
    assert [steps_in(n, 4) for n in (2, 3, 4, 5, 6, 8, 9)] == [1, 1, 1, 1, 2, 2, 2]
    assert [len(part) for part in _epoch(make_split(9), RECIPE)[::2]] == [4, 4]


@pytest.mark.parametrize(("images", "batch"), [(0, 4), (1, 4), (5, 1)])
def test_too_few_images(make_split: Callable[..., Split], images: int, batch: int) -> None:
    with pytest.raises(StageError, match=f"{images} training images in batches of {batch}: at least 2"):
        _epoch(make_split(images), replace(RECIPE, batch=batch))


@given(labels=st.lists(st.integers(0, 6), max_size=200), validation=st.floats(0, 0.5))
@example(labels=[0, 1, 2, 2, 2, 2], validation=0.5)
def test_partition_gives_each_class_its_share_and_is_always_the_same(labels: list[int], validation: float) -> None:
    of = torch.tensor(labels, dtype=torch.int64)
    training, held_out = partition(of, validation)
    assert sorted(torch.cat([training, held_out]).tolist()) == list(range(len(labels)))
    given_up = Counter(of[held_out].tolist())
    for label, size in Counter(labels).items():
        share = size * Fraction(str(validation))
        assert math.floor(share) <= given_up[label] <= math.ceil(share), "its share to within one image"
        assert given_up[label] < size, "never its last image"
    if min(Counter(labels).values(), default=2) > 1:
        assert len(held_out) == int(len(labels) * Fraction(str(validation)))
    assert torch.equal(partition(of, validation)[1], held_out)


def test_partition_holds_out_every_class_of_a_folder_sorted_by_class() -> None:
    # A plain permutation gave these classes 2, 3, 1, 2, 2, 2, 0, 1, 4 and 3 of the 20 images.
    labels = torch.arange(10).repeat_interleave(100)
    assert torch.bincount(labels[partition(labels, 0.02)[1]]).tolist() == [2] * 10


def test_augmentation_covers_every_shift_and_both_sides() -> None:
    count, pad = 2000, 1
    images = torch.zeros(count, 3, 3, 4, dtype=torch.uint8)
    images[:, :, 1, 1] = 255  # one bright pixel, off the middle of a row of four
    split = Split(images, torch.zeros(count, dtype=torch.int64), ("a", "b"), torch.zeros(3), torch.ones(3))
    parts = _epoch(split, replace(RECIPE, batch=count, translate=pad, flip="random"))
    seen = {tuple(where) for where in parts[0][:, 0].nonzero()[:, 1:].tolist()}
    assert seen == {(row, column) for row in (0, 1, 2) for column in (0, 1, 2, 3)}
    mirrored = (parts[0][:, 0, :, 3] > 0).any(dim=1).float().mean().item()  # column 3: mirrored and shifted right
    assert mirrored == pytest.approx(1 / 6, abs=0.04)


def test_alternating_flips_show_each_image_both_ways_in_turn(make_split: Callable[..., Split]) -> None:
    split = make_split(40)
    recipe = replace(PLAIN, flip="alternating", batch=40)
    plain = normalise(split.images, split.mean, split.std)
    sides = []
    for epoch in range(4):
        images, _ = next(epoch_batches(split, torch.arange(40), recipe, 5, epoch))
        straight = [bool((images == image).flatten(1).all(1).any()) for image in plain]
        mirrored = [bool((images == image.flip(2)).flatten(1).all(1).any()) for image in plain]
        assert all(a != b for a, b in zip(straight, mirrored, strict=True))
        sides.append(straight)
    assert sides[0] == sides[2]
    assert sides[1] == sides[3] == [not side for side in sides[0]]
    assert 5 < sum(sides[0]) < 35


def test_cutout_is_a_square_that_may_hang_over_the_edge() -> None:
    images = torch.ones(3, 2, 8, 8)
    holes = torch.tensor([[0.5, 0.5], [0.0, 0.0], [0.99, 0.5]])
    cut = cut_out(images, 4, holes)
    assert (cut == 0).sum((1, 2, 3)).tolist() == [2 * 16, 2 * 4, 2 * 12]
    assert not cut[0, :, 2:6, 2:6].any()
    assert not cut[1, :, :2, :2].any()
    assert bool(images.all()), "the batch that was given stays as it is"


def test_plain_batches_are_images_as_they_are(make_split: Callable[..., Split]) -> None:
    split = make_split(20)
    members = torch.arange(5, 20)
    batches = list(plain_batches(split, members, 0, 1, batch=4, count=2))
    assert [len(labels) for _, labels in batches] == [4, 4]
    everything = normalise(split.images, split.mean, split.std)
    found = [int((everything == image).flatten(1).all(1).nonzero()) for images, _ in batches for image in images]
    assert len(set(found)) == 8
    assert min(found) >= 5
    assert [int(label) for _, labels in batches for label in labels] == split.labels[found].tolist()
