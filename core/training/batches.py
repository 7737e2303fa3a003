"""The data path: uint8 images that lie on the device become shifted, mirrored, normalised batches there.

Which images, in which order, shifted how: drawn on the CPU from (seed, epoch) alone, the epoch counted from the
initial weights. So every device, every resumed run and every algorithm sees the same at the same point of its training.
"""

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

import torch
import torch.nn.functional as F
from torch import Tensor

from prunesweep.core.errors import WrongPlan
from prunesweep.core.plan.recipes import Recipe
from prunesweep.core.seeds import generator
from prunesweep.core.training.datasets import Split

_USUAL_PIXELS = 64 * 64
_SMALLEST_BATCH = 2
"""Batch-norm needs two values a channel, and the last feature map of a small image is a single pixel."""


def partition(labels: Tensor, validation: float) -> tuple[Tensor, Tensor]:
    """Return (training, validation) indices of the training images: the same cut for every seed and every device.

    Stratified: each class gives its share of the held-out images to within one, and never its last image. The total is
    `validation` of all images, rounded down, but for classes of a single image.

    Args:
        labels: int64 [N], of the training images.
        validation: fraction held out, in [0, 0.5].

    Returns:
        Both int64 and ascending, on the CPU.
    """
    # In fractions, because 0.29 · 100 is 28.999… in floating point.
    held = _share_of(labels.cpu(), Fraction(str(validation)), "validation")
    return (~held).nonzero().flatten(), held.nonzero().flatten()


def some_of(labels: Tensor, members: Tensor, count: int) -> Tensor:
    """Return `count` of the members, or all where there are not more: each class by its share of them, which ones by
    chance, the same each time.

    Args:
        labels: int64 [N], of all images.
        members: int64 [M], ascending.

    Returns:
        int64, ascending, on the CPU.
    """
    if count >= len(members):
        return members
    return members[_share_of(labels.cpu()[members], Fraction(count, len(members)), "some")]


def _share_of(labels: Tensor, fraction: Fraction, purpose: str) -> Tensor:
    """Return which images make that share of each class: bool [N], drawn by the purpose and N alone."""
    wanted = _held_out(torch.bincount(labels).tolist(), fraction)
    order = torch.randperm(len(labels), generator=generator(purpose, len(labels)))
    held = torch.zeros(len(labels), dtype=torch.bool)
    for label, count in enumerate(wanted):
        held[order[labels[order] == label][:count]] = True
    return held


def _held_out(sizes: list[int], fraction: Fraction) -> list[int]:
    """Return how many images each class gives: its share rounded down, then one more from the largest remainders on,
    ties by class."""
    given = [int(size * fraction) for size in sizes]
    missing = int(sum(sizes) * fraction) - sum(given)
    able = (label for label, size in enumerate(sizes) if given[label] < size * fraction and given[label] + 1 < size)
    for label in sorted(able, key=lambda label: (given[label] - sizes[label] * fraction, label))[:missing]:
        given[label] += 1
    return given


def steps_in(images: int, batch: int) -> int:
    """Return batches in an epoch: the last one may be short, and is left out if it has fewer than two images."""
    whole, rest = divmod(images, batch)
    return whole + (rest >= _SMALLEST_BATCH)


