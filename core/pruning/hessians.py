"""H = X Xᵀ of a layer's inputs: damped, inverted, and what a weight is worth by it (Optimal Brain Surgeon)."""

import torch
from torch import Tensor

from prunesweep.core.pruning.activations import by_inputs, moments
from prunesweep.core.pruning.subject import Subject

DAMPING = 0.01
"""Of the mean of H's diagonal, added to it (as SparseGPT's published code does: `percdamp`)."""


def obs_saliency(subject: Subject) -> dict[str, Tensor]:
    """w² / [H⁻¹]ⱼⱼ: how much the squares of a layer's outputs change, summed over the images, when a weight goes and
    the others of its row make up for it (Optimal Brain Surgeon, Hassibi & Stork 1992). H is of the network as it is; 0
    for a weight that no image meets."""

    def saliency(matrix: Tensor, hessian: Tensor) -> Tensor:
        inverse = inverse_factor(hessian).square().sum(dim=1)  # the diagonal of UᵀU
        return (matrix.double().square() / inverse[:, None]).masked_fill_(idle(hessian)[:, None], 0.0)

    return by_inputs(subject, moments, saliency)


def idle(hessian: Tensor) -> Tensor:
    """Return which inputs are always 0, [G, C]: their weights do nothing, and go first."""
    return hessian.diagonal(dim1=1, dim2=2) == 0


def inverse_factor(hessian: Tensor) -> Tensor:
    """Return U of the damped H, upper triangular, H⁻¹ = Uᵀ U: row j, from j on, is that of the inverse of H without the
    inputs before j, by the root of its first element.

    With the inputs in reverse, H = M Mᵀ and U is the reverse of M⁻¹: H⁻¹ itself, which takes longest, is not needed.
    """
    lower = torch.linalg.cholesky(damped(hessian).flip(1, 2))
    ones = torch.eye(lower.shape[-1], dtype=lower.dtype, device=lower.device).expand_as(lower)
    inverse: Tensor = torch.linalg.solve_triangular(lower, ones, upper=False)
    return inverse.flip(1, 2)


def damped(hessian: Tensor) -> Tensor:
    """Return H in float64, positive definite: inputs that are always 0 get the mean of the others' squares, or 1."""
    result = hessian.double()
    result = result.clone() if result is hessian else result
    diagonal, unused = result.diagonal(dim1=1, dim2=2), idle(hessian)
    mean = diagonal.sum(dim=1) / (~unused).sum(dim=1).clamp(min=1)
    mean = torch.where(mean > 0, mean, 1.0)[:, None]
    diagonal += torch.where(unused, mean, 0.0) + DAMPING * mean
    return result
