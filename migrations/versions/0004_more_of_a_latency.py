"""Which engines a latency was measured with, the best dense one among them, and whether the run was disturbed."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_COLUMNS = {
    "dtype": sa.String(16),
    "engine_version": sa.String(64),
    "dense_engine": sa.String(64),
    "dense_version": sa.String(64),
    "null_ratio": sa.Double(),
    "null_low": sa.Double(),
    "null_high": sa.Double(),
    "load": sa.Double(),
    "busy": sa.Double(),
    "engines": sa.JSON(),
}


def upgrade() -> None:
    for name, kind in _COLUMNS.items():
        op.add_column("latencies", sa.Column(name, kind, nullable=True))
