"""Broadcasts last no longer than they may, and say why they ended by a word."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

_WORDS = ("stopped", "stage_empty", "room_ended", "room_deleted", "server_lost")
_TEXTS = {
    "no part within 15 s": "no_first_part",
    "the engine could not be reached": "engine_unreachable",
    "the engine's connection was lost": "engine_unreachable",
    "no part within 5 s": "composer_silent",
    "what was stored of it can't be read": "storage_unreadable",
}


def upgrade() -> None:
    with op.batch_alter_table("broadcasts") as batch_op:
        batch_op.add_column(sa.Column("max_duration_s", sa.Integer(), nullable=True))
        batch_op.create_index("ix_broadcasts_over", ["room_id", "ended_at"])
    _write_words()


def _write_words() -> None:
    """Texts that were made for people become the words they stand for; of others it is only known who said them."""
    table = sa.table("broadcasts", sa.column("reason", sa.String))
    connection = op.get_bind()
    for text, word in _TEXTS.items():
        connection.execute(table.update().where(table.c.reason == text).values(reason=word))
    known = [*_WORDS, *_TEXTS.values()]
    taken = sa.and_(table.c.reason.like("the server could not take the media%"), table.c.reason.not_in(known))
    connection.execute(table.update().where(taken).values(reason="media_not_kept"))
    others = table.c.reason.not_in([*known, "media_not_kept"])
    connection.execute(table.update().where(others).values(reason="composer_died"))
