"""A cell: one grid point, in the words of its axes."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Cell:
    """algorithm × sparsity in [0, 1) × epochs a round ≥ 0 × iterations (rounds) ≥ 1 × seed ≥ 0. Sparsity 0 prunes
    nothing: the dense network with the same further training."""

    algorithm: str
    sparsity: float
    epochs: int
    iterations: int
    seed: int


def cell_name(cell: "CellFacts") -> str:
    """E.g. `iterative 90 % · 3 × 2 · seed 0`: algorithm, sparsity, epochs a round × rounds, seed."""
    return f"{cell.algorithm} {100 * cell.sparsity:g} % · {cell.epochs} × {cell.iterations} · seed {cell.seed}"


class CellFacts(Protocol):
    """A cell, or what has its facts: a row of the report."""

    @property
    def algorithm(self) -> str: ...
    @property
    def sparsity(self) -> float: ...
    @property
    def epochs(self) -> int: ...
    @property
    def iterations(self) -> int: ...
    @property
    def seed(self) -> int: ...
