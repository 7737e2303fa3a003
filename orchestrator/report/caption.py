"""What stands above a report's table: what all rows share, how to read the columns, and where latency was measured."""

from collections.abc import Iterable, Sequence
from operator import attrgetter
from typing import Any

from prunesweep.core.ledger.db.states import State
from prunesweep.core.ledger.queries.controls import DENSE
from prunesweep.core.ledger.queries.report import ReportRow
from prunesweep.core.plan.published import toys
from prunesweep.orchestrator.console import text
from prunesweep.orchestrator.report import validity
from prunesweep.orchestrator.report.columns import disturbed, has_exempt, speedup_text

_FOLLOWING = 0.4
"""An autocorrelation of a dozen blocks that chance alone seldom gives (3 in 100)."""


def caption(rows: Sequence[ReportRow]) -> list[str]:
    """Return what all rows share, and how to read the columns."""
    if not rows:
        return ["no cells"]
    lines = [" · ".join(_shared_facts(rows))]
    lines += validity.imported(rows)
    lines += validity.nothing_learned(rows)
    lines += [f"a toy, and what is seen on it holds for it alone: {one}" for one in toys_of(rows)]
    return lines + _how_to_read(rows) + _machines(rows)


def _shared_facts(rows: Sequence[ReportRow]) -> list[str]:
    """Return the sweep, and what all of its rows have in common."""
    done = sum(row.state == State.DONE for row in rows)
    facts = [
        f"{rows[0].sweep}: {done:,} of {text.plural(len(rows), 'cell')} done",
        _each(row.dataset for row in rows),
        _each(f"{model} width {width}" if width else model for model, width in _distinct(rows, "model", "width")),
    ]
    if len({row.seed for row in rows}) == 1:
        facts.append(f"seed {rows[0].seed}")
    dense = [row.top1_dense for row in rows if row.top1_dense is not None]
    if dense:
        facts.append(f"dense top-1 {_range(dense)} %")
    totals = {row.total for row in rows if row.total is not None}
    if totals:
        facts.append(f"{_each(text.count(total) for total in sorted(totals))} prunable weights")
    dense_five = [row.top5_dense for row in rows if row.top5_dense is not None]
    if dense_five:
        facts.append(f"dense top-5 {_range(dense_five)} %")
    return facts


def _how_to_read(rows: Sequence[ReportRow]) -> list[str]:
    """Return what the columns mean, a line each, of those that these rows have."""
    lines = [
        "target %: zeros asked for, of the prunable weights; achieved %: zeros counted; epochs: in each round",
        "top-1 and before: test accuracy in %, after recovery and right after pruning",
    ]
    if any(row.top1_val is not None for row in rows):
        lines.append("val: accuracy in % on the validation images (of the training set, as many of every class)")
    if any(row.state == State.DONE and row.top1 is None for row in rows):
        lines.append("top-1 and drop are missing where a sweep leaves the test set out: such cells are judged by val")
    lines.append("accuracies are of one test set; statements about chance or other seeds hold for that set only")
    lines.append(f"drop: points below {references(rows)}")
    lines.append("FLOPs ratio: multiply-adds of a forward pass, dense ÷ pruned, if zeros cost nothing")
    if any(row.train_flops_ratio is not None for row in rows):
        lines.append(
            "train FLOPs: all trainings that it needed ÷ the dense network's, in theory (zeros cost time here)"
        )
    if any(row.train_dense_epochs is not None and row.train_flops_ratio is None for row in rows):
        lines.append("dense epochs: epochs of the dense network that cost as much as the training of the given weights")
    if any(row.compression_all is not None for row in rows):
        lines.append("compression: weights before ÷ after; of the prunable ones, or of all parameters, as papers do")
    if rules := {row.layer_rules for row in rows if row.layer_rules}:
        lines.append(f"layer rules: {'; '.join(sorted(rules)).replace(',', ', ')}")
    exempt = {(row.total_counted, row.total) for row in rows if has_exempt(row)}
    for counted, total in sorted(exempt):
        lines.append(f"target % and counted % are of {counted:,} weights; achieved % is of all {total:,}, exempt too")
    if any(row.top1_bn is not None for row in rows):
        lines.append("bn: right after pruning, with batch-norm statistics re-estimated on training images")
    collapsed = [row for row in rows if row.collapsed]
    if collapsed:
        worst = text.plural(max(row.collapsed or 0 for row in collapsed), "layer")
        lines.append(f"layer collapse: {text.plural(len(collapsed), 'cell')} lost every weight of up to {worst}")
    return lines


def toys_of(rows: Sequence[ReportRow]) -> list[str]:
    """Return what makes these rows a toy, each once; empty when nothing does."""
    return list(dict.fromkeys(one for each in _distinct(rows, "dataset", "model", "width") for one in toys(*each)))


def _range(fractions: Sequence[float]) -> str:
    low, high = text.percent(min(fractions)), text.percent(max(fractions))
    return low if low == high else f"{low} to {high}"


def references(rows: Sequence[ReportRow]) -> str:
    """Return which dense network the pruned cells' drops are against."""
    names = dict.fromkeys(row.reference for row in rows if row.sparsity)
    longer = [name for name in names if name != DENSE]
    plain = f"{DENSE}, the network before pruning"
    if not longer:
        return plain
    shown = f"{_each(longer)}, {DENSE} with the cell's recovery and as many epochs, nothing pruned"
    return f"{shown}, or below {plain}" if DENSE in names else shown


def _machines(rows: Sequence[ReportRow]) -> list[str]:
    """Return where latency was measured, a fact about one machine; and whether it was quiet there."""
    measured = [row for row in rows if row.latency_dense_ms is not None]
    if not measured:
        return []
    how = ("latency_batch", "latency_dense_engine", "latency_engine", "latency_threads", "processor")
    setups = {
        f"batch {batch}, {dense or engine} → {engine}, {text.plural(threads or 0, 'thread')} of {processor}"
        for batch, dense, engine, threads, processor in _distinct(measured, *how)
    }
    lines = [
        f"latency: median ms, best dense engine → the pruned network's: {_each(sorted(setups))}",
        f"speed-up: dense/pruned ms; {text.NO_SPEEDUP}: its 99 % interval includes 1×",
    ]
    if any(speedup_text(row).startswith("(") for row in measured):
        lines.append("in parentheses: not borne out as one of all measured cells of the sweep (sign test, Holm, 5 %)")
    codes = {row.latency_code for row in measured if row.latency_code is not None}
    if codes:
        lines.append(
            "zeros alone: what they bring, the dense network in the pruned one's code/pruned ms; code that ran:"
            f" {_each(sorted(codes))}"
        )
    follow = max((row.latency_autocorrelation or 0.0 for row in measured), default=0.0)
    if follow > _FOLLOWING:
        lines.append(
            f"blocks of a measurement followed each other (autocorrelation up to {follow:.2f}): its interval is wider"
        )
    noisy = sum(map(disturbed, measured))
    if noisy:
        cells = text.plural(noisy, "cell")
        lines.append(f"?: disturbed, two copies of one network differed in {cells}; measure again on a quiet machine")
    return lines


def _distinct(rows: Sequence[ReportRow], *names: str) -> Iterable[tuple[Any, ...]]:
    """Return the values of those fields, each combination once, in order."""
    return dict.fromkeys(map(attrgetter(*names), rows))


def _each(values: Iterable[str]) -> str:
    """Return distinct values in order, the first three."""
    distinct = list(dict.fromkeys(values))
    return ", ".join(distinct[:3]) + (", …" if len(distinct) > 3 else "")
