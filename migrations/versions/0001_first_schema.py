"""The first schema."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    op.create_table(
        "stages",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("spec", sa.Text(), nullable=False),
        sa.Column("device", sa.String(length=16), nullable=False),
        sa.Column("workload", sa.Text(), nullable=False),
        sa.Column("epochs", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("losses", sa.Integer(), nullable=False),
        sa.Column("not_before", sa.Double(), nullable=False),
        sa.Column("hinted_at", sa.Double(), nullable=True),
        sa.Column("lease_until", sa.Double(), nullable=True),
        sa.Column("worker", sa.String(length=128), nullable=True),
        sa.Column("slot", sa.String(length=32), nullable=True),
        sa.Column("cancel", sa.Boolean(), nullable=False),
        sa.Column("error", sa.Text(), nullable=True),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("started_at", sa.Double(), nullable=True),
        sa.Column("ended_at", sa.Double(), nullable=True),
        sa.Column("train_seconds", sa.Double(), nullable=True),
        sa.Column("artifact", sa.String(length=64), nullable=True),
        sa.Column("artifact_bytes", sa.BigInteger(), nullable=True),
        sa.Column("summary", sa.JSON(), nullable=True),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_stages")),
    )
    op.create_index(op.f("ix_stages_artifact"), "stages", ["artifact"], unique=False)
    op.create_index("ix_stages_ended_at", "stages", ["ended_at"], unique=False)
    op.create_index("ix_stages_state_lease_until", "stages", ["state", "lease_until"], unique=False)
    op.create_index("ix_stages_state_not_before", "stages", ["state", "not_before"], unique=False)
    op.create_index("ix_stages_workload_ended_at", "stages", ["workload", "ended_at"], unique=False)
    op.create_table(
        "sweeps",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("grid", sa.JSON(), nullable=False),
        sa.Column("version", sa.String(length=32), nullable=False),
        sa.Column("created_at", sa.Double(), nullable=False),
        sa.Column("cancelled", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sweeps")),
        sa.UniqueConstraint("name", name=op.f("uq_sweeps_name")),
    )
    op.create_table(
        "workers",
        sa.Column("id", sa.String(length=128), nullable=False),
        sa.Column("host", sa.String(length=128), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=False),
        sa.Column("slots", sa.JSON(), nullable=False),
        sa.Column("version", sa.String(length=32), nullable=False),
        sa.Column("started_at", sa.Double(), nullable=False),
        sa.Column("seen_at", sa.Double(), nullable=False),
        sa.Column("stopped", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workers")),
    )
    op.create_table(
        "attempts",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("worker", sa.String(length=128), nullable=False),
        sa.Column("slot", sa.String(length=32), nullable=False),
        sa.Column("started_at", sa.Double(), nullable=False),
        sa.Column("ended_at", sa.Double(), nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("log", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["digest"], ["stages.digest"], name=op.f("fk_attempts_digest")),
        sa.PrimaryKeyConstraint("digest", "attempt", name=op.f("pk_attempts")),
    )
    op.create_table(
        "cells",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sweep_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("algorithm", sa.String(length=64), nullable=False),
        sa.Column("sparsity", sa.Double(), nullable=False),
        sa.Column("epochs", sa.Integer(), nullable=False),
        sa.Column("iterations", sa.Integer(), nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("dataset", sa.Text(), nullable=False),
        sa.Column("model", sa.String(length=64), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("train", sa.String(length=64), nullable=False),
        sa.Column("rounds", sa.JSON(), nullable=False),
        sa.Column("evaluate", sa.String(length=64), nullable=False),
        sa.Column("dense_evaluate", sa.String(length=64), nullable=False),
        sa.Column("benchmark", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["benchmark"], ["stages.digest"], name=op.f("fk_cells_benchmark")),
        sa.ForeignKeyConstraint(["dense_evaluate"], ["stages.digest"], name=op.f("fk_cells_dense_evaluate")),
        sa.ForeignKeyConstraint(["evaluate"], ["stages.digest"], name=op.f("fk_cells_evaluate")),
        sa.ForeignKeyConstraint(["sweep_id"], ["sweeps.id"], name=op.f("fk_cells_sweep_id")),
        sa.ForeignKeyConstraint(["train"], ["stages.digest"], name=op.f("fk_cells_train")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cells")),
        sa.UniqueConstraint("sweep_id", "position", name=op.f("uq_cells_sweep_id_position")),
    )
    op.create_index(op.f("ix_cells_evaluate"), "cells", ["evaluate"], unique=False)
    op.create_table(
        "edges",
        sa.Column("parent", sa.String(length=64), nullable=False),
        sa.Column("child", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["child"], ["stages.digest"], name=op.f("fk_edges_child")),
        sa.ForeignKeyConstraint(["parent"], ["stages.digest"], name=op.f("fk_edges_parent")),
        sa.PrimaryKeyConstraint("parent", "child", name=op.f("pk_edges")),
    )
    op.create_index(op.f("ix_edges_child"), "edges", ["child"], unique=False)
    op.create_table(
        "latencies",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("dense_ms", sa.Double(), nullable=False),
        sa.Column("pruned_ms", sa.Double(), nullable=False),
        sa.Column("ratio", sa.Double(), nullable=False),
        sa.Column("ratio_low", sa.Double(), nullable=False),
        sa.Column("ratio_high", sa.Double(), nullable=False),
        sa.Column("rounds", sa.Integer(), nullable=False),
        sa.Column("engine", sa.String(length=64), nullable=False),
        sa.Column("threads", sa.Integer(), nullable=False),
        sa.Column("batch", sa.Integer(), nullable=False),
        sa.Column("processor", sa.String(length=128), nullable=False),
        sa.Column("host", sa.String(length=128), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["digest"], ["stages.digest"], name=op.f("fk_latencies_digest")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_latencies")),
    )
    op.create_table(
        "metrics",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("epoch", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("loss", sa.Double(), nullable=False),
        sa.Column("top1", sa.Double(), nullable=True),
        sa.Column("lr", sa.Double(), nullable=False),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("images_per_s", sa.Double(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["digest"], ["stages.digest"], name=op.f("fk_metrics_digest")),
        sa.PrimaryKeyConstraint("digest", "epoch", name=op.f("pk_metrics")),
    )
    op.create_table(
        "results",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("top1", sa.Double(), nullable=False),
        sa.Column("top1_before", sa.Double(), nullable=True),
        sa.Column("loss", sa.Double(), nullable=False),
        sa.Column("images", sa.Integer(), nullable=False),
        sa.Column("nonzero", sa.BigInteger(), nullable=False),
        sa.Column("total", sa.BigInteger(), nullable=False),
        sa.Column("macs", sa.BigInteger(), nullable=False),
        sa.Column("macs_dense", sa.BigInteger(), nullable=False),
        sa.Column("layers", sa.JSON(), nullable=False),
        sa.Column("device", sa.String(length=128), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.ForeignKeyConstraint(["digest"], ["stages.digest"], name=op.f("fk_results_digest")),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_results")),
    )
    op.create_table(
        "sweep_stages",
        sa.Column("sweep_id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["digest"], ["stages.digest"], name=op.f("fk_sweep_stages_digest")),
        sa.ForeignKeyConstraint(["sweep_id"], ["sweeps.id"], name=op.f("fk_sweep_stages_sweep_id")),
        sa.PrimaryKeyConstraint("sweep_id", "digest", name=op.f("pk_sweep_stages")),
    )
    op.create_index(op.f("ix_sweep_stages_digest"), "sweep_stages", ["digest"], unique=False)
