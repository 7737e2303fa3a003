"""Checks of what every method stands beside: a control at the same sparsity, seed and total of epochs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from prunesweep.core.ledger.queries.report import ReportRow
from prunesweep.core.plan.algorithms import TICKETS, Algorithm
from prunesweep.core.plan.controls import MARK, RANDOM_SCORES
from prunesweep.orchestrator.audit.subject import FAIL, NOT_APPLICABLE, PASS, AuditedSweep, ItemResult, cells_of

_PLAIN = ("global", "uniform")
Fits = Callable[[Algorithm, Algorithm], bool]
"""(method, candidate) → is the candidate its control?"""
Alike = dict[tuple[float, int, int], list[ReportRow]]
Methods = list[tuple[ReportRow, Algorithm]]
NEAR = 0.005
"""Fractions of a layer that count as the same: half a point. Our number."""


@dataclass(frozen=True)
class _Near:
    """The control whose layer counts are nearest.

    Attributes:
        apart: the largest difference of a layer's kept fraction, in that layer; more than 1 = not known.
        row: whose.
    """

    apart: float
    layer: str
    row: ReportRow


def random_global(subject: AuditedSweep) -> ItemResult:
    """Check for a control that removes any weights of the network."""
    return _beside(subject, "random pruning", lambda _, other: other.score == "random" and other.allocation == "global")


def layer_random(subject: AuditedSweep) -> ItemResult:
    """Check for a control that removes any weights, as many in each layer as the method keeps. Layers are counted; no
    name is trusted."""
    what = "random pruning with the method's layer counts"
    return _same_counts(subject, subject.methods(), "random", what, lambda made: made.score in RANDOM_SCORES)


def magnitude(subject: AuditedSweep) -> ItemResult:
    """Return the magnitude of the weights, global or the same fraction of each layer."""
    return _beside(subject, "global or uniform magnitude pruning", lambda _, other: _is_magnitude(other))


def same_layers_magnitude(subject: AuditedSweep) -> ItemResult:
    """Check for magnitude with the method's own layer counts: tells a better score from a better allocation."""
    others = [(row, made) for row, made in subject.methods() if made.score != "magnitude"]
    if not others:
        return ItemResult(NOT_APPLICABLE, "every method here ranks by magnitude itself")
    what = "magnitude pruning with the method's layer counts"
    return _same_counts(subject, others, "magnitude", what, lambda made: made.score == "magnitude")


def _same_counts(
    subject: AuditedSweep, methods: Methods, score: str, what: str, fits: Callable[[Algorithm], bool]
) -> ItemResult:
    """Pass if each row has such a control of which no layer keeps more or fewer weights than its own."""
    if not methods:
        return ItemResult(NOT_APPLICABLE, "there is no method here, only controls")
    alike = _alike(subject)
    found = {row.cell: _nearest(subject, alike, row, fits) for row, _ in methods}
    lacking = [row for row, _ in methods if (near := found[row.cell]) is None or near.apart > NEAR]
    if lacking:
        first = found[lacking[0].cell]
        names = ", ".join(dict.fromkeys(row.algorithm for row in lacking))
        text = f"{len(lacking):,} of {len(methods):,} rows ({names}) have no {what} of their sparsity, seed and epochs"
        if first is not None:
            apart = "are not known" if first.apart > 1 else f"differ by {100 * first.apart:.1f} points in {first.layer}"
            text += f"; cell {lacking[0].cell} and cell {first.row.cell} ({first.row.algorithm}): layer counts {apart}"
        return ItemResult(FAIL, f"{text}; {_advice(subject, score, lacking)}", cells_of(lacking))
    widest, cell = max(((near, cell) for cell, near in found.items() if near), key=lambda pair: pair[0].apart)
    text = f"{what} beside each of {len(methods):,} rows, of its sparsity, seed and epochs: cell {cell} has cell"
    text += f" {widest.row.cell}; what a layer keeps differs by at most {100 * widest.apart:.1f} points"
    return ItemResult(PASS, f"{text} (here: {100 * NEAR:g})", (cell, widest.row.cell))


