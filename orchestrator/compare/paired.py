"""Cells side by side: which of A belongs to which of B, and what their differences say."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from prunesweep.core.errors import UserError
from prunesweep.core.ledger.db.states import ENDED
from prunesweep.core.ledger.queries.report import ReportRow
from prunesweep.core.plan.axes import axis_name
from prunesweep.orchestrator.compare.contents import NamedContent
from prunesweep.orchestrator.report import validity
from prunesweep.orchestrator.statistics.paired_difference import PairedDifference, holm, paired

SEED = "seed"
AXES = (
    "dataset",
    "model",
    "width",
    "dense_epochs",
    "weights",
    "recipe",
    "code",
    "composition",
    "algorithm",
    "sparsity",
    "epochs",
    "iterations",
    "layer_rules",
)
"""What a pair agrees in, beside the seed, unless that is what is compared.

Of these:
    recipe, composition: see `prunesweep.orchestrator.compare.contents`.
    code: versions of the stages that train.
"""
MACHINE = ("latency_batch", "latency_threads", "processor")
"""And for what was measured on a machine."""
Value = str | int | float | None | NamedContent


@dataclass(frozen=True)
class Metric:
    """A column of the report.

    Attributes:
        higher: more of it is better.
        points: a fraction, shown in percentage points.
    """

    name: str
    higher: bool = True
    points: bool = False


METRICS: Mapping[str, Metric] = MappingProxyType(
    {
        metric.name: metric
        for metric in (
            Metric("top1", points=True),
            Metric("top1_before", points=True),
            Metric("top1_bn", points=True),
            Metric("top1_val", points=True),
            Metric("top5", points=True),
            Metric("drop", higher=False, points=True),
            Metric("compression"),
            Metric("compression_all"),
            Metric("flop_speedup"),
            Metric("macs", higher=False),
            Metric("latency_speedup"),
            Metric("latency_zeros_speedup"),
            Metric("latency_pruned_ms", higher=False),
            Metric("artifact_bytes", higher=False),
            Metric("train_seconds", higher=False),
            Metric("train_flops_ratio", higher=False),
        )
    }
)


_ACCURACIES = ("top1", "top1_before", "top1_bn", "top1_val", "top5", "drop")
"""Metrics that say nothing of networks that learned nothing."""


@dataclass(frozen=True)
class CellPoint:
    """A cell and where it lies: axis → value, for `AXES`, `MACHINE` and the seed. look: 2 if its seed was added after
    results of its sweep had been looked at."""

    row: ReportRow
    at: Mapping[str, Value]
    look: int = 1


@dataclass(frozen=True)
class CellPair:
    """Two cells of one seed.

    Attributes:
        a, b: the metric.
        a_cell, b_cell: their numbers in their sweeps.
        look: 2 if one of them was added after a look.
    """

    seed: int
    a: float
    b: float
    a_cell: int
    b_cell: int
    look: int


@dataclass(frozen=True)
class Comparison:
    """All pairs that agree in everything but the seed.

    Attributes:
        at: the axes that A and B share.
        a_at, b_at: those that are compared.
        found: of the differences a − b.
        p_holm: adjusted for all comparisons that are made with this one.
        coming: pairs of the second look that have not ended; until they have, `found` is the first look's.
        dead: why these cells say nothing, "" = they do.
        unlike: column of what ran → pairs that differ in it.
    """

    at: Mapping[str, Value]
    a_at: Mapping[str, Value]
    b_at: Mapping[str, Value]
    pairs: tuple[CellPair, ...]
    found: PairedDifference
    p_holm: float | None = None
    coming: int = 0
    dead: str = ""
    unlike: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class PairedTable:
    """All paired comparisons of two sets of cells.

    Attributes:
        axes: those in which A and B differ throughout.
        alone_a, alone_b: cells without a partner.
        unknown: pairs of which a value isn't known yet.
        same: pairs that are one and the same work, and so say nothing.
    """

    axes: tuple[str, ...]
    comparisons: tuple[Comparison, ...]
    alone_a: int
    alone_b: int
    unknown: int
    same: int


def compare(a: Sequence[CellPoint], b: Sequence[CellPoint], metric: Metric) -> PairedTable:
    """Pair the cells of A with those of B and judge the differences a − b, setting by setting.

    An axis in which no value of A is one of B's is what is compared; in all others, and the seed, a pair agrees.

    Raises:
        UserError: several cells of one side fit one of the other.
    """
    axes = AXES + (MACHINE if metric.name.startswith("latency") else ())
    differing = tuple(axis for axis in axes if _values(a, axis).isdisjoint(_values(b, axis)))
    shared = tuple(axis for axis in axes if axis not in differing)
    ours, theirs = _index(a, shared, differing, "A"), _index(b, shared, differing, "B")
    groups: dict[tuple[Value, ...], list[tuple[CellPoint, CellPoint]]] = {}
    coming: Counter[tuple[Value, ...]] = Counter()
    unknown = same = 0
    for key in (key for key in ours if key in theirs):
        one, other = ours[key], theirs[key]
        if _same(one.row, other.row, metric):
            same += 1
        elif getattr(one.row, metric.name) is None or getattr(other.row, metric.name) is None:
            unknown += 1
            coming[key[:-1]] += _look(one, other) == 2 and not {one.row.state, other.row.state} <= set(ENDED)
        else:
            groups.setdefault(key[:-1], []).append((one, other))
    comparisons = (_comparison(shared, differing, group, metric, coming[setting]) for setting, group in groups.items())
    alone = [sum(key not in rest for key in some) for some, rest in ((ours, theirs), (theirs, ours))]
    return PairedTable(differing, adjusted(comparisons), alone[0], alone[1], unknown, same)


def adjusted(comparisons: Iterable[Comparison]) -> tuple[Comparison, ...]:
    """Return the same with `p_holm` for all of them together."""
    made = tuple(comparisons)
    found = holm([None if one.dead else one.found.p for one in made])
    return tuple(replace(one, p_holm=p) for one, p in zip(made, found, strict=True))


def _same(one: ReportRow, other: ReportRow, metric: Metric) -> bool:
    """Return one and the same work: equal weights, or for a latency, which is a fact about a machine, the same row."""
    if metric.name.startswith("latency"):
        return (one.sweep, one.cell) == (other.sweep, other.cell)
    return one.digest == other.digest


def _values(points: Sequence[CellPoint], axis: str) -> set[Value]:
    return {point.at[axis] for point in points}


def _index(
    points: Sequence[CellPoint], shared: Sequence[str], differing: Sequence[str], side: str
) -> dict[tuple[Value, ...], CellPoint]:
    """Index cells by the values of the shared axes and the seed, the seed last."""
    found: dict[tuple[Value, ...], CellPoint] = {}
    for point in points:
        first = found.setdefault(tuple(point.at[axis] for axis in (*shared, SEED)), point)
        if first is not point:
            axis = next(axis for axis in differing if first.at[axis] != point.at[axis])
            name = axis_name(axis)
            fix = f"several cells fit one of the other side; they differ in {name}: add {name}={point.at[axis]}, say"
            raise UserError(side, "", fix)
    return found


def _look(one: CellPoint, other: CellPoint) -> int:
    """Return the look at which the pair was first there."""
    return max(one.look, other.look)


def _comparison(
    shared: Sequence[str],
    differing: Sequence[str],
    group: Sequence[tuple[CellPoint, CellPoint]],
    metric: Metric,
    coming: int,
) -> Comparison:
    pairs = tuple(
        CellPair(
            a.row.seed, getattr(a.row, metric.name), getattr(b.row, metric.name), a.row.cell, b.row.cell, _look(a, b)
        )
        for a, b in sorted(group, key=lambda both: both[0].row.seed)
    )
    first, second = ([pair.a - pair.b for pair in pairs if pair.look == look] for look in (1, 2))
    if coming and first:
        # To judge the second look before it is whole would be a third one.
        pairs, second = tuple(pair for pair in pairs if pair.look == 1), []
    a, b = group[0]
    return Comparison(
        at={axis: a.at[axis] for axis in shared},
        a_at={axis: a.at[axis] for axis in differing},
        b_at={axis: b.at[axis] for axis in differing},
        pairs=pairs,
        found=paired(first, second),
        coming=coming,
        dead=validity.dead((a.row, b.row) for a, b in group) if metric.name in _ACCURACIES else "",
        unlike=Counter(name for a, b in group for name in validity.unlike(a.row, b.row)),
    )
