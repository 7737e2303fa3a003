"""A report row's columns of accuracy, size and latency, from the rows of the ledger that they come from."""

from collections.abc import Mapping
from operator import attrgetter
from typing import Any

from prunesweep.core.chance import at_chance
from prunesweep.core.holm import holm
from prunesweep.core.ledger.db.schema import AnyRow

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


def accuracy_columns(found: AnyRow | None, dense: AnyRow | None, reference: AnyRow | None) -> dict[str, Any]:
    made = dict.fromkeys(_OF_DENSE) if dense is None else _dense(dense)
    made["top1_reference"] = None if reference is None else reference.top1
    if found is None:
        return dict.fromkeys((*RESULT_COLUMNS, *_DERIVED)) | made
    return {
        **dict(zip(RESULT_COLUMNS, _read_results(found), strict=True)),
        **made,
        "sparsity_achieved": 1.0 - found.nonzero / found.total,
        "drop": None if reference is None else reference.top1 - found.top1,
        "test_images": found.images,
        "chance": found.majority,
        "at_chance": at_chance(found.top1, found.majority, found.images),
        "sparsity_counted": 1.0 - found.nonzero_counted / found.total_counted if found.total_counted else None,
        "compression": _ratio(found.total, found.nonzero),
        "compression_all": _ratio(found.params, found.params_nonzero),
        "flop_speedup": _ratio(found.macs_dense, found.macs),
    }


def size_columns(summary: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a round's own facts say of the network's size; nothing where it has not ended."""
    found = {name: summary[name] for name in ("nonzero", "total", "macs", "macs_dense") if name in summary}
    if "nonzero" in found and "total" in found:
        found["sparsity_achieved"] = 1.0 - found["nonzero"] / found["total"]
        found["compression"] = _ratio(found["total"], found["nonzero"])
    if "macs" in found:
        found["flop_speedup"] = _ratio(found["macs_dense"], found["macs"])
    return found


_DERIVED = (
    "sparsity_achieved",
    "drop",
    "test_images",
    "chance",
    "at_chance",
    "sparsity_counted",
    "compression",
    "compression_all",
    "flop_speedup",
)
_OF_DENSE = ("top1_dense", "top5_dense", "dense_at_chance")


def _dense(found: AnyRow) -> dict[str, float | None]:
    nothing = at_chance(found.top1, found.majority, found.images)
    return {"top1_dense": found.top1, "top5_dense": found.top5, "dense_at_chance": nothing}


def _ratio(all_: int | None, left: int | None) -> float | None:
    """Return None where nothing is left, or nothing is known."""
    return all_ / left if all_ and left else None


def latency_columns(found: AnyRow | None, adjusted: float | None) -> dict[str, Any]:
    values = [None] * len(_OF_LATENCY) if found is None else _read_latency(found)
    made: dict[str, Any] = dict(zip(_OF_LATENCY, values, strict=True))
    return made | {"latency_p": None if found is None else _probability(found), "latency_p_adjusted": adjusted}


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
_read_results = attrgetter(*RESULT_COLUMNS)
_read_latency = attrgetter(*_OF_LATENCY.values())


def _probability(found: AnyRow) -> float:
    if found.p is not None:
        return float(found.p)
    return 1.0 if found.ratio_low <= 1.0 <= found.ratio_high else _OF_TWELVE


def adjusted(found: dict[str, AnyRow]) -> dict[str, float | None]:
    """Return each measurement's p as one of all of the sweep; cells that share a measurement count once."""
    return dict(zip(found, holm([_probability(row) for row in found.values()]), strict=True))
