"""What each slot of a worker uses: CPU, memory, GPU."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.add_column("workers", sa.Column("usage", sa.JSON(), nullable=True))
