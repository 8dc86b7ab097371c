"""Shows mark what happens in them."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    with op.batch_alter_table("broadcasts") as batch_op:
        batch_op.add_column(sa.Column("marks", sa.JSON(), server_default="[]", nullable=False))
    with op.batch_alter_table("timed_metadata") as batch_op:
        batch_op.add_column(sa.Column("mark", sa.String(length=20), nullable=True))
