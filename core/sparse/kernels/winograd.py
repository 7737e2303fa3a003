"""Dense 3×3 convolutions by Winograd's F(4×4, 3×3): 36 multiplications for 16 outputs instead of 144 (Lavin and Gray
2016, "Fast Algorithms for Convolutional Neural Networks", arXiv:1509.09308, equation 8).

Where most weights of a layer are left, this beats leaving out the zeros. An input tile of 6×6 pixels d gives an output
tile of 4×4 pixels y:

    y = Aᵀ [ Σ over channels (G g Gᵀ) ⊙ (Bᵀ d B) ] A

The polynomials are interpolated at 0, ±√½, ±√2 and ∞. The usual 0, ±1, ±2, ∞ need no irrational factors, and are
less exact (Barabasz et al. 2020, "Error Analysis and Improving the Accuracy of Winograd Convolution for Deep Neural
Networks", arXiv:1803.10986). Here no pixel of up to 256 channels is off by more than 3e-6 of the largest one.
"""

import numpy as np

from prunesweep.core.sparse.model.graph import Conv

OUT, TILE = 4, 6
"""Pixels along a side of an output tile and of an input tile."""
POINTS = TILE * TILE
"""Products a tile and pair of channels."""
LOW, HIGH = 0.5**0.5, 2.0**0.5
"""The points other than 0 and ∞, but for their signs."""
_WORTH = 0.15
"""Of the weights; with fewer left, leaving out zeros is faster on any processor we know."""
CONSTANTS = np.array([0.5, 2.0, 2.5, LOW, HIGH, LOW**3, HIGH**3], np.float32)
"""What the transforms of pixels multiply by."""


def worth(node: Conv, out: tuple[int, ...]) -> bool:
    """Can the layer, whose output is (C, H, W), be done so: 3×3 windows, one a pixel, whole tiles? And may it pay?"""
    fits = node.weight.shape[2:] == (3, 3) and node.stride == (1, 1) and out[1] % OUT == 0 and out[2] % OUT == 0
    return fits and bool(np.count_nonzero(node.weight) >= _WORTH * node.weight.size)


def transformed(weight: np.ndarray) -> np.ndarray:
    """G g Gᵀ of each pair of channels: [O, C, 3, 3] → float32 [36, O, C]."""
    points = np.array([0.0, LOW, -LOW, HIGH, -HIGH])
    others = np.where(np.eye(len(points), dtype=bool), 1.0, points[:, None] - points)
    finite = points[:, None] ** np.arange(3) / others.prod(axis=1, keepdims=True)
    matrix = np.vstack([finite, [0.0, 0.0, 1.0]])
    every = matrix @ weight.astype(np.float64) @ matrix.T
    ordered: np.ndarray = every.transpose(2, 3, 0, 1).reshape(POINTS, *weight.shape[:2])
    return ordered.astype(np.float32)
