"""When a running stage's trainer last gave a sign of progress; what a worker says is wrong with it."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    op.add_column("stages", sa.Column("progress_at", sa.Double(), nullable=True))
    op.add_column("workers", sa.Column("notes", sa.JSON(), nullable=True))
