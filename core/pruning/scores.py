"""Scores: how much a weight matters. Higher stays longer.

Each takes a subject and gives, for every prunable weight, a float tensor of its shape on its device.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Protocol

import torch
import torch.nn.functional as F
from torch import Tensor

from prunesweep.core.copies import copied
from prunesweep.core.errors import StageError
from prunesweep.core.passes import Passes
from prunesweep.core.pruning.activations import by_inputs, squares
from prunesweep.core.pruning.hessians import obs_saliency
from prunesweep.core.pruning.masks import prunable
from prunesweep.core.pruning.subject import Subject
from prunesweep.core.seeds import dice, generator


class Score(Protocol):
    """A rule that gives every prunable weight of a subject a number."""

    def __call__(self, subject: Subject, /) -> dict[str, Tensor]: ...


def magnitude(subject: Subject) -> dict[str, Tensor]:
    """|w|, the oldest score and still hard to beat (Han et al. 2015, arXiv:1506.02626)."""
    return {name: weight.detach().abs() for name, weight in prunable(subject.model)}


def random(subject: Subject) -> dict[str, Tensor]:
    """Return uniform in [0, 1): the control that every score must beat (Blalock et al. 2020, arXiv:2003.03033, section
    5)."""
    return {
        name: torch.rand(weight.shape, generator=_dice(subject, "random", name)).to(weight.device)
        for name, weight in prunable(subject.model)
    }


def shuffled(subject: Subject) -> dict[str, Tensor]:
    """|w|, shuffled among the living weights of each layer: the control that keeps every layer's count and destroys
    the choice within it (Frankle et al. 2021, arXiv:2009.08576, section 4; Su et al. 2020, arXiv:2009.11094)."""
    scores = {}
    for name, size in magnitude(subject).items():
        flat = size.flatten().clone()
        mask = subject.masks.get(name)
        living = torch.arange(flat.numel()) if mask is None else mask.flatten().cpu().nonzero().flatten()
        order = torch.randperm(len(living), generator=_dice(subject, "shuffled", name))
        flat[living.to(flat.device)] = flat[living[order].to(flat.device)]
        scores[name] = flat.view(size.shape)
    return scores


def snip(subject: Subject) -> dict[str, Tensor]:
    """|w · ∂L/∂w|: how much the loss would change if the weight's connection were cut (Lee et al. 2019,
    arXiv:1810.02340, eq. 6, without its normalisation, which changes no ranking). The gradient is that of the mean
    loss over the subject's batches."""
    total: dict[str, Tensor] = {}
    for products in _weight_times_gradient(subject):
        total = products if not total else {name: total[name] + product for name, product in products.items()}
    return {name: product.abs() for name, product in total.items()}


def taylor(subject: Subject) -> dict[str, Tensor]:
    """(w · ∂L/∂w)², summed over the subject's batches: the first-order Taylor estimate of the squared change of the
    loss (Molchanov et al. 2019, arXiv:1906.10771, eq. 8, per weight)."""
    total: dict[str, Tensor] = {}
    for products in _weight_times_gradient(subject):
        squares = {name: product.square() for name, product in products.items()}
        total = squares if not total else {name: total[name] + square for name, square in squares.items()}
    return total


def synflow(subject: Subject) -> dict[str, Tensor]:
    """|w · ∂R/∂w| for R = 1ᵀ(∏ |W|)1, what an all-ones image yields when every parameter is made positive: no data,
    no layer collapse (Tanaka et al. 2020, arXiv:2006.05467, eq. 3). In float64: R overflows float32 in deep nets."""
    model = copied(subject.model).double()
    with torch.no_grad():
        for tensor in model.state_dict().values():
            if tensor.is_floating_point():
                tensor.abs_()
    passes = Passes(model, min(subject.image[1:]), gradients=True).eval()
    weights = dict(prunable(model))
    for weight in weights.values():
        weight.requires_grad_()
    ones = torch.ones(1, *subject.image, dtype=torch.float64, device=next(iter(weights.values())).device)
    # A weight that the image never meets has a gradient of 0.
    gradients = torch.autograd.grad(passes(ones).sum(), list(weights.values()), materialize_grads=True)
    return {
        name: weight.detach() * gradient for (name, weight), gradient in zip(weights.items(), gradients, strict=True)
    }


def wanda(subject: Subject) -> dict[str, Tensor]:
    """|w| · ‖Xⱼ‖₂: the weight times the norm of the input that it multiplies, over all images and output positions
    (Sun et al. 2023, arXiv:2306.11695, eq. 1; of a convolution, channel by channel and kernel position by kernel
    position). The inputs are those of the network as it is, before anything is pruned in this round; the published
    code sends those of a pruned block on to the next. 0 for a weight that no image meets."""
    return by_inputs(subject, squares, lambda matrix, sums: matrix.abs() * sums.sqrt()[:, None])


SCORES: Mapping[str, Score] = MappingProxyType(
    {
        "magnitude": magnitude,
        "random": random,
        "shuffled": shuffled,
        "snip": snip,
        "taylor": taylor,
        "synflow": synflow,
        "wanda": wanda,
        "sparsegpt": obs_saliency,
        "obc": obs_saliency,
    }
)


def _weight_times_gradient(subject: Subject) -> Iterator[dict[str, Tensor]]:
    """w · ∂L/∂w of each batch."""
    for found in gradients(subject):
        yield {name: weight.detach() * gradient for name, (weight, gradient) in found.items()}


def gradients(subject: Subject) -> Iterator[dict[str, tuple[Tensor, Tensor]]]:
    """w and ∂L/∂w of each batch, batch-norm in training mode.

    Raises:
        StageError: the subject has no batches.
    """
    model = copied(subject.model).float()
    passes = Passes(model, min(subject.image[1:]), gradients=True).train()
    weights = dict(prunable(model))
    for weight in weights.values():
        weight.requires_grad_()  # of a layer that is frozen in training as well
    seen = False
    for number, (images, labels) in enumerate(subject.batches()):
        seen = True
        with dice("scores", subject.seed, subject.round, number, device=images.device):
            loss = F.cross_entropy(passes(images), labels)
        found = torch.autograd.grad(loss, list(weights.values()), materialize_grads=True)
        yield {name: (weights[name], gradient) for name, gradient in zip(weights, found, strict=True)}
    if not seen:
        raise StageError("a score by gradients needs training images")


def _dice(subject: Subject, *facts: object) -> torch.Generator:
    return generator("prune", *facts, subject.seed, subject.round)
