"""What a training costs in theory: multiply-adds, counted as if zeros cost nothing.

A step is a forward pass and a backward one of twice its cost: 3 f for an image, f being the multiply-adds of a forward
pass that masks leave, fD those of the dense network. By that rule a masked training costs 3 f a step; one that grows
weights where the dense gradient is largest computes that gradient every so many steps, which then cost 2 f + fD (the
gradient of the weights is dense, that of the activations is not). A teacher adds its forward pass, fD.

Left out, as in the source: the optimizer, batch-norm and biases, validation, and what a score computes to choose masks.
It is a theoretical figure: processors and GPUs multiply the zeros of a masked training here like any other number.

Source: Evci et al. 2020, arXiv:1911.11134, appendix H. There a move of masks is one step more of ΔT + 1, and they move
to the end; here it takes a step's place, and stops when masks stay.
"""

from typing import NamedTuple

_STEP = 3
"""Forward passes that a step costs."""


class TrainingCost(NamedTuple):
    """One stage's training.

    Attributes:
        epochs: at least 0.
        left: multiply-adds that its masks leave, of the dense network's, in [0, 1]; 1 without masks.
        dense_gradients: part of the steps that need the gradient of all weights, in [0, 1].
        taught: the dense network's outputs are targets.
    """

    epochs: int
    left: float = 1.0
    dense_gradients: float = 0.0
    taught: bool = False

    @property
    def dense_epochs(self) -> float:
        """Epochs of the dense network that cost as much."""
        step = _STEP * self.left + self.dense_gradients * (1 - self.left) + self.taught
        return self.epochs * step / _STEP
