"""A broadcast's layout is an object, and its canvas has a shape."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    with op.batch_alter_table("broadcasts") as batch_op:
        batch_op.add_column(sa.Column("canvas", sa.String(length=10), server_default="16:9", nullable=False))
        batch_op.add_column(sa.Column("arrangement", sa.JSON(), nullable=True))
    _write_objects()
    with op.batch_alter_table("broadcasts") as batch_op:
        batch_op.drop_column("layout")
        batch_op.alter_column("arrangement", new_column_name="layout", existing_type=sa.JSON(), nullable=False)


def _write_objects() -> None:
    """`grid` becomes `{"name": "grid"}`; what was called spotlight has a strip of the others, and is the sidebar."""
    table = sa.table("broadcasts", sa.column("id"), sa.column("layout"), sa.column("arrangement", sa.JSON))
    connection = op.get_bind()
    for broadcast_id, name in connection.execute(sa.select(table.c.id, table.c.layout)).all():
        written = {"name": "sidebar" if name == "spotlight" else name}
        connection.execute(table.update().where(table.c.id == broadcast_id).values(arrangement=written))
