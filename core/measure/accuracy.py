"""Accuracy on a split: every image once, in fp32."""

from collections.abc import Callable
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from prunesweep.core.errors import WrongPlan
from prunesweep.core.passes import Format, Passes
from prunesweep.core.progress import CountDone
from prunesweep.core.seeds import dice
from prunesweep.core.training.batches import fitting, normalise
from prunesweep.core.training.datasets import Split


@dataclass(frozen=True)
class Accuracy:
    """Accuracy and loss on a test set.

    Attributes:
        top1: fraction right, in [0, 1].
        loss: mean cross-entropy in nats.
        images: how many were read.
        top5: fraction whose class is among the five highest outputs, 1 with five classes or fewer.
        format: what the passes were resolved to.
        right: bool [images] on the CPU, which images are right; two networks' are paired image by image.
    """

    top1: float
    loss: float
    images: int
    top5: float
    format: Format
    right: Tensor = field(default_factory=lambda: torch.empty(0, dtype=torch.bool), compare=False, repr=False)


def evaluate(
    model: nn.Module,
    split: Split,
    device: torch.device,
    batch: int = 256,
    progress: CountDone | None = None,
    logits_of: Callable[[Tensor], Tensor] | None = None,
) -> Accuracy:
    """Run `model` over the whole split. The model is moved to `device` and left in evaluation mode.

    Precision is plain fp32 (no autocast, no TF32), so that the figure belongs to the weights and not to the
    machine.

    Args:
        batch: images a pass, fewer where they are large (`fitting`).
        progress: called with (images done, images in all) after each batch.
        logits_of: the model in another engine, given normalised images [B, C, H, W]; None: in torch.

    Raises:
        StageError: an output that is NaN or infinite: the network has no accuracy.
    """
    passes = Passes(model, min(split.images.shape[2:]), device).eval()
    mean, std = split.mean.to(device), split.std.to(device)
    right: list[Tensor] = []
    among_five = torch.zeros((), dtype=torch.int64, device=device)
    loss = torch.zeros((), dtype=torch.float64, device=device)
    total = len(split.labels)
    batch = fitting(batch, split.images.shape[2:])
    # A network may draw numbers even here: the same ones each time.
    with torch.inference_mode(), dice("evaluate", device=device):
        for start in range(0, total, batch):
            labels = split.labels[start : start + batch].to(device)
            images = normalise(split.between(start, start + batch).to(device), mean, std)
            logits = passes(images) if logits_of is None else logits_of(images)
            right.append(logits.argmax(1) == labels)
            among_five += (_rank(logits, labels) < 5).sum()
            loss += nn.functional.cross_entropy(logits, labels, reduction="sum").double()
            if progress is not None:
                progress(min(start + batch, total), total)
    if not bool(loss.isfinite()):
        raise WrongPlan("the network's outputs are not finite", "lower the learning rate in a recipe of your own")
    each = torch.cat(right).cpu()
    top1, top5 = int(each.count_nonzero()) / total, int(among_five) / total
    return Accuracy(top1, float(loss) / total, total, top5, passes.format, each)


def _rank(logits: Tensor, labels: Tensor) -> Tensor:
    """Return how many classes come before each image's own, int64 [B]; among equals the lower class number is first.

    So that a network whose outputs are all equal is right by chance, not always.
    """
    own = logits.gather(1, labels[:, None])
    earlier = torch.arange(logits.shape[1], device=logits.device) < labels[:, None]
    return ((logits > own) | ((logits == own) & earlier)).sum(1)
