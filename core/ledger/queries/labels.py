"""A stage in a few words, for people."""

from collections.abc import Sequence

from sqlalchemy import Connection

from prunesweep.core.ledger.db.schema import AnyRow
from prunesweep.core.ledger.queries.subjects import subjects

_OF_CELLS = ("evaluate", "benchmark")
"""Kinds of stages whose own facts do not say what they evaluate or time."""


def labels_of(connection: Connection, rows: Sequence[AnyRow], sweep_id: int | None = None) -> dict[str, str]:
    """Return the label of each of these stages by digest.

    Args:
        rows: have `digest`, `kind` and `spec`.
        sweep_id: in whose words, None = those of the oldest sweep that wants the stage.
    """
    asked = [row.digest for row in rows if row.kind in _OF_CELLS]
    named = subjects(connection, asked, sweep_id) if asked else {}
    return {row.digest: label_of(row.spec, named.get(row.digest, "")) for row in rows}


def label_of(spec: str, subject: str = "") -> str:
    """E.g. `prune 2 → 78.46 % · 3 epochs · seed 0`; the kind alone if the spec is another version's.

    subject: what is evaluated or timed (`prunesweep.core.ledger.queries.subjects`), "" = its digest says.
    """
    # Here, and not at the top: a status without a stage to name then starts a tenth sooner (bench/startup.py).
    from prunesweep.core.plan.stages import Benchmark, Evaluate, Import, PruneRound, Train, decode

    try:
        stage = decode(spec)
    except ValueError:
        return "stage of another version"
    match stage:
        case Import():
            return f"import {stage.model.name} {stage.tensors[:8]}"
        case Train():
            on = f" from {stage.before}" if stage.parent else ""
            return f"train · {_epochs(stage.epochs)}{on} · seed {stage.seed}"
        case PruneRound():
            to = f"{stage.sparsity * 100:.2f}".rstrip("0").rstrip(".")
            return f"prune {stage.round} → {to} % · {_epochs(stage.epochs)} · seed {stage.seed}"
        case Evaluate():
            return f"evaluate {subject or (stage.parent[:8] if stage.before else f'dense {stage.parent[:8]}')}"
        case Benchmark():
            again = f" · repeat {stage.repeat}" if stage.repeat else ""
            timed = subject or stage.parent[:8]
            return f"benchmark {timed} · {stage.device} × {stage.threads} · batch {stage.batch}{again}"
        case _:
            return f"sleep {stage.label} · {stage.seconds:g} s"


def _epochs(count: int) -> str:
    return f"{count} epoch" if count == 1 else f"{count} epochs"
