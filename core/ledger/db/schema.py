"""The tables. Times are seconds since 1970 on the database's clock; digests are 64 hex digits."""

from typing import Any, TypeAlias

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    Row,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

AnyRow: TypeAlias = Row[*tuple[Any, ...]]
"""A row of a query, whatever its columns."""

METADATA = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)
"""Names every constraint, so that migrations can refer to them on both databases."""

_DIGEST = String(64)
_NAME = String(64)

sweeps = Table(
    "sweeps",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("name", _NAME, unique=True, nullable=False),
    Column("grid", JSON, nullable=False),
    Column("version", String(32), nullable=False),
    Column("created_at", Double, nullable=False),
    Column("cancelled", Boolean, default=False, nullable=False),
    Column("throughput", Boolean, default=False, server_default=false(), nullable=False),
)
"""A submitted grid.

Attributes:
    cancelled: set once by `sweep cancel`.
    throughput: the order in which its stages run, see `prunesweep.core.plan.order`.
"""

stages = Table(
    "stages",
    METADATA,
    Column("digest", _DIGEST, primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("spec", Text, nullable=False),
    Column("device", String(16), default="", nullable=False),
    Column("workload", Text, default="", nullable=False),
    Column("epochs", Integer, default=0, nullable=False),
    Column("state", String(16), nullable=False),
    Column("attempt", Integer, default=0, nullable=False),
    Column("failures", Integer, default=0, nullable=False),
    Column("losses", Integer, default=0, nullable=False),
    Column("not_before", Double, default=0.0, nullable=False),
    Column("hinted_at", Double),
    Column("lease_until", Double),
    Column("worker", String(128)),
    Column("slot", String(32)),
    Column("cancel", Boolean, default=False, nullable=False),
    Column("error", Text),
    Column("created_at", Double, nullable=False),
    Column("started_at", Double),
    Column("ended_at", Double),
    Column("train_seconds", Double),
    Column("artifact", _DIGEST, index=True),
    Column("artifact_bytes", BigInteger),
    Column("summary", JSON),
    Column("returns", Integer, default=0, server_default="0", nullable=False),
    Column("furthest", BigInteger, default=0, server_default="0", nullable=False),
    Column("lease_seconds", Double),
    Column("progress_at", Double),
    Column("ran", JSON(none_as_null=True)),
    Column("rank", BigInteger, default=0, server_default="0", nullable=False),
    Column("doing", JSON(none_as_null=True)),
    Index("ix_stages_state_not_before", "state", "not_before"),
    Index("ix_stages_state_lease_until", "state", "lease_until"),
    Index("ix_stages_workload_ended_at", "workload", "ended_at"),
    Index("ix_stages_ended_at", "ended_at"),
)
"""One unit of work, whoever asked for it, and the lease on it.

Attributes:
    attempt: fencing number, +1 at each claim, from `identity.removed_attempt` on.
    failures: attempts that ended in a crash (poison counts, preemption doesn't).
    losses: leases that ran out, and attempts that were ended from outside.
    returns: times that a stopping worker handed it back (see `prunesweep.core.ledger.queue.giveback` for all three).
    furthest: position of the furthest saved state (see `prunesweep.core.ledger.queue.checkpoints`).
    lease_seconds: how long the lease was when it was last prolonged, NULL = not recorded (an earlier release).
    not_before: earliest next claim.
    hinted_at: when a hint was last published, NULL = never.
    device: kind of device needed, "" = any.
    workload: see `prunesweep.core.plan.stages.workload_of`.
    summary: small facts of the artifact, and `top1_val`, the accuracy on the validation images (JSON).
    train_seconds: seconds spent in epochs by the attempt that ended it.
    progress_at: when its trainer last gave a sign of progress, while it runs (NULL: not recorded).
    ran: what carried it out, see `prunesweep.core.ledger.queries.ran` (JSON; NULL: an older release, or nothing that
        computes).
    rank: of READY stages the lowest runs first, see `prunesweep.core.plan.order`; 0: an earlier release submitted it.
    doing: how far its trainer is within what it does now, see `prunesweep.core.ledger.db.doing` (JSON; NULL:
        nothing to say).
"""

edges = Table(
    "edges",
    METADATA,
    Column("parent", ForeignKey("stages.digest"), primary_key=True),
    Column("child", ForeignKey("stages.digest"), primary_key=True, index=True),
)
"""child needs parent."""

sweep_stages = Table(
    "sweep_stages",
    METADATA,
    Column("sweep_id", ForeignKey("sweeps.id"), primary_key=True),
    Column("digest", ForeignKey("stages.digest"), primary_key=True, index=True),
)
"""Which sweeps want which stages; a shared stage is cancelled only when no live sweep wants it."""

cells = Table(
    "cells",
    METADATA,
    Column("id", Integer, primary_key=True),
    Column("sweep_id", ForeignKey("sweeps.id"), nullable=False),
    Column("position", Integer, nullable=False),
    Column("algorithm", _NAME, nullable=False),
    Column("sparsity", Double, nullable=False),
    Column("epochs", Integer, nullable=False),
    Column("iterations", Integer, nullable=False),
    Column("seed", Integer, nullable=False),
    Column("dataset", Text, nullable=False),
    Column("model", _NAME, nullable=False),
    Column("width", Integer, nullable=False),
    Column("train", ForeignKey("stages.digest"), nullable=False),
    Column("rounds", JSON, nullable=False),
    Column("evaluate", ForeignKey("stages.digest"), index=True, nullable=False),
    Column("dense_evaluate", ForeignKey("stages.digest"), nullable=False),
    Column("benchmark", ForeignKey("stages.digest")),
    UniqueConstraint("sweep_id", "position"),
)
"""One grid point of one sweep. rounds: digests of its PruneRounds in order; benchmark NULL = not measured."""

attempts = Table(
    "attempts",
    METADATA,
    Column("digest", ForeignKey("stages.digest"), primary_key=True),
    Column("attempt", Integer, primary_key=True),
    Column("worker", String(128), nullable=False),
    Column("slot", String(32), nullable=False),
    Column("started_at", Double, nullable=False),
    Column("ended_at", Double),
    Column("outcome", String(16)),
    Column("reason", Text),
    Column("log", Text),
)
"""One claim of one stage. outcome NULL = under way; log: the last lines that the trainer wrote."""

snapshots = Table(
    "snapshots",
    METADATA,
    Column("digest", ForeignKey("stages.digest"), primary_key=True),
    Column("attempt", Integer, nullable=False),
    Column("artifact", _DIGEST, index=True, nullable=False),
    Column("artifact_bytes", BigInteger, nullable=False),
    Column("epoch", Integer, nullable=False),
    Column("step", Integer, nullable=False),
    Column("at", Double, nullable=False),
)
"""Where a stage's training stood when its state was last saved; its next attempt continues there. Gone once it is DONE.

Attributes:
    attempt: the one that saved it.
    epoch, step: how many whole epochs, and batches of the next one, it holds.
"""

metrics = Table(
    "metrics",
    METADATA,
    Column("digest", ForeignKey("stages.digest"), primary_key=True),
    Column("epoch", Integer, primary_key=True),
    Column("attempt", Integer, nullable=False),
    Column("loss", Double, nullable=False),
    Column("top1", Double),
    Column("lr", Double, nullable=False),
    Column("seconds", Double, nullable=False),
    Column("images_per_s", Double, nullable=False),
    Column("at", Double, nullable=False),
)
"""One epoch of one stage (the last attempt that reached it). top1: validation accuracy in [0, 1]."""

results = Table(
    "results",
    METADATA,
    Column("digest", ForeignKey("stages.digest"), primary_key=True),
    Column("top1", Double, nullable=False),
    Column("top1_before", Double),
    Column("loss", Double, nullable=False),
    Column("images", Integer, nullable=False),
    Column("nonzero", BigInteger, nullable=False),
    Column("total", BigInteger, nullable=False),
    Column("macs", BigInteger, nullable=False),
    Column("macs_dense", BigInteger, nullable=False),
    Column("layers", JSON, nullable=False),
    Column("device", String(128), nullable=False),
    Column("at", Double, nullable=False),
    Column("top1_bn", Double),
    Column("collapsed", Integer),
    Column("top5", Double),
    Column("nonzero_counted", BigInteger),
    Column("total_counted", BigInteger),
    Column("params_nonzero", BigInteger),
    Column("params", BigInteger),
    Column("majority", Double),
)
"""What Evaluate found: facts about weights, true on any machine. One row per Evaluate stage.

Attributes:
    top1, top1_before: test accuracy in [0, 1] after recovery, and right after the last pruning (NULL: dense).
    top1_bn: as top1_before, with re-estimated batch-norm statistics (NULL: not asked for).
    collapsed: prunable layers without a weight that isn't 0 (NULL: written by an older release).
    nonzero, total: weights of convolutions and linear layers.
    nonzero_counted, total_counted: of those that the sparsity counts, without the layers that rules exempt.
    params_nonzero, params: all parameters, biases and batch-norm too.
    top5: NULL with few classes.
    majority: share of the most frequent class among the test images, what guessing gets; these last six are NULL when
        written by an older release.
    macs, macs_dense: multiply-adds per image, with and without the zeros skipped.
    layers: per prunable layer, its name, nonzero, total, macs.
"""

latencies = Table(
    "latencies",
    METADATA,
    Column("digest", ForeignKey("stages.digest"), primary_key=True),
    Column("dense_ms", Double, nullable=False),
    Column("pruned_ms", Double, nullable=False),
    Column("ratio", Double, nullable=False),
    Column("ratio_low", Double, nullable=False),
    Column("ratio_high", Double, nullable=False),
    Column("rounds", Integer, nullable=False),
    Column("engine", String(64), nullable=False),
    Column("threads", Integer, nullable=False),
    Column("batch", Integer, nullable=False),
    Column("processor", String(128), nullable=False),
    Column("host", String(128), nullable=False),
    Column("at", Double, nullable=False),
    Column("dtype", String(16)),
    Column("engine_version", String(64)),
    Column("dense_engine", String(64)),
    Column("dense_version", String(64)),
    Column("null_ratio", Double),
    Column("null_low", Double),
    Column("null_high", Double),
    Column("load", Double),
    Column("busy", Double),
    Column("engines", JSON),
    Column("code", String(32)),
    Column("p", Double),
    Column("autocorrelation", Double),
    Column("zeros_ms", Double),
    Column("zeros_ratio", Double),
    Column("zeros_low", Double),
    Column("zeros_high", Double),
    Column("zeros_p", Double),
)
"""What Benchmark found: a fact about one machine. Medians in milliseconds a pass; ratio = dense / pruned with its 99 %
interval.

Attributes:
    engine, dtype, engine_version: what ran the pruned network.
    dense_engine, dense_version: the fastest dense fp32 engine, which ran the dense one.
    null_*: that engine against itself.
    load: the machine's load average.
    busy: CPU time over wall time while it was measured.
    engines: per engine of the run, its facts. NULL from dtype on: written by an older release, which had eager PyTorch
        for both.
    code: what really ran the pruned network, where its engine chooses.
    p: the sign test's, two-sided, of ratio being 1.
    autocorrelation: of the ratio's blocks.
    zeros_ms: the dense network in that code; zeros_ratio: zeros_ms / pruned_ms with its 99 % interval and p. NULL from
        code on: written by an older release.
"""

workers = Table(
    "workers",
    METADATA,
    Column("id", String(128), primary_key=True),
    Column("host", String(128), nullable=False),
    Column("pid", Integer, nullable=False),
    Column("slots", JSON, nullable=False),
    Column("version", String(32), nullable=False),
    Column("started_at", Double, nullable=False),
    Column("seen_at", Double, nullable=False),
    Column("stopped", Boolean, default=False, nullable=False),
    Column("notes", JSON),
    Column("usage", JSON),
)
"""A worker process and its slots (JSON list of device names).

Attributes:
    seen_at: its last heartbeat.
    notes: what it reports as wrong, see `prunesweep.core.ledger.queue.workers` (NULL: nothing yet, or an older
        release).
    usage: CPU, memory and GPU of each slot at its last heartbeat, in the order of `slots` (NULL as above).
"""

identity = Table(
    "identity",
    METADATA,
    Column("id", String(32), primary_key=True),
    Column("removed_attempt", Integer, default=0, server_default="0", nullable=False),
)
"""At most one row. id: the ledger's own name, by which an artifact store knows whose artifacts it holds ·
removed_attempt: the highest attempt number that a removed stage ever had; the attempts of new stages count from there,
so that no worker of a removed stage can be taken for one of the stage that was submitted again."""


def columns(table: Table, *names: str) -> list[Column[Any]]:
    """Return the columns of those names."""
    return [table.c[name] for name in names]
