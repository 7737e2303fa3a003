"""Recovery with a teacher: the dense network's outputs are targets beside the labels."""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from prunesweep.core.passes import Passes
from prunesweep.core.plan.recipes import Recipe


@dataclass(frozen=True)
class Teacher:
    """A network in evaluation mode that is never trained. weight, temperature: as in the recipe."""

    passes: Passes
    weight: float
    temperature: float

    def loss(self, hard: Tensor, logits: Tensor, images: Tensor) -> Tensor:
        """Return the loss of a batch, a scalar.

        Args:
            hard: cross-entropy with the labels.
            logits: the student's, [B, classes].
            images: what it saw, [B, 3, H, W].
        """
        with torch.no_grad():
            targets = self.passes(images)
        return mixed(hard, logits, targets, self.weight, self.temperature)


def mixed(hard: Tensor, logits: Tensor, targets: Tensor, weight: float, temperature: float) -> Tensor:
    """Return (1 - weight) · hard + weight · T² · KL(softmax(targets / T) ‖ softmax(logits / T)), a mean over the batch.

    The factor T² keeps the gradients of the soft part as large as those of the hard one.

    Source: Hinton, Vinyals & Dean 2015, arXiv:1503.02531, section 2.
    """
    student = F.log_softmax(logits / temperature, dim=1)
    teacher = F.log_softmax(targets / temperature, dim=1)
    soft = F.kl_div(student, teacher, reduction="batchmean", log_target=True)
    return (1 - weight) * hard + weight * temperature**2 * soft


def teacher_of(network: nn.Module, recipe: Recipe, side: int, device: torch.device) -> Teacher:
    """Return the network as a teacher on the device; side: the shorter side of an image, in pixels."""
    passes = Passes(network.eval(), side, device, gradients=False, precision=recipe.precision)
    return Teacher(passes, recipe.distill_weight, recipe.distill_temperature)
