"""The sweeps: small chains of stages that train for some seconds each, and their tables."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import Engine, func, select

from prunesweep.core.artifacts.store import ArtifactStore
from prunesweep.core.errors import StageError
from prunesweep.core.ledger.db.schema import attempts, metrics, results, snapshots, stages, sweep_stages
from prunesweep.core.ledger.queries.report import report_rows
from prunesweep.core.ledger.queue.submit import add_sweep
from prunesweep.core.plan.axis_readers import read_axes
from prunesweep.core.plan.dag import Plan, plan
from prunesweep.core.plan.grids import GRIDS

_DATASET = "digits"
_MACHINE = ("sweep", "train_seconds", "dense_train_seconds", "processor", "device", "ran_resumed")
"""Columns of a report that say who, where, how fast and in how many attempts, not what came out; latencies as well."""


@dataclass(frozen=True)
class Size:
    """How much work a sweep is.

    Attributes:
        chains: seeds, each a chain of a dense training and `rounds` prunings, with two evaluations beside.
        dense, epochs: of the dense training, and of each round.
    """

    chains: int
    dense: int
    rounds: int
    epochs: int
    width: int = 4

    def plan(self, number: int) -> Plan:
        """The sweep of this number, from 0; no two share a stage."""
        seeds = range(number * self.chains, (number + 1) * self.chains)
        axes = {
            "dataset": _DATASET,
            "width": str(self.width),
            "dense_epochs": str(self.dense),
            "sparsity": "90",
            "algorithm": "iterative",
            "epochs": str(self.epochs),
            "iterations": str(self.rounds),
            "seeds": ",".join(str(seed) for seed in seeds),
            "bench_device": "none",
        }
        return plan(read_axes(axes, GRIDS["demo"]))


def submit(engine: Engine, planned: Plan, number: int) -> int:
    """Adds the sweep; its id."""
    return add_sweep(engine, planned, f"chaos-{number}", "chaos").id


def unfinished(engine: Engine) -> int:
    """How many stages have not ended."""
    query = select(func.count()).select_from(stages).where(stages.c.state.in_(["PENDING", "READY", "RUNNING"]))
    with engine.connect() as connection:
        return int(connection.execute(query).scalar_one())


def table_of(engine: Engine, sweep: int) -> dict[str, dict[Any, Any]]:
    """All that came out of a sweep and must not depend on who did it: by cell, the report's row; by stage, its
    artifact, learning curve and measurements."""
    wanted = select(sweep_stages.c.digest).where(sweep_stages.c.sweep_id == sweep)
    rows = {
        row.cell: {k: v for k, v in asdict(row).items() if k not in _MACHINE and not k.startswith("latency")}
        for row in report_rows(engine, sweep)
    }
    with engine.connect() as connection:
        made = connection.execute(
            select(stages.c.digest, stages.c.artifact, stages.c.artifact_bytes, stages.c.summary).where(
                stages.c.digest.in_(wanted)
            )
        )
        artifacts = {row.digest: (row.artifact, row.artifact_bytes, row.summary) for row in made}
        found = connection.execute(select(results).where(results.c.digest.in_(wanted)))
        facts = {
            row.digest: {k: v for k, v in row._mapping.items() if k not in ("device", "at", "digest")} for row in found
        }
        curve = connection.execute(select(metrics).where(metrics.c.digest.in_(wanted)))
        epochs = {(row.digest, row.epoch): (row.loss, row.top1, row.lr) for row in curve}
    return {"cell": rows, "artifact": artifacts, "result": facts, "epoch": epochs}


def differences(undisturbed: Mapping[str, Mapping[Any, Any]], disturbed: Mapping[str, Mapping[Any, Any]]) -> list[str]:
    """One line for each thing that isn't the same in both tables."""
    lines = []
    for what, rows in undisturbed.items():
        for key in sorted({*rows, *disturbed[what]}, key=str):
            before, after = rows.get(key), disturbed[what].get(key)
            if before != after:
                lines.append(f"{what} {key}: undisturbed {before}, here {after}"[:400])
    return lines


def ends(engine: Engine) -> dict[tuple[str, int], str]:
    """How every attempt ended, in the ledger's words."""
    query = select(attempts.c.digest, attempts.c.attempt, attempts.c.outcome, attempts.c.reason)
    with engine.connect() as connection:
        return {(row.digest, row.attempt): f"{row.outcome}, {row.reason}" for row in connection.execute(query)}


def damaged(engine: Engine, store: ArtifactStore) -> list[str]:
    """Artifacts that a row names and that aren't there, or aren't what their name says."""
    with engine.connect() as connection:
        made = connection.execute(select(stages.c.artifact).where(stages.c.artifact.is_not(None))).scalars().all()
        saved = connection.execute(select(snapshots.c.artifact)).scalars().all()
    lines = []
    for name in sorted({*made, *saved}):
        try:
            store.get(name)
        except StageError as error:
            lines.append(str(error))
    return lines
