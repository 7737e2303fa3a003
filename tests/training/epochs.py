"""An epoch's batches one after another, without anything recorded or kept in place: what a step is compared with."""

from collections.abc import Iterator

from torch import Tensor

from prunesweep.core.plan.recipes import Recipe
from prunesweep.core.training.batches import augmented, draw, steps_in
from prunesweep.core.training.datasets import Split


def epoch_batches(
    split: Split, members: Tensor, recipe: Recipe, seed: int, epoch: int
) -> Iterator[tuple[Tensor, Tensor]]:
    """Yields (images, labels), see `augmented`; the last batch may be short, see `steps_in`."""
    draws = draw(members, recipe, seed, epoch)
    for step in range(steps_in(len(members), recipe.batch)):
        yield augmented(split, recipe, draws.rows(slice(step * recipe.batch, (step + 1) * recipe.batch)))
