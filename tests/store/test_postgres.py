"""What only PostgreSQL does: other rules of order, many writers, and a server that is stopped under us."""

import asyncio
import traceback
from dataclasses import replace
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, make_url, text
from sqlalchemy.exc import DBAPIError

from onstage.actions.emit import emit
from onstage.actions.rooms import RoomChange, update_room
from onstage.errors import ErrorCode, OnstageError
from onstage.events import RoomUpdated
from onstage.model.ids import RoomId
from onstage.model.views import RoomView
from onstage.store import postgres as driver
from onstage.store import rooms
from onstage.store.database import Database, Tx
from onstage.store.tables import metadata
from tests.store.locks import waits_for_a_lock
from tests.store.starting import migrated_by_two
from tests.support.house import House
from tests.support.postgres import PostgresServer
from tests.support.waiting import until


async def test_migrations_make_exactly_the_tables(postgres_house: House) -> None:
    def differences(connection: Connection) -> list[object]:
        # Defaults are compared on SQLite: PostgreSQL can't compare JSON.
        return list(compare_metadata(MigrationContext.configure(connection), metadata))

    async with postgres_house.ctx.database.read() as tx:
        assert await tx.connection.run_sync(differences) == []


async def test_two_that_start_at_once_migrate_once(postgres: PostgresServer) -> None:
    postgres.sql("CREATE DATABASE made_by_two")
    await migrated_by_two(postgres.url("made_by_two"))
    postgres.sql("DROP DATABASE made_by_two")


async def test_every_text_is_in_the_order_of_its_bytes(postgres_house: House) -> None:
    """As SQLite has it, whatever the database's own rules are: cursors rest on it."""
    async with postgres_house.ctx.database.read() as tx:
        ours = text("SELECT DISTINCT collation_name FROM information_schema.columns WHERE table_schema = 'public'")
        assert set((await tx.connection.execute(ours)).scalars()) == {None, "C"}
        theirs = await tx.connection.execute(text("SELECT 'b' < 'B'"))
        assert theirs.scalar_one(), "the tests' database should differ from SQLite"


@pytest.mark.parametrize(
    ("given", "opened"),
    [
        ("postgres://app@db/onstage", "postgresql+asyncpg://app@db/onstage"),
        ("postgresql://app@db/onstage?sslmode=require", "postgresql+asyncpg://app@db/onstage?ssl=require"),
        ("postgresql+asyncpg://app@db/onstage", "postgresql+asyncpg://app@db/onstage"),
    ],
)
def test_urls_are_taken_as_people_write_them(given: str, opened: str) -> None:
    assert str(driver.with_driver(make_url(given))) == opened


async def test_a_second_writer_of_a_room_waits_for_the_first(postgres_house: House) -> None:
    ctx = postgres_house.ctx
    async with ctx.database.begin() as tx:
        assert await rooms.lock_id(tx, postgres_house.room.id) is not None
        second = asyncio.ensure_future(update_room(ctx, postgres_house.server, "show", RoomChange(title="Second")))
        await until(lambda: waits_for_a_lock(tx), what="the second writer to wait")
        await emit_update(postgres_house, tx, title="First")
    await second
    titles = [event.data["room"]["title"] for event in await postgres_house.events(behind=1)]
    assert titles == ["First", "Second"]


async def emit_update(house: House, tx: Tx, *, title: str) -> None:
    room = await rooms.get(tx, house.room.id)
    assert room is not None
    await emit(house.ctx, tx, room, RoomUpdated(room=RoomView.of(room).model_copy(update={"title": title})))


async def test_writers_of_different_rooms_do_not_wait_for_each_other(postgres_house: House) -> None:
    ctx = postgres_house.ctx
    other = await postgres_house.another_room("other")
    async with ctx.database.begin() as tx:
        await rooms.lock_id(tx, other.id)
        await update_room(ctx, postgres_house.server, "show", RoomChange(title="Meanwhile"))
    assert (await postgres_house.names())[-1] == "room.updated"


