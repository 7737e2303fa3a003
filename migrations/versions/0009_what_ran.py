"""What ran a stage, and the accuracy of always saying the most frequent class."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.add_column("stages", sa.Column("ran", sa.JSON(), nullable=True))
    op.add_column("results", sa.Column("majority", sa.Double(), nullable=True))
