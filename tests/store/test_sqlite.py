"""What only SQLite does: a file, one writer, and another process that may hold it."""

import asyncio
import sqlite3
import time
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, make_url

from onstage.actions.rooms import RoomChange, update_room
from onstage.errors import ErrorCode, OnstageError
from onstage.store import sqlite as driver
from onstage.store.database import Database
from onstage.store.tables import metadata
from tests.store.starting import migrated_by_two
from tests.support.house import House
from tests.support.refusals import refused
from tests.support.stores import SqliteStore
from tests.support.waiting import DEADLINE_S


def test_migrations_make_exactly_the_tables(sqlite: SqliteStore) -> None:
    engine = create_engine(f"sqlite:///{sqlite.template}")
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []
    engine.dispose()


def test_migrations_make_the_same_constraints_and_indexes(sqlite: SqliteStore, tmp_path: Path) -> None:
    def constraints(path: Path) -> set[str]:
        with sqlite3.connect(path) as connection:
            rows = connection.execute("SELECT name, tbl_name, sql FROM sqlite_master WHERE type = 'index'").fetchall()
        connection.close()
        return {f"{table}: {sql or name}" for name, table, sql in rows if table != "alembic_version"}

    direct = tmp_path / "direct.db"
    engine = create_engine(f"sqlite:///{direct}")
    metadata.create_all(engine)
    engine.dispose()
    assert constraints(sqlite.template) == constraints(direct)


async def test_two_that_start_at_once_migrate_once(tmp_path: Path) -> None:
    await migrated_by_two(f"sqlite+aiosqlite:///{tmp_path / 'new.db'}")


async def test_a_database_locked_by_another_process_is_said_to_be_unavailable(sqlite_house: House) -> None:
    ctx = sqlite_house.ctx
    # What BEGIN IMMEDIATE waits for is set by the connection, so the test need not.
    async with ctx.database.read() as tx:
        await tx.connection.exec_driver_sql("PRAGMA busy_timeout = 0")
    other = sqlite3.connect(str(make_url(ctx.database.url).database), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(OnstageError) as caught:
        await update_room(ctx, sqlite_house.server, "show", RoomChange(title="Another"))
    assert caught.value.code is ErrorCode.STORE_UNAVAILABLE
    other.execute("ROLLBACK")
    other.close()
    assert await sqlite_house.names() == ["room.created"]
    await update_room(ctx, sqlite_house.server, "show", RoomChange(title="Another"))


async def test_writers_do_not_wait_for_each_other_for_ever(
    sqlite_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One hangs; of those behind it each is refused, and not one after the other."""
    ctx = sqlite_house.ctx
    monkeypatch.setattr(driver, "WRITER_TIMEOUT_S", 0.2)
    async with asyncio.timeout(DEADLINE_S), ctx.database.begin():
        changes = [update_room(ctx, sqlite_house.server, "show", RoomChange(title=f"title {n}")) for n in range(100)]
        assert {await refused(change) for change in changes[:2]} == {ErrorCode.STORE_UNAVAILABLE}
        since_s = time.monotonic()
        done = await asyncio.gather(*(refused(change) for change in changes[2:]))
        assert set(done) == {ErrorCode.STORE_UNAVAILABLE}
        assert time.monotonic() - since_s < len(done) * driver.WRITER_TIMEOUT_S / 2
    await update_room(ctx, sqlite_house.server, "show", RoomChange(title="Another"))
    assert await sqlite_house.names() == ["room.created", "room.updated"]


async def test_a_database_that_cannot_be_opened_is_said_to_be_unavailable(tmp_path: Path) -> None:
    database = Database(f"sqlite+aiosqlite:///{tmp_path / 'no' / 'such' / 'folder.db'}")
    with pytest.raises(OnstageError) as caught:
        async with database.read():
            pass
    assert caught.value.code is ErrorCode.STORE_UNAVAILABLE
    await database.close()
