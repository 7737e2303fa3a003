"""How much accuracy one layer's pruning costs, the others being left as they are: a network's sensitivity by layers.

Source: Han et al. 2015, arXiv:1506.02626, section 3 and figure 6; Li et al. 2017, arXiv:1608.08710, section 3.2 (of
filters). Nothing is trained, batch-norm's statistics stay.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from prunesweep.core.measure.accuracy import evaluate
from prunesweep.core.progress import CountDone
from prunesweep.core.pruning.masks import kept_count, prunable
from prunesweep.core.pruning.ranking import ranked, top
from prunesweep.core.training.datasets import Split

_BATCH = 250


@dataclass(frozen=True)
class LayerReading:
    """What a network knows with one layer pruned.

    Attributes:
        layer: its weight's name.
        sparsity: asked for of this layer, in [0, 1).
        kept, total: its weights that are left, and all.
        right: bool [images] on the CPU.
    """

    layer: str
    sparsity: float
    kept: int
    total: int
    right: Tensor


def readings(
    network: nn.Module,
    split: Split,
    scores: Mapping[str, Tensor],
    sparsities: Sequence[float],
    device: torch.device,
    progress: CountDone | None = None,
) -> Iterator[LayerReading]:
    """Yield a reading of the network as it is (`layer` is ""), then one for each layer and sparsity, in order.

    The network has its own weights again, bit for bit, after each.

    Args:
        scores: weight name → float tensor of its shape, of the network as it is. Taken once: within one layer also
            SynFlow ranks as it would if it were taken again on the way, for its gradient by a layer's weights does
            not depend on them.
        progress: called with (images done, images in all).

    Raises:
        StageError: scores that are not finite, or outputs that are not.
    """
    weights: dict[str, Tensor] = dict(prunable(network))
    images, passes = len(split.labels), 1 + len(weights) * len(sparsities)
    done = 0

    def report(some: int, _: int) -> None:
        if progress is not None:
            progress(done + some, images * passes)

    def right() -> Tensor:
        return evaluate(network, split, device, _BATCH, report).right

    as_it_is = right()
    nonzero = {name: int(weight.count_nonzero()) for name, weight in weights.items()}
    yield LayerReading("", 0.0, sum(nonzero.values()), sum(map(torch.numel, weights.values())), as_it_is)
    for name, weight in weights.items():
        for sparsity in sparsities:
            done += images
            mask = layer_mask(weight, scores[name], sparsity)
            found = as_it_is if mask is None else _with(weight, mask, right)
            kept = nonzero[name] if mask is None else int(mask.count_nonzero())
            yield LayerReading(name, sparsity, kept, weight.numel(), found)


def layer_mask(weight: Tensor, score: Tensor, sparsity: float) -> Tensor | None:
    """Return which weights of a layer stay, True = kept: its highest scores among those that are not 0 already, as
    many as the sparsity says; None where no more than these are left anyway."""
    alive = weight.detach() != 0
    if kept_count(weight.numel(), sparsity) >= int(alive.count_nonzero()):
        return None
    flat, kept = ranked({"": score}, {"": alive}, sparsity)
    return top(flat, kept).view(weight.shape)


def _with(weight: Tensor, mask: Tensor, measure: Callable[[], Tensor]) -> Tensor:
    """Return what is measured while a weight is masked."""
    before = weight.detach().clone()
    try:
        with torch.no_grad():
            weight.masked_fill_(~mask, 0.0)
        return measure()
    finally:
        with torch.no_grad():
            weight.copy_(before)
