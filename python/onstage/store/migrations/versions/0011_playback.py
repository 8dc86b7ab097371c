"""Playback tokens, what takes them back, and how many play."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.create_table(
        "playback_tokens",
        sa.Column("id", sa.String(length=40), nullable=False),
        sa.Column("project_id", sa.String(length=40), nullable=False),
        sa.Column("room_id", sa.String(length=40), nullable=False),
        sa.Column("label", sa.String(length=200), nullable=True),
        sa.Column("identity", sa.String(length=200), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_playback_tokens_project_id")),
        sa.ForeignKeyConstraint(["room_id"], ["rooms.id"], name=op.f("fk_playback_tokens_room_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_playback_tokens")),
    )
    op.create_index("ix_playback_tokens_newest", "playback_tokens", ["room_id", "created_at", "id"])
    op.create_index(op.f("ix_playback_tokens_expires_at"), "playback_tokens", ["expires_at"])
    op.create_table(
        "playback_revocations",
        sa.Column("room_id", sa.String(length=40), nullable=False),
        sa.Column("identity", sa.String(length=200), nullable=False),
        sa.Column("issued_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("forget_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["room_id"], ["rooms.id"], name=op.f("fk_playback_revocations_room_id")),
        sa.PrimaryKeyConstraint("room_id", "identity", name=op.f("pk_playback_revocations")),
    )
    op.create_index(op.f("ix_playback_revocations_forget_at"), "playback_revocations", ["forget_at"])
    op.create_table(
        "playback_counts",
        sa.Column("broadcast_id", sa.String(length=40), nullable=False),
        sa.Column("viewers", sa.Integer(), nullable=False),
        sa.Column("peak", sa.Integer(), nullable=False),
        sa.Column("counted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["broadcast_id"], ["broadcasts.id"], name=op.f("fk_playback_counts_broadcast_id")),
        sa.PrimaryKeyConstraint("broadcast_id", name=op.f("pk_playback_counts")),
    )
