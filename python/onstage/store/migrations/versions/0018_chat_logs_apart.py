"""A URL of one chat log opens no other: each has a folder of its own, and is made again into it."""

from alembic import op

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    op.execute(
        "UPDATE assets SET name = kind || substr(name, 5), status = 'preparing', reason = NULL, size_bytes = NULL,"
        " ready_at = NULL, revision = revision + 1 WHERE name LIKE 'chat/chat.%'"
    )
