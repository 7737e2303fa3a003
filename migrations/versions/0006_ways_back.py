"""How often a stage was handed back, how far it got, and how long the lease on it is."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("stages", sa.Column("returns", sa.Integer(), server_default="0", nullable=False))
    op.add_column("stages", sa.Column("furthest", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("stages", sa.Column("lease_seconds", sa.Double(), nullable=True))
