"""Checks of what every method stands beside: a control at the same sparsity, seed and total of epochs."""

from collections.abc import Callable

from core.ledger.report import ReportRow
from core.plan.algorithms import Algorithm
from orchestrator.audit.subject import FAIL, NOT_APPLICABLE, PASS, Outcome, Subject, cells_of

_PLAIN = ("global", "uniform")
Fits = Callable[[Algorithm, Algorithm], bool]
"""(method, candidate) → is the candidate its control?"""
Alike = dict[tuple[float, int, int], list[ReportRow]]


def random_global(subject: Subject) -> Outcome:
    """Any weights of the network."""
    return _beside(subject, "random pruning", lambda _, other: other.score == "random" and other.allocation == "global")


def layer_random(subject: Subject) -> Outcome:
    """Any weights, as many in each layer as the method keeps; how nearly so is measured, layer by layer."""

    def fits(method: Algorithm, other: Algorithm) -> bool:
        return other.score == "shuffled" and other.allocation == method.allocation

    found = _beside(subject, "random pruning with the method's layer counts", fits)
    if found.status != PASS:
        return found
    alike = _alike(subject)
    pairs = [(row, _control(subject, alike, row, made, fits)) for row, made in subject.methods()]
    apart = max((_apart(subject, row, control), row.cell) for row, control in pairs if control is not None)
    what = f"{found.evidence}; what a layer keeps differs by at most {100 * apart[0]:.1f} points"
    return Outcome(PASS, what, (*found.cells, *([apart[1]] if apart[1] not in found.cells else [])))


def magnitude(subject: Subject) -> Outcome:
    """The magnitude of the weights, global or the same fraction of each layer."""
    return _beside(subject, "global or uniform magnitude pruning", lambda _, other: _is_magnitude(other))


def same_layers_magnitude(subject: Subject) -> Outcome:
    """Magnitude with the method's own layer counts: tells a better score from a better allocation."""
    if all(made.score == "magnitude" for _, made in subject.methods()):
        return Outcome(NOT_APPLICABLE, "every method here ranks by magnitude itself")

    def fits(method: Algorithm, other: Algorithm) -> bool:
        return other.score == "magnitude" and other.allocation == method.allocation

    return _beside(subject, "magnitude pruning with the method's allocation", fits)


def _is_magnitude(made: Algorithm) -> bool:
    return made.score == "magnitude" and made.allocation in _PLAIN


def _beside(subject: Subject, what: str, fits: Fits) -> Outcome:
    """Pass if each row of a method has a measured control; a method that is such a control itself needs none."""
    methods = subject.methods()
    if not methods:
        return Outcome(NOT_APPLICABLE, "there is no method here, only controls")
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
        return Outcome(FAIL, text, cells_of(lacking))
    where = f"cell {proof[0]} has cell {proof[1]}" if proof else "the methods are such baselines themselves"
    return Outcome(
        PASS, f"{what} beside each of {len(methods):,} rows, of its sparsity, seed and epochs: {where}", tuple(proof)
    )


def _control(subject: Subject, alike: Alike, row: ReportRow, made: Algorithm, fits: Fits) -> ReportRow | None:
    for other in alike.get(_place(row), ()):
        candidate = subject.algorithm(other)
        if other.algorithm != row.algorithm and candidate is not None and fits(made, candidate):
            return other
    return None


def _alike(subject: Subject) -> Alike:
    """Measured rows by their place."""
    found: Alike = {}
    for row in subject.rows:
        if row.top1 is not None:
            found.setdefault(_place(row), []).append(row)
    return found


def _place(row: ReportRow) -> tuple[float, int, int]:
    """Sparsity, seed, epochs over all rounds."""
    return row.sparsity, row.seed, row.epochs * row.iterations


def _apart(subject: Subject, row: ReportRow, control: ReportRow) -> float:
    """The largest difference of a layer's fraction that is kept."""
    both = zip(subject.layers.get(row.cell, ()), subject.layers.get(control.cell, ()), strict=False)
    return max((abs(a["nonzero"] - b["nonzero"]) / a["total"] for a, b in both if a["total"]), default=0.0)