async def test_two_who_wait_for_each_other_are_told_apart(postgres_house: House) -> None:
    """One goes on, the other is told to try again, and nothing of what it did is kept."""
    other = await postgres_house.another_room("other")
    both_hold = asyncio.Barrier(2)

    async def hold_both(first: str, second: str) -> None:
        async with postgres_house.ctx.database.begin() as tx:
            room = await rooms.lock_id(tx, first)
            assert room is not None
            await emit(postgres_house.ctx, tx, room, RoomUpdated(room=RoomView.of(room)))
            await both_hold.wait()
            await rooms.lock_id(tx, second)

    ids = postgres_house.room.id, other.id
    done = await asyncio.gather(hold_both(*ids), hold_both(*reversed(ids)), return_exceptions=True)
    [refused] = [one for one in done if one is not None]
    assert isinstance(refused, OnstageError)
    assert refused.code is ErrorCode.STORE_UNAVAILABLE
    async with postgres_house.ctx.database.read() as tx:
        events = await tx.connection.execute(text("SELECT count(*) FROM events WHERE name = 'room.updated'"))
        assert events.scalar_one() == 1


async def test_a_database_that_goes_away_in_a_transaction_keeps_nothing_of_it(postgres_house: House) -> None:
    async def change_and_lose() -> None:
        async with postgres_house.ctx.database.begin() as tx:
            room = await rooms.lock(tx, postgres_house.project.id, postgres_house.room.id)
            assert room is not None
            await emit(postgres_house.ctx, tx, room, RoomUpdated(room=RoomView.of(room)))
            async with postgres_house.store.away(postgres_house.ctx.database):
                await rooms.get(tx, room.id)

    with pytest.raises(OnstageError) as caught:
        await change_and_lose()
    assert caught.value.code is ErrorCode.STORE_UNAVAILABLE
    assert await postgres_house.names() == ["room.created"]


async def test_an_error_of_the_driver_quotes_no_argument(postgres_house: House) -> None:
    words = "private words"

    async def ask() -> None:
        async with postgres_house.ctx.database.read() as tx:
            await tx.connection.execute(text("SELECT CAST(:words AS integer)"), {"words": words})

    with pytest.raises(DBAPIError, match=r"query argument \$1") as caught:
        await ask()
    assert words not in "".join(traceback.format_exception(caught.value))


async def test_a_row_that_breaks_a_rule_is_not_quoted(postgres_house: House) -> None:
    no_name: Any = None
    nameless = replace(postgres_house.room, id=RoomId("rm_other"), name=no_name)

    async def add() -> None:
        async with postgres_house.ctx.database.begin() as tx:
            await rooms.add(tx, nameless)

    with pytest.raises(DBAPIError, match="not-null") as caught:
        await add()
    assert "rm_other" not in str(caught.value)


async def test_a_server_stopped_and_back_is_used_again(other_postgres: PostgresServer) -> None:
    database = Database(other_postgres.url())
    await database.migrate()

    async def ask() -> int:
        async with database.begin() as tx:
            return int((await tx.connection.execute(text("SELECT count(*) FROM rooms"))).scalar_one())

    for end, is_back in ((other_postgres.stop, True), (other_postgres.kill, True)):
        assert await ask() == 0
        end()
        with pytest.raises(OnstageError) as caught:
            await ask()
        assert caught.value.code is ErrorCode.STORE_UNAVAILABLE
        other_postgres.start()
        assert await ask() == 0, is_back
    await database.close()


async def test_who_gets_no_connection_in_time_is_refused(
    postgres_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(driver, "POOL_TIMEOUT_S", 0.05)
    database = Database(postgres_house.ctx.database.url, pool_size=1)
    async with database.read():
        with pytest.raises(OnstageError) as caught:
            async with database.read():
                pass
    assert caught.value.code is ErrorCode.STORE_UNAVAILABLE
    await database.close()
