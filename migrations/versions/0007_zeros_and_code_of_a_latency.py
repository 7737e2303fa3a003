"""What zeros alone bring, which code ran, and how sure a latency is."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

_NUMBERS = ("p", "autocorrelation", "zeros_ms", "zeros_ratio", "zeros_low", "zeros_high", "zeros_p")


def upgrade() -> None:
    op.add_column("latencies", sa.Column("code", sa.String(32), nullable=True))
    for name in _NUMBERS:
        op.add_column("latencies", sa.Column(name, sa.Double(), nullable=True))
