"""The tables. Times are seconds since 1970 on the database's clock; digests are 64 hex digits."""

from enum import StrEnum

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class State(StrEnum):
    """PENDING → READY → RUNNING → DONE | FAILED | CANCELLED | QUARANTINED; see ARCHITECTURE.md."""

    PENDING = "PENDING"
    READY = "READY"
    RUNNING = "RUNNING"
    DONE = "DONE"
    FAILED = "FAILED"
    CANCELLED = "CANCELLED"
    QUARANTINED = "QUARANTINED"


LIVE = (State.PENDING, State.READY, State.RUNNING)
ENDED = (State.DONE, State.FAILED, State.CANCELLED, State.QUARANTINED)

_Digest = String(64)
_Name = String(64)


class Base(DeclarativeBase):
    """Names every constraint, so that migrations can refer to them on both databases."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Sweep(Base):
    """A submitted grid. cancelled: set once by `sweep cancel`."""

    __tablename__ = "sweeps"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(_Name, unique=True)
    grid: Mapped[dict[str, object]] = mapped_column(JSON)
    version: Mapped[str] = mapped_column(String(32))
    created_at: Mapped[float] = mapped_column(Double)
    cancelled: Mapped[bool] = mapped_column(Boolean, default=False)


class Stage(Base):
    """One unit of work, whoever asked for it, and the lease on it.

    attempt: fencing number, +1 at each claim · failures: attempts that ended in a crash (poison counts, preemption
    doesn't) · losses: leases that ran out (see `core.ledger.reaper`) · not_before: earliest next claim ·
    hinted_at: when a hint was last published, NULL = never · device: kind of device needed, "" = any ·
    workload: see `core.plan.stages.workload_of` · summary: small facts of the artifact (JSON) ·
    train_seconds: seconds spent in epochs by the attempt that ended it.
    """

    __tablename__ = "stages"
    __table_args__ = (
        Index("ix_stages_state_not_before", "state", "not_before"),
        Index("ix_stages_state_lease_until", "state", "lease_until"),
        Index("ix_stages_workload_ended_at", "workload", "ended_at"),
        Index("ix_stages_ended_at", "ended_at"),
    )

    digest: Mapped[str] = mapped_column(_Digest, primary_key=True)
    kind: Mapped[str] = mapped_column(String(16))
    spec: Mapped[str] = mapped_column(Text)
    device: Mapped[str] = mapped_column(String(16), default="")
    workload: Mapped[str] = mapped_column(Text, default="")
    epochs: Mapped[int] = mapped_column(Integer, default=0)
    state: Mapped[str] = mapped_column(String(16))
    attempt: Mapped[int] = mapped_column(Integer, default=0)
    failures: Mapped[int] = mapped_column(Integer, default=0)
    losses: Mapped[int] = mapped_column(Integer, default=0)
    not_before: Mapped[float] = mapped_column(Double, default=0.0)
    hinted_at: Mapped[float | None] = mapped_column(Double)
    lease_until: Mapped[float | None] = mapped_column(Double)
    worker: Mapped[str | None] = mapped_column(String(128))
    slot: Mapped[str | None] = mapped_column(String(32))
    cancel: Mapped[bool] = mapped_column(Boolean, default=False)
    error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[float] = mapped_column(Double)
    started_at: Mapped[float | None] = mapped_column(Double)
    ended_at: Mapped[float | None] = mapped_column(Double)
    train_seconds: Mapped[float | None] = mapped_column(Double)
    artifact: Mapped[str | None] = mapped_column(_Digest, index=True)
    artifact_bytes: Mapped[int | None] = mapped_column(BigInteger)
    summary: Mapped[dict[str, object] | None] = mapped_column(JSON)


class Edge(Base):
    """child needs parent."""

    __tablename__ = "edges"

    parent: Mapped[str] = mapped_column(ForeignKey("stages.digest"), primary_key=True)
    child: Mapped[str] = mapped_column(ForeignKey("stages.digest"), primary_key=True, index=True)


class SweepStage(Base):
    """Which sweeps want which stages; a shared stage is cancelled only when no live sweep wants it."""

    __tablename__ = "sweep_stages"

    sweep_id: Mapped[int] = mapped_column(ForeignKey("sweeps.id"), primary_key=True)
    digest: Mapped[str] = mapped_column(ForeignKey("stages.digest"), primary_key=True, index=True)


class Cell(Base):
    """One grid point of one sweep. rounds: digests of its PruneRounds in order; benchmark NULL = not measured."""

    __tablename__ = "cells"
    __table_args__ = (UniqueConstraint("sweep_id", "position"),)

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    sweep_id: Mapped[int] = mapped_column(ForeignKey("sweeps.id"))
    position: Mapped[int] = mapped_column(Integer)
    algorithm: Mapped[str] = mapped_column(_Name)
    sparsity: Mapped[float] = mapped_column(Double)
    epochs: Mapped[int] = mapped_column(Integer)
    iterations: Mapped[int] = mapped_column(Integer)
    seed: Mapped[int] = mapped_column(Integer)
    dataset: Mapped[str] = mapped_column(Text)
    model: Mapped[str] = mapped_column(_Name)
    width: Mapped[int] = mapped_column(Integer)
    train: Mapped[str] = mapped_column(ForeignKey("stages.digest"))
    rounds: Mapped[list[str]] = mapped_column(JSON)
    evaluate: Mapped[str] = mapped_column(ForeignKey("stages.digest"), index=True)
    dense_evaluate: Mapped[str] = mapped_column(ForeignKey("stages.digest"))
    benchmark: Mapped[str | None] = mapped_column(ForeignKey("stages.digest"))


class Attempt(Base):
    """One claim of one stage. outcome NULL = under way; log: the last lines that the trainer wrote."""

    __tablename__ = "attempts"

    digest: Mapped[str] = mapped_column(ForeignKey("stages.digest"), primary_key=True)
    attempt: Mapped[int] = mapped_column(Integer, primary_key=True)
    worker: Mapped[str] = mapped_column(String(128))
    slot: Mapped[str] = mapped_column(String(32))
    started_at: Mapped[float] = mapped_column(Double)
    ended_at: Mapped[float | None] = mapped_column(Double)
    outcome: Mapped[str | None] = mapped_column(String(16))
    reason: Mapped[str | None] = mapped_column(Text)
    log: Mapped[str | None] = mapped_column(Text)


class Metric(Base):
    """One epoch of one stage (the last attempt that reached it). top1: validation accuracy in [0, 1]."""

    __tablename__ = "metrics"

    digest: Mapped[str] = mapped_column(ForeignKey("stages.digest"), primary_key=True)
    epoch: Mapped[int] = mapped_column(Integer, primary_key=True)
    attempt: Mapped[int] = mapped_column(Integer)
    loss: Mapped[float] = mapped_column(Double)
    top1: Mapped[float | None] = mapped_column(Double)
    lr: Mapped[float] = mapped_column(Double)
    seconds: Mapped[float] = mapped_column(Double)
    images_per_s: Mapped[float] = mapped_column(Double)
    at: Mapped[float] = mapped_column(Double)


class Result(Base):
    """What Evaluate found: facts about weights, true on any machine. One row per Evaluate stage.

    top1, top1_before: test accuracy in [0, 1] after recovery, and right after the last pruning (NULL: dense) ·
    nonzero, total: prunable weights · macs, macs_dense: multiply-adds per image, with and without the zeros skipped ·
    layers: per prunable layer, its name, nonzero, total, macs.
    """

    __tablename__ = "results"

    digest: Mapped[str] = mapped_column(ForeignKey("stages.digest"), primary_key=True)
    top1: Mapped[float] = mapped_column(Double)
    top1_before: Mapped[float | None] = mapped_column(Double)
    loss: Mapped[float] = mapped_column(Double)
    images: Mapped[int] = mapped_column(Integer)
    nonzero: Mapped[int] = mapped_column(BigInteger)
    total: Mapped[int] = mapped_column(BigInteger)
    macs: Mapped[int] = mapped_column(BigInteger)
    macs_dense: Mapped[int] = mapped_column(BigInteger)
    layers: Mapped[list[dict[str, object]]] = mapped_column(JSON)
    device: Mapped[str] = mapped_column(String(128))
    at: Mapped[float] = mapped_column(Double)


class Latency(Base):
    """What Benchmark found: a fact about one machine. Medians in milliseconds a pass; ratio = dense / pruned with
    its 95 % bootstrap interval."""

    __tablename__ = "latencies"

    digest: Mapped[str] = mapped_column(ForeignKey("stages.digest"), primary_key=True)
    dense_ms: Mapped[float] = mapped_column(Double)
    pruned_ms: Mapped[float] = mapped_column(Double)
    ratio: Mapped[float] = mapped_column(Double)
    ratio_low: Mapped[float] = mapped_column(Double)
    ratio_high: Mapped[float] = mapped_column(Double)
    rounds: Mapped[int] = mapped_column(Integer)
    engine: Mapped[str] = mapped_column(String(64))
    threads: Mapped[int] = mapped_column(Integer)
    batch: Mapped[int] = mapped_column(Integer)
    processor: Mapped[str] = mapped_column(String(128))
    host: Mapped[str] = mapped_column(String(128))
    at: Mapped[float] = mapped_column(Double)


class Worker(Base):
    """A worker process and its slots (JSON list of device names); seen_at is its last heartbeat."""

    __tablename__ = "workers"

    id: Mapped[str] = mapped_column(String(128), primary_key=True)
    host: Mapped[str] = mapped_column(String(128))
    pid: Mapped[int] = mapped_column(Integer)
    slots: Mapped[list[str]] = mapped_column(JSON)
    version: Mapped[str] = mapped_column(String(32))
    started_at: Mapped[float] = mapped_column(Double)
    seen_at: Mapped[float] = mapped_column(Double)
    stopped: Mapped[bool] = mapped_column(Boolean, default=False)
