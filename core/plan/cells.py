"""A cell: one grid point, in the words of its axes."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Cell:
    """algorithm × sparsity in [0, 1) × epochs a round ≥ 0 × iterations (rounds) ≥ 1 × seed ≥ 0. Sparsity 0 prunes
    nothing: the dense network with the same further training."""

    algorithm: str
    sparsity: float
    epochs: int
    iterations: int
    seed: int
