"""The two sides of a comparison: what each is, and why there may be nothing to compare."""

from collections.abc import Sequence

from prunesweep.core.errors import UserError
from prunesweep.orchestrator.compare.paired import PairedTable
from prunesweep.orchestrator.compare.selectors import SelectedCells
from prunesweep.orchestrator.compare.wording import settings
from prunesweep.orchestrator.console.text import plural


def check(compared: PairedTable, found: Sequence[SelectedCells], metric: str) -> None:
    """Raise UserError if there is nothing to compare."""
    if compared.comparisons:
        return
    names = " and ".join(dict.fromkeys(side.text or "the latest sweep" for side in found))
    if compared.unknown:
        raise UserError(
            "compare", names, f"no pair of cells has its {metric}: not measured, or not yet; see: sweep status"
        )
    if compared.same:
        raise UserError(
            "compare", names, "both sides are the same cells; choose some of them, e.g. NAME:algorithm=oneshot"
        )
    seeds = [{point.row.seed for point in side.points} for side in found]
    what = "a seed" if seeds[0].isdisjoint(seeds[1]) else "sparsity and other axes"
    raise UserError("compare", names, f"no cell of one side has a partner in the other with {what} in common")


def heads(compared: PairedTable, found: Sequence[SelectedCells]) -> list[str]:
    """Return `A: fair, algorithm oneshot, epochs 9 (45 cells)` and the same for B."""
    at = [compared.comparisons[0].a_at, compared.comparisons[0].b_at]
    return [
        f"{name}: {', '.join(filter(None, (side.sweep.name, settings(where, compared.axes))))}"
        f" ({plural(len(side.points), 'cell')})"
        for name, side, where in zip("AB", found, at, strict=True)
    ]
