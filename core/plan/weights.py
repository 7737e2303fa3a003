"""Given weights that a sweep starts from, as they are asked for, and what they were found to be."""

from dataclasses import dataclass
from pathlib import Path

from prunesweep.core.errors import UserError
from prunesweep.core.plan.algorithms import REWINDING, TICKETS
from prunesweep.core.plan.grids import Grid
from prunesweep.core.plan.models import ModelRef

FIELD = "weights"
HUBS = ("torchvision", "timm")
"""Libraries whose published weights can be named: `torchvision:…`, `timm:…`."""
_ALWAYS = ("finetune", "none")


@dataclass(frozen=True)
class ImportedWeights:
    """Weights that were read and found to fit.

    Attributes:
        tensors: SHA-256 over them.
        artifact: SHA-256 of the checkpoint file that holds them, in bytes `size`.
        kept, total: prunable weights that their masks keep, and all; 0 = not known.
    """

    model: ModelRef
    tensors: str
    artifact: str
    size: int
    kept: int = 0
    total: int = 0


def is_published(text: str) -> bool:
    """Return whether the text names published weights, not a file."""
    return text.partition(":")[0] in HUBS and ":" in text


def origin_of(text: str) -> str:
    """Return what a report calls the weights' origin: a file's name without its folder, or the published name."""
    return text if is_published(text) else Path(text).name


def check_weights(grid: Grid, imported: ImportedWeights | None) -> None:
    """Check that every cell can begin with given weights.

    Raises:
        UserError: an algorithm that needs the training that made them, or masks that keep fewer weights than a cell is
            to have.
    """
    if not grid.weights:
        return
    for name in grid.algorithm:
        made = grid.base(name)
        if made.start != "trained" or made.recovery == "retrain":
            fix = "prunes before training, and given weights are trained; leave --weights out or choose another"
            raise UserError("algorithm", name, fix)
        if made.recovery in TICKETS:
            fix = "goes back to early epochs of the training that made the weights, which are not known; choose another"
            raise UserError("algorithm", name, fix)
        if made.recovery in REWINDING and not grid.dense_epochs:
            fix = "goes back within the dense network's training, and there is none; give --dense-epochs"
            raise UserError("algorithm", name, fix)
    if imported is not None and imported.kept < imported.total:
        zeros = 1 - imported.kept / imported.total
        low = [cell.sparsity for cell in grid.cells() if cell.sparsity < zeros]
        if low:
            fix = f"the weights' own masks have {100 * zeros:.2f} % zeros already; give higher sparsities"
            raise UserError("sparsity", f"{min(low):g}", fix)
