"""In which order stages run, and how far what runs has got within its phase."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.add_column("sweeps", sa.Column("throughput", sa.Boolean(), server_default=sa.false(), nullable=False))
    op.add_column("stages", sa.Column("rank", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("stages", sa.Column("doing", sa.JSON(none_as_null=True)))
