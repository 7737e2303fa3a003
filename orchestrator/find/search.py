"""The search as arithmetic: from what is known to what is to be tried next. It keeps no state, so that it continues
from a ledger as if it had never been interrupted.

For each contender, bisection on the sparsity, supposing that accuracy falls as sparsity grows. It begins with few
epochs and steps of a sixteenth of the range; the better half of the contenders continues with more (successive halving:
Jamieson & Talwalkar 2016, arXiv:1502.07943), down to neighbouring sparsities. Where the supposition fails, a better
network may be missed, but what is recommended was measured to fit.

The first seed searches, the others confirm. Where they refute it, that contender is searched again with all seeds,
downwards in steps that double, then by bisection.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from prunesweep.core.plan.cells import Cell
from prunesweep.orchestrator.find.space import Contender, SearchSpace

_COARSE = 16
"""Parts of the range that the levels before the last tell apart."""


@dataclass(frozen=True)
class Trial:
    """What was measured of a cell on the validation images.

    Attributes:
        top1: in [0, 1]; None: it failed.
        images: how many there are; 0 = not known.
        macs: multiply-adds an image; None = not known.
    """

    top1: float | None
    images: int = 0
    macs: int | None = None


@dataclass(frozen=True)
class Known:
    """All that was measured. speedups: latency of the dense network ÷ the cell's, of those that were timed; 0: that
    failed."""

    trials: Mapping[Cell, Trial]
    speedups: Mapping[Cell, float] = field(default_factory=dict)


@dataclass(frozen=True)
class SearchStep:
    """What to do next: cells to train, or to time; neither: the search is over."""

    trials: tuple[Cell, ...] = ()
    timings: tuple[Cell, ...] = ()


@dataclass(frozen=True)
class Bracket:
    """Where the border lies: the highest place that fits (-1 = none), and the lowest above it that does not (their
    number = none)."""

    low: int
    high: int


def next_step(space: SearchSpace, known: Known) -> SearchStep:
    """Return what to try next; only what is not known yet, so that the search ends."""
    first = space.reference(space.seeds[0])
    if first not in known.trials:
        return SearchStep((first, *(contender.cells[0][_middle(contender)] for contender in space.contenders)))
    alive = space.contenders
    for level in range(space.levels):
        if probes := _probes(space, known, alive, level):
            return SearchStep(probes)
        if level < space.levels - 1:
            alive = better_half(space, known, alive, level)
    if timings := _untimed(space, known, alive):
        return SearchStep(timings=timings)
    chosen = best(space, known)
    if chosen is None:
        return SearchStep()
    wanted = (*map(space.reference, space.seeds), *space.seeded(chosen))
    return SearchStep(tuple(cell for cell in wanted if cell not in known.trials))


def drops(space: SearchSpace, known: Known, cell: Cell) -> tuple[float, ...]:
    """Return the dense network's accuracy less the cell's, at each seed at which both are known; inf: it failed. A seed
    whose dense network failed says nothing.

    cell: at the first seed, which is tried first.
    """
    if cell not in known.trials:
        return ()
    found = []
    for each in space.seeded(cell):
        trial, dense = known.trials.get(each), known.trials.get(space.reference(each.seed))
        if trial is not None and dense is not None and dense.top1 is not None:
            found.append(math.inf if trial.top1 is None else dense.top1 - trial.top1)
    return tuple(found)


def fits(space: SearchSpace, known: Known, cell: Cell) -> bool | None:
    """Return whether the mean drop over the seeds is within the bound; None: nothing was measured."""
    found = drops(space, known, cell)
    return math.fsum(found) / len(found) <= space.max_drop + 1e-9 if found else None


def bracket(space: SearchSpace, known: Known, cells: Sequence[Cell]) -> Bracket:
    """Return where the border lies among cells of ascending sparsity.

    Once the other seeds have refuted the first one at any of them, what fits at that seed alone counts as unknown.
    """
    found = [fits(space, known, cell) for cell in cells]
    if _refuted(space, known, cells):
        found = [
            None if one and not _confirmed(space, known, cell) else one for one, cell in zip(found, cells, strict=True)
        ]
    low = max((place for place, one in enumerate(found) if one), default=-1)
    return Bracket(
        low, min((place for place, one in enumerate(found) if one is False and place > low), default=len(found))
    )


def probe(at: Bracket, step: int, guesses: Sequence[int] = ()) -> int | None:
    """Return the place to try next, a guess that may move the border or else the middle; None: the border is known to
    `step` places."""
    if at.high - at.low <= step:
        return None
    return next((guess for guess in guesses if at.low < guess < at.high), (at.low + at.high) // 2)


def best(space: SearchSpace, known: Known) -> Cell | None:
    """Return the best cell that was measured to fit, at the first seed; None: there is none.

    Of those that were timed the fastest, if latency is asked for and any were; else the one of the lowest cost, of
    several that with the smallest drop.
    """
    cells = (cell for contender in space.contenders for level in contender.cells for cell in level)
    good = [cell for cell in dict.fromkeys(cells) if fits(space, known, cell)]
    timed = [cell for cell in good if known.speedups.get(cell)]
    if space.objective == "latency" and timed:
        return max(timed, key=lambda cell: known.speedups[cell])
    return min(good, key=lambda cell: (_cost(space, known, cell), _mean_drop(space, known, cell)), default=None)


def better_half(space: SearchSpace, known: Known, alive: Sequence[Contender], level: int) -> tuple[Contender, ...]:
    """Return the half of the contenders that reaches the lowest costs at a level, in their order; those without any
    network that fits come last."""

    def reached(contender: Contender) -> tuple[float, float]:
        cells = contender.cells[level]
        low = bracket(space, known, cells).low
        found = (_cost(space, known, cells[low]), _mean_drop(space, known, cells[low]))
        return found if low >= 0 else (math.inf, math.inf)

    kept = sorted(alive, key=reached)[: math.ceil(len(alive) / 2)]
    return tuple(contender for contender in alive if contender in kept)


def _probes(space: SearchSpace, known: Known, alive: Sequence[Contender], level: int) -> tuple[Cell, ...]:
    """Return the next cell of each contender whose border is not known well enough yet, and that may still win."""
    last = level == space.levels - 1
    found: list[Cell] = []
    for contender in alive:
        cells = contender.cells[level]
        at = bracket(space, known, cells)
        if last and _cannot_win(space, known, cells, at):
            continue
        place = probe(at, 1 if last else max(1, len(cells) // _COARSE), _guesses(space, known, contender, level, at))
        if place is not None:
            found += space.seeded(cells[place]) if _refuted(space, known, cells) else cells[place : place + 1]
    return tuple(cell for cell in dict.fromkeys(found) if cell not in known.trials)


def _guesses(space: SearchSpace, known: Known, contender: Contender, level: int, at: Bracket) -> tuple[int, ...]:
    """Return where to look first: ever further below what was refuted, else where fewer epochs found the border."""
    if refuted := _refuted(space, known, contender.cells[level]):
        return (at.high - 2 ** (refuted - 1),) if at.low < 0 else ()
    if not level or len(contender.cells[level]) != len(contender.cells[level - 1]):
        return ()
    before = bracket(space, known, contender.cells[level - 1])
    return () if before.low < 0 else (before.low, before.high)


def _refuted(space: SearchSpace, known: Known, cells: Sequence[Cell]) -> int:
    """Return how many of the cells fit at the first seed, but not over all of them."""
    first = replace(space, seeds=space.seeds[:1])
    tried = (cell for cell in cells if cell in known.trials and _confirmed(space, known, cell))
    return sum(fits(first, known, cell) is True and fits(space, known, cell) is False for cell in tried)


def _confirmed(space: SearchSpace, known: Known, cell: Cell) -> bool:
    """Return whether every seed was tried."""
    return all(each in known.trials for each in space.seeded(cell))


def _cannot_win(space: SearchSpace, known: Known, cells: Sequence[Cell], at: Bracket) -> bool:
    """Return whether the best that a contender may still reach is no better than what there is."""
    chosen = best(space, known)
    if chosen is None or space.objective == "latency" or chosen in cells:
        return False
    if space.objective == "size":
        return cells[at.high - 1].sparsity <= chosen.sparsity if at.high else True
    beyond = known.trials.get(cells[at.high]) if at.high < len(cells) else None
    # Multiply-adds fall as sparsity grows: what lies below the border needs at least those at the border.
    return beyond is not None and beyond.macs is not None and beyond.macs >= _cost(space, known, chosen)


def _untimed(space: SearchSpace, known: Known, alive: Sequence[Contender]) -> tuple[Cell, ...]:
    """Return the contenders' best networks that are to be timed, where latency is asked for."""
    if space.objective != "latency":
        return ()
    ends = (contender.cells[-1] for contender in alive)
    found = [cells[low] for cells in ends if (low := bracket(space, known, cells).low) >= 0]
    if not found and (only := best(space, known)) is not None:
        found = [only]
    return tuple(cell for cell in dict.fromkeys(found) if cell not in known.speedups)


def _cost(space: SearchSpace, known: Known, cell: Cell) -> float:
    """Return the share of weights that is left, or the multiply-adds an image, the lower the better."""
    if space.objective == "size":
        return 1.0 - cell.sparsity
    trial = known.trials.get(replace(cell, seed=space.seeds[0]))
    return math.inf if trial is None or trial.macs is None else float(trial.macs)


def _mean_drop(space: SearchSpace, known: Known, cell: Cell) -> float:
    found = drops(space, known, cell)
    return math.fsum(found) / len(found) if found else math.inf


def _middle(contender: Contender) -> int:
    return (len(contender.cells[0]) - 1) // 2
