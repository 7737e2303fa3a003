"""Re-estimate batch-norm statistics: after pruning, the stored ones no longer fit the network."""

import torch
from torch import nn
from torch.optim.swa_utils import update_bn

from prunesweep.core.passes import Passes
from prunesweep.core.seeds import dice
from prunesweep.core.training.batches import fitting, plain_batches
from prunesweep.core.training.datasets import Split

_BATCH, _IMAGES = 256, 5120


def reestimate(model: nn.Module, split: Split, device: torch.device) -> None:
    """Replace every batch-norm's running mean and variance by those over 5,120 training images, in place; nothing is
    trained (Li et al. 2020, EagleEye, arXiv:2007.02491, section 3.2, "adaptive batch normalization").

    split: training images. The model is moved to `device`.
    """
    everything = torch.arange(len(split))
    batch = fitting(_BATCH, split.images.shape[2:])
    batches = plain_batches(split, everything, seed=0, round=0, batch=batch, count=_IMAGES // batch)
    passes = Passes(model, min(split.images.shape[2:]), device)
    with dice("batch-norm", device=device):  # dropout is at work
        update_bn((images.to(device) for images, _ in batches), passes)
    model.eval()
