"""A report row's columns of accuracy, size and latency, from the rows of the ledger that they come from."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from prunesweep.core.chance import at_chance
from prunesweep.core.holm import holm
from prunesweep.core.ledger.db.schema import AnyRow
from prunesweep.core.ledger.queries.network_stages import NetworkFacts

RESULT_COLUMNS = (
    "top1",
    "top1_before",
    "top1_bn",
    "top5",
    "collapsed",
    "nonzero",
    "total",
    "nonzero_counted",
    "total_counted",
    "params_nonzero",
    "params",
    "macs",
    "macs_dense",
    "device",
    "majority",
    "images",
)
LATENCY_COLUMNS = (
    "dense_ms",
    "pruned_ms",
    "ratio",
    "ratio_low",
    "ratio_high",
    "batch",
    "threads",
    "engine",
    "dense_engine",
    "null_low",
    "null_high",
    "load",
    "busy",
    "processor",
    "code",
    "p",
    "autocorrelation",
    "zeros_ms",
    "zeros_ratio",
    "zeros_low",
    "zeros_high",
)
_OF_TWELVE = 26 / 4096
"""The sign test's p where at most one of twelve blocks is on the other side: what an interval that leaves 1 out says of
a row without a p, which an older release wrote."""


Columns = dict[str, list[Any]]
"""By the names of `ReportRow`'s fields, a value for each cell."""


def by_name(names: Sequence[str], rows: Iterable[Sequence[Any] | None]) -> Columns:
    """Return rows that have just these values, in this order, as columns; None where there is no row."""
    nothing = (None,) * len(names)
    found = [nothing if row is None else row for row in rows]
    return dict(zip(names, map(list, zip(*found, strict=True)), strict=True)) if found else {name: [] for name in names}


def accuracy_columns(
    own: Sequence[AnyRow | None], dense: Sequence[AnyRow | None], reference: Sequence[AnyRow | None]
) -> Columns:
    """Return the columns of accuracy and size.

    Args:
        own, dense, reference: for each cell the results of its network, of the dense one, and of the one that it is
            compared with; None = not evaluated.
    """
    found, before, against = (by_name(("digest", *RESULT_COLUMNS), rows) for rows in (own, dense, reference))
    top1_reference, chance, images = against["top1"], found["majority"], found["images"]
    return {
        **found,
        "top1_dense": before["top1"],
        "top5_dense": before["top5"],
        "dense_at_chance": list(map(at_chance, before["top1"], before["majority"], before["images"])),
        "top1_reference": top1_reference,
        "drop": list(map(_less, top1_reference, found["top1"])),
        "test_images": images,
        "chance": chance,
        "at_chance": list(map(at_chance, found["top1"], chance, images)),
        "sparsity_achieved": list(map(_gone, found["total"], found["nonzero"])),
        "sparsity_counted": list(map(_gone, found["total_counted"], found["nonzero_counted"])),
        "compression": list(map(_ratio, found["total"], found["nonzero"])),
        "compression_all": list(map(_ratio, found["params"], found["params_nonzero"])),
        "flop_speedup": list(map(_ratio, found["macs_dense"], found["macs"])),
    }


def size_columns(facts: NetworkFacts) -> dict[str, Any]:
    """Return what a round's own facts say of the network's size; nothing where it has not ended."""
    counted = {name: getattr(facts, name) for name in ("nonzero", "total", "macs", "macs_dense")}
    found = {name: value for name, value in counted.items() if value is not None}
    if "nonzero" in found and "total" in found:
        found["sparsity_achieved"] = 1.0 - found["nonzero"] / found["total"]
        found["compression"] = _ratio(found["total"], found["nonzero"])
    if "macs" in found:
        found["flop_speedup"] = _ratio(found["macs_dense"], found["macs"])
    return found


def _less(from_: float | None, value: float | None) -> float | None:
    return None if from_ is None or value is None else from_ - value


def _gone(all_: int | None, left: int | None) -> float | None:
    """Return the share of zeros."""
    return 1.0 - left / all_ if all_ and left is not None else None


def _ratio(all_: int | None, left: int | None) -> float | None:
    """Return None where nothing is left, or nothing is known."""
    return all_ / left if all_ and left else None


def latency_columns(found: Mapping[str, AnyRow], benchmarks: Sequence[str | None]) -> Columns:
    """Return the columns of latency.

    Args:
        found: all measurements of the sweep, by digest: each one's p is also judged as one of all of them; cells that
            share a measurement count once.
        benchmarks: each cell's digest, None = it measures none.
    """
    p = {digest: _probability(row) for digest, row in found.items()}
    adjusted = dict(zip(p, holm(list(p.values())), strict=True))
    read = by_name(("digest", *LATENCY_COLUMNS), [found.get(digest or "") for digest in benchmarks])
    return {
        **{name: read[column] for name, column in _OF_LATENCY.items()},
        "latency_p": [p.get(digest or "") for digest in benchmarks],
        "latency_p_adjusted": [adjusted.get(digest or "") for digest in benchmarks],
    }


_OF_LATENCY = {
    "latency_dense_ms": "dense_ms",
    "latency_pruned_ms": "pruned_ms",
    "latency_speedup": "ratio",
    "latency_speedup_low": "ratio_low",
    "latency_speedup_high": "ratio_high",
    "latency_batch": "batch",
    "latency_threads": "threads",
    "latency_engine": "engine",
    "latency_dense_engine": "dense_engine",
    "latency_null_low": "null_low",
    "latency_null_high": "null_high",
    "latency_load": "load",
    "latency_busy": "busy",
    "latency_code": "code",
    "latency_autocorrelation": "autocorrelation",
    "latency_zeros_ms": "zeros_ms",
    "latency_zeros_speedup": "zeros_ratio",
    "latency_zeros_low": "zeros_low",
    "latency_zeros_high": "zeros_high",
    "processor": "processor",
}


def _probability(found: AnyRow) -> float:
    if found.p is not None:
        return float(found.p)
    return 1.0 if found.ratio_low <= 1.0 <= found.ratio_high else _OF_TWELVE