def fitting(most: int, size: Sequence[int]) -> int:
    """Return how many images make a batch of a pass without gradients: `most`, or as many as take the room that `most`
    of 64×64 pixels take, so that memory does not grow with the images.

    size: height and width in pixels.
    """
    return max(1, min(most, most * _USUAL_PIXELS // math.prod(size)))


@dataclass(frozen=True)
class BatchDraws:
    """Which images, and what is done to them, N in all.

    Attributes:
        index: int64 [N] into the split.
        shifts: int64 [N, 2].
        mirrored: bool [N].
        holes: float32 [N, 2] in [0, 1).
        crops: float32 [N, 4], left, top, width and height as fractions of the image; [N, 0] where the recipe cuts none.
    """

    index: Tensor
    shifts: Tensor
    mirrored: Tensor
    holes: Tensor
    crops: Tensor

    def rows(self, where: slice | Tensor) -> "BatchDraws":
        """Return some of them: views for a slice, copies for positions (int64 [B], on the same device)."""
        return BatchDraws(
            self.index[where], self.shifts[where], self.mirrored[where], self.holes[where], self.crops[where]
        )


def draw(members: Tensor, recipe: Recipe, seed: int, epoch: int) -> BatchDraws:
    """Return what one epoch shows, on the CPU: each of the members once, in a random order.

    Args:
        members: int64 indices into the split.
        epoch: of the lineage, 0 = the first after the initial weights; it keeps counting through every round, so that
            `alternating` shows the other side in the next epoch whatever round that is in.

    Raises:
        StageError: too few images to make a batch.
    """
    count = len(members)
    if recipe.batch < _SMALLEST_BATCH or count < _SMALLEST_BATCH:
        what = f"{count} training images in batches of {recipe.batch}: at least 2 are needed"
        raise WrongPlan(what, "add images")
    random = generator("batches", seed, epoch)
    order = torch.randperm(count, generator=random)
    shifts = torch.randint(0, 2 * recipe.translate + 1, (count, 2), generator=random)
    mirrored = torch.rand(count, generator=random) < 0.5
    if recipe.flip == "alternating":
        # A coin for each image once, then the other side every other epoch; in the order of the epoch.
        mirrored = (torch.rand(count, generator=generator("flip", seed)) < 0.5)[order] ^ bool(epoch % 2)
    elif recipe.flip == "none":
        mirrored = torch.zeros_like(mirrored)
    crops = draw_crops(count, recipe, seed, epoch)
    return BatchDraws(members[order], shifts, mirrored, torch.rand((count, 2), generator=random), crops)


def draw_crops(count: int, recipe: Recipe, seed: int, epoch: int) -> Tensor:
    """Return a rectangle for each image: float32 [N, 4], left, top, width and height as fractions of it; [N, 0] where
    the recipe cuts none. The share of the area is drawn evenly from `crop_scale` to 1, the ratio of its sides evenly in
    logarithm from 1 / `crop_ratio` to `crop_ratio`.

    Source: Szegedy et al. 2015, arXiv:1409.4842, section 6. A rectangle that would leave the image is narrowed to it,
    where torchvision would draw again.
    """
    if recipe.crop_scale >= 1:
        return torch.zeros((count, 0))
    dice = torch.rand((count, 4), generator=generator("crops", seed, epoch), dtype=torch.float64)
    area = recipe.crop_scale + (1 - recipe.crop_scale) * dice[:, 0]
    ratio = torch.exp((2 * dice[:, 1] - 1) * math.log(recipe.crop_ratio))
    width, height = ((area * ratio).sqrt().clamp(max=1), (area / ratio).sqrt().clamp(max=1))
    return torch.stack([dice[:, 2] * (1 - width), dice[:, 3] * (1 - height), width, height], dim=1).float()


def augmented(split: Split, recipe: Recipe, draws: BatchDraws, images: Tensor | None = None) -> tuple[Tensor, Tensor]:
    """Return (images, labels) as drawn, all on the split's device.

    images: those that `draws.index` names, uint8 [B, 3, H, W], where they are there already.

    Returns:
        Images float32 [B, 3, H, W], channels_last, normalised; labels int64 [B].
    """
    if images is None:
        images = split.take(draws.index)
    if recipe.crop_scale < 1:
        images = resized_crop(images, draws.crops, draws.mirrored)
    elif recipe.translate or recipe.flip != "none":
        images = crop(images, recipe.translate, draws.shifts, draws.mirrored)
    images = normalise(images, split.mean, split.std)
    return cut_out(images, recipe.cutout, draws.holes) if recipe.cutout else images, split.labels[draws.index]


def plain_batches(
    split: Split, members: Tensor, seed: int, round: int, batch: int, count: int
) -> Iterator[tuple[Tensor, Tensor]]:
    """Yield up to `count` batches of `batch` of the members, chosen by (seed, round), without augmentation; shaped as
    those of `augmented`. For scores by gradients."""
    order = members[torch.randperm(len(members), generator=generator("plain", seed, round))].to(split.device)
    for part in torch.split(order[: batch * count], batch):
        if len(part) >= _SMALLEST_BATCH:
            yield normalise(split.take(part), split.mean, split.std), split.labels[part]


def cut_out(images: Tensor, side: int, holes: Tensor) -> Tensor:
    """Return each image with a square of `side` pixels set to 0 (the mean colour), its centre anywhere in the image,
    so that it may hang over the edge.

    Args:
        images: normalised float32 [B, C, H, W].
        holes: centres [B, 2] as fractions of height and width in [0, 1).
    """
    height, width = images.shape[2:]
    top = (holes[:, :1] * height).long() - side // 2
    left = (holes[:, 1:] * width).long() - side // 2
    rows, columns = (torch.arange(size, device=images.device) for size in (height, width))
    tall = (rows >= top) & (rows < top + side)
    wide = (columns >= left) & (columns < left + side)
    return images.masked_fill((tall[:, :, None] & wide[:, None, :])[:, None], 0.0)


def crop(images: Tensor, pad: int, shifts: Tensor, mirrored: Tensor) -> Tensor:
    """Return each image padded with `pad` black pixels all around, cut at its shift, then mirrored if asked.

    Args:
        images: uint8 [B, C, H, W].
        shifts: int64 [B, 2], rows then columns, each in [0, 2·pad]; `pad` leaves the image where it is.
        mirrored: bool [B].

    Returns:
        uint8 [B, C, H, W] in channels_last memory.
    """
    pixels = F.pad(images.permute(0, 2, 3, 1), (0, 0, pad, pad, pad, pad))
    count, height, width, channels = pixels.shape
    rows = shifts[:, :1] + torch.arange(height - 2 * pad, device=images.device)
    across = torch.arange(width - 2 * pad, device=images.device)
    columns = shifts[:, 1:] + torch.where(mirrored[:, None], across.flip(0), across)
    first = torch.arange(0, count * height, height, device=images.device)[:, None]
    # One gather of whole pixels does shift and mirror together.
    where = ((first + rows) * width)[:, :, None] + columns[:, None, :]
    chosen = pixels.reshape(-1, channels).index_select(0, where.flatten())
    return chosen.view(*where.shape, channels).permute(0, 3, 1, 2)


def resized_crop(images: Tensor, crops: Tensor, mirrored: Tensor) -> Tensor:
    """Return each image's rectangle enlarged to the whole (bilinear), then mirrored if asked.

    Args:
        images: uint8 [B, C, H, W].
        crops: float32 [B, 4], left, top, width and height as fractions.
        mirrored: bool [B].

    Returns:
        float32 [B, C, H, W] in [0, 255].
    """
    left, top, width, height = crops.unbind(dim=1)
    # From fractions to grid_sample's −1 … 1; a mirrored one is read from right to left.
    affine = torch.zeros((len(crops), 2, 3), device=crops.device)
    affine[:, 0, 0] = torch.where(mirrored, -width, width)
    affine[:, 0, 2] = 2 * left + width - 1
    affine[:, 1, 1] = height
    affine[:, 1, 2] = 2 * top + height - 1
    grid = F.affine_grid(affine, list(images.shape), align_corners=False)
    return F.grid_sample(images.float(), grid, padding_mode="border", align_corners=False)


def normalise(images: Tensor, mean: Tensor, std: Tensor) -> Tensor:
    """Return (images / 255 − mean) / std: uint8 or float32 [B, C, H, W] → float32 of that shape in channels_last
    memory."""
    pixels = images.permute(0, 2, 3, 1)
    count, height, width, channels = pixels.shape
    # Rows of W·C numbers against a tiled mean: long vectors instead of groups of three.
    rows = pixels.reshape(count, height, width * channels).to(torch.float32, copy=True)
    rows.mul_((1 / (255 * std)).repeat(width)).sub_((mean / std).repeat(width))
    return rows.view(count, height, width, channels).permute(0, 3, 1, 2)
