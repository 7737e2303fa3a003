"""The highest attempt number of any removed stage, from which the attempts of new ones count."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    op.add_column("identity", sa.Column("removed_attempt", sa.Integer(), server_default="0", nullable=False))
