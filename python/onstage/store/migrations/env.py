"""Alembic's entry: runs the revisions on the database whose URL the caller set."""

import asyncio
from typing import Any

from alembic import context
from sqlalchemy import Connection, event, text
from sqlalchemy.ext.asyncio import create_async_engine

from onstage.store.tables import metadata

_LOCK = 0x0157A6E
"""Who else migrates this PostgreSQL database waits for the same number."""

# Order and cursors rest on the order of bytes, which is SQLite's; a PostgreSQL database may have any.
_OTHER_COLLATIONS = text(
    "SELECT format('ALTER TABLE %I ALTER COLUMN %I TYPE %s COLLATE \"C\"',"
    " t.relname, c.attname, format_type(c.atttypid, c.atttypmod))"
    " FROM pg_attribute c JOIN pg_class t ON t.oid = c.attrelid"
    " WHERE t.relnamespace = current_schema()::regnamespace AND t.relkind = 'r' AND c.attnum > 0"
    " AND NOT c.attisdropped AND c.attcollation NOT IN (0, (SELECT oid FROM pg_collation WHERE collname = 'C'))"
    " ORDER BY t.relname, c.attnum"
)


def _run(connection: Connection) -> None:
    is_postgres = connection.dialect.name == "postgresql"
    if is_postgres:
        connection.execute(text(f"SELECT pg_advisory_xact_lock({_LOCK})"))
    context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
    with context.begin_transaction():
        context.run_migrations()
    if is_postgres:
        for statement in connection.execute(_OTHER_COLLATIONS).scalars().all():
            connection.execute(text(statement))


async def _migrate() -> None:
    engine = create_async_engine(context.config.get_main_option("sqlalchemy.url") or "")
    if engine.dialect.name == "sqlite":
        _hold_from_the_beginning(engine.sync_engine)
    async with engine.begin() as connection:
        await connection.run_sync(_run)
    await engine.dispose()


def _hold_from_the_beginning(engine: Any) -> None:
    """Python's sqlite3 begins a transaction only before the first write of rows: tables would be made outside."""

    @event.listens_for(engine, "connect")
    def on_connect(connection: Any, _entry: Any) -> None:
        connection.isolation_level = None

    @event.listens_for(engine, "begin")
    def on_begin(connection: Any) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


asyncio.run(_migrate())
