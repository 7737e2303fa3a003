"""What a pruning costs that takes out one weight after the other: hours, where layers are wide."""

from collections.abc import Iterator
from math import prod

from prunesweep.core.plan.algorithms import WEIGHT_BY_WEIGHT
from prunesweep.core.plan.grids import Grid
from prunesweep.core.plan.layer_rules import resolved
from prunesweep.core.plan.networks import label_of
from prunesweep.core.plan.shapes import Shapes

OPERATIONS_A_SECOND = 10**9
"""Of one CPU core, to the power of ten: 1.6 to 1.9 · 10⁹ for 288 to 1,152 inputs (`solve` of `core/pruning/obc.py`, one
thread of a busy Intel Xeon with AVX-512)."""
_LONG = 3600 * OPERATIONS_A_SECOND


def row_operations(shape: tuple[int, ...]) -> int:
    """Return R · C³ for a layer of R outputs with C inputs each; its weight has the shape [R, …]. About so many
    multiply-adds and memory accesses its pruning takes."""
    outputs, *inputs = shape
    return outputs * prod(inputs) ** 3


def long_prunings(grid: Grid, shapes: Shapes | None) -> Iterator[str]:
    """Yield a line for each algorithm one of whose prunings takes a CPU core hours.

    Args:
        shapes: of the network's prunable weights, None = not known here.
    """
    # A control with another score takes the counts of the method's own masks, so these are made as well.
    wanted = (made.name for name in grid.algorithm for made in (grid.named(name), grid.base(name)))
    names = [name for name in dict.fromkeys(wanted) if grid.named(name).score in WEIGHT_BY_WEIGHT]
    if not names or shapes is None or not any(grid.sparsity):
        return
    whole = {rule.pattern for rule in resolved(grid.layers, shapes, label_of(grid.model)) if rule.sparsity is None}
    work = {layer: row_operations(shape) for layer, shape in shapes.items() if layer not in whole}
    if sum(work.values()) <= _LONG:
        return
    most, total = max(work, key=work.__getitem__), sum(work.values())
    hours = total / OPERATIONS_A_SECOND / 3600
    for name in names:
        what = f"{name}: each pruning takes about {total:.1e} operations, {100 * work[most] / total:.0f} % in {most}"
        fix = 'leave wide layers out ("dense"), choose a smaller width or sparsegpt, or use a GPU'
        yield f"{what}: some {hours:,.0f} h on a CPU core, and an interrupted one begins again; {fix}"
