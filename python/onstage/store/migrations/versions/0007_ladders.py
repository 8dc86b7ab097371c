"""A broadcast keeps the ladder and the encoder it is made with, and may have a ladder of its own."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"

# The one rung that each preset was: lines, width on 16:9, bits a second of the pictures and of the sound.
_PRESETS = {
    "low": (360, 640, 800_000, 96_000),
    "medium": (480, 848, 1_400_000, 128_000),
    "high": (720, 1280, 2_500_000, 128_000),
    "ultra": (1080, 1920, 4_500_000, 160_000),
}


def upgrade() -> None:
    with op.batch_alter_table("broadcasts") as batch_op:
        batch_op.add_column(sa.Column("encoder", sa.String(length=20), server_default="libx264", nullable=False))
        batch_op.add_column(sa.Column("ladder", sa.JSON(), nullable=True))
        batch_op.alter_column("quality", existing_type=sa.String(length=20), nullable=True)
    _write_ladders()
    with op.batch_alter_table("broadcasts") as batch_op:
        batch_op.alter_column("ladder", existing_type=sa.JSON(), nullable=False)


def _write_ladders() -> None:
    """What is on air goes on as it was."""
    table = sa.table(
        "broadcasts", sa.column("id"), sa.column("quality"), sa.column("canvas"), sa.column("ladder", sa.JSON)
    )
    connection = op.get_bind()
    for broadcast_id, quality, canvas in connection.execute(
        sa.select(table.c.id, table.c.quality, table.c.canvas)
    ).all():
        ladder = _ladder(quality, canvas)
        connection.execute(table.update().where(table.c.id == broadcast_id).values(ladder=ladder))


def _ladder(quality: str, canvas: str) -> dict[str, Any]:
    lines, width, video_bps, audio_bps = _PRESETS[quality]
    size = {"16:9": (width, lines), "9:16": (lines, width), "1:1": (lines, lines)}[canvas]
    bps = video_bps * lines // width if canvas == "1:1" else video_bps
    rung = {"name": f"{lines}p", "width": size[0], "height": size[1], "video_bps": bps}
    return {"rungs": [rung], "audio_bps": audio_bps}
