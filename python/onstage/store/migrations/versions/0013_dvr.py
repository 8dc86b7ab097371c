"""Viewers can go back in a running broadcast."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    with op.batch_alter_table("broadcasts") as batch_op:
        batch_op.add_column(sa.Column("dvr_window_s", sa.Integer(), server_default="0", nullable=False))
