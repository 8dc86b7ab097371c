"""What apps put on a show's timeline: timed metadata and captions."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    with op.batch_alter_table("broadcasts") as batch_op:
        batch_op.add_column(sa.Column("captions", sa.JSON(), server_default="[]", nullable=False))
    op.create_table(
        "timed_metadata",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("broadcast_id", sa.String(length=40), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("duration_s", sa.Float(), nullable=False),
        sa.Column("payload", sa.Text(), nullable=False),
        sa.Column("shape", sa.String(length=20), nullable=False),
        sa.ForeignKeyConstraint(["broadcast_id"], ["broadcasts.id"], name=op.f("fk_timed_metadata_broadcast_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_timed_metadata")),
    )
    op.create_index("ix_timed_metadata_broadcast", "timed_metadata", ["broadcast_id", "at"])
    op.create_table(
        "captions",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("broadcast_id", sa.String(length=40), nullable=False),
        sa.Column("language", sa.String(length=50), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["broadcast_id"], ["broadcasts.id"], name=op.f("fk_captions_broadcast_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_captions")),
    )
    op.create_index("ix_captions_broadcast", "captions", ["broadcast_id", "starts_at"])
