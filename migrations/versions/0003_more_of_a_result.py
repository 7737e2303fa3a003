"""Accuracy with re-estimated batch-norm statistics, and layers that lost every weight."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    op.add_column("results", sa.Column("top1_bn", sa.Double(), nullable=True))
    op.add_column("results", sa.Column("collapsed", sa.Integer(), nullable=True))