def _advice(subject: AuditedSweep, score: str, lacking: Sequence[ReportRow]) -> str:
    """Return the options with which the same grid has these controls. The masks of a method shuffled within each layer
    have its counts; a control of another name may have them by chance only."""
    grid = subject.sweep.grid
    names = dict.fromkeys([*grid["algorithm"], *(f"{score}{MARK}{row.algorithm}" for row in lacking)])
    options = f"--algorithm {','.join(names)}"
    asked = [row for row in lacking if (made := subject.algorithm(row)) and made.recovery not in (*TICKETS, "none")]
    if longer := sorted({row.epochs for row in asked} - set(grid["epochs"])):  # cells that `fair` added
        options += f" --epochs {','.join(map(str, (*grid['epochs'], *longer)))}"
    return f"submit its grid under another name with {options}: what is done is shared, and these are added"


def _nearest(subject: AuditedSweep, alike: Alike, row: ReportRow, fits: Callable[[Algorithm], bool]) -> _Near | None:
    """Return the fitting row of the same place whose layer counts differ least."""
    made = ((other, subject.algorithm(other)) for other in alike.get(_place(row), ()) if other.cell != row.cell)
    near = [_Near(*_apart(subject, row, other), other) for other, one in made if one is not None and fits(one)]
    return min(near, key=lambda one: one.apart, default=None)


def _is_magnitude(made: Algorithm) -> bool:
    return made.score == "magnitude" and made.allocation in _PLAIN


def _beside(subject: AuditedSweep, what: str, fits: Fits) -> ItemResult:
    """Pass if each row of a method has a measured control; a method that is such a control itself needs none."""
    methods = subject.methods()
    if not methods:
        return ItemResult(NOT_APPLICABLE, "there is no method here, only controls")
    alike = _alike(subject)
    proof: list[int] = []
    lacking: list[ReportRow] = []
    for row, made in methods:
        control = row if fits(made, made) else _control(subject, alike, row, made, fits)
        if control is None:
            lacking.append(row)
        elif control is not row and not proof:
            proof = [row.cell, control.cell]
    if lacking:
        names = ", ".join(dict.fromkeys(row.algorithm for row in lacking))
        text = f"{len(lacking):,} of {len(methods):,} rows ({names}) have no {what} of their sparsity, seed and epochs"
        return ItemResult(FAIL, text, cells_of(lacking))
    where = f"cell {proof[0]} has cell {proof[1]}" if proof else "the methods are such baselines themselves"
    return ItemResult(
        PASS, f"{what} beside each of {len(methods):,} rows, of its sparsity, seed and epochs: {where}", tuple(proof)
    )


def _control(subject: AuditedSweep, alike: Alike, row: ReportRow, made: Algorithm, fits: Fits) -> ReportRow | None:
    for other in alike.get(_place(row), ()):
        candidate = subject.algorithm(other)
        if other.algorithm != row.algorithm and candidate is not None and fits(made, candidate):
            return other
    return None


def _alike(subject: AuditedSweep) -> Alike:
    """Measured rows by their place."""
    found: Alike = {}
    for row in subject.rows:
        if row.top1 is not None:
            found.setdefault(_place(row), []).append(row)
    return found


def _place(row: ReportRow) -> tuple[float, int, int]:
    """Return sparsity, seed, epochs over all rounds."""
    return row.sparsity, row.seed, row.epochs * row.iterations


def _apart(subject: AuditedSweep, row: ReportRow, control: ReportRow) -> tuple[float, str]:
    """Return the largest difference of a layer's fraction that is kept, and which layer; more than 1 if not known.

    One weight more or less is none: a kept weight may happen to be 0.
    """
    ours, theirs = ({one["name"]: one for one in subject.layers.get(cell) or ()} for cell in (row.cell, control.cell))
    if not ours or ours.keys() != theirs.keys():
        return 2.0, ""
    differences = {name: abs(one["nonzero"] - theirs[name]["nonzero"]) for name, one in ours.items()}
    widest = {name: count / ours[name]["total"] for name, count in differences.items() if count > 1}
    name = max(widest, key=widest.__getitem__, default="")
    return widest.get(name, 0.0), name
