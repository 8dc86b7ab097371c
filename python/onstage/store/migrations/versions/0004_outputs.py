"""A broadcast keeps its outputs."""

from datetime import UTC

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_STATUS = {"starting": "connecting", "live": "live", "stopping": "live", "ended": "ended", "failed": "failed"}


def upgrade() -> None:
    with op.batch_alter_table("broadcasts") as batch_op:
        batch_op.add_column(sa.Column("outputs", sa.JSON(), server_default="[]", nullable=False))
    _write_hls()


def _write_hls() -> None:
    """Every broadcast was made as HLS; the output's id is the broadcast's own with another prefix."""
    moments = [sa.column(name, sa.DateTime(timezone=True)) for name in ("ended_at", "live_at", "started_at")]
    table = sa.table("broadcasts", sa.column("id"), sa.column("status"), *moments, sa.column("outputs", sa.JSON))
    connection = op.get_bind()
    for broadcast_id, status, since in connection.execute(
        sa.select(table.c.id, table.c.status, sa.func.coalesce(*moments))
    ).all():
        hls = {
            "id": "out_" + broadcast_id.removeprefix("bc_"),
            "type": "hls",
            "status": _STATUS[status],
            "since": since.replace(tzinfo=UTC).isoformat(),
            "reason": None,
            "url": None,
            "sealed": None,
            "recording_id": None,
        }
        connection.execute(table.update().where(table.c.id == broadcast_id).values(outputs=[hls]))
