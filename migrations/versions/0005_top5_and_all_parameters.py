"""Top-5 accuracy, all parameters, and weights without those of exempt layers."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    op.add_column("results", sa.Column("top5", sa.Double(), nullable=True))
    for name in ("nonzero_counted", "total_counted", "params_nonzero", "params"):
        op.add_column("results", sa.Column(name, sa.BigInteger(), nullable=True))
