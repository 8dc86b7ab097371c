"""People on stage may be left out of the show, by everybody or by one show."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    with op.batch_alter_table("participants") as batch_op:
        batch_op.add_column(sa.Column("is_backstage", sa.Boolean(), server_default=sa.false(), nullable=False))
    with op.batch_alter_table("broadcasts") as batch_op:
        batch_op.add_column(sa.Column("mix", sa.JSON(), server_default="{}", nullable=False))
