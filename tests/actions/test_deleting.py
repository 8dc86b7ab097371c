"""Rooms that are taken away: at once for everybody, and not for history."""

import asyncio

from sqlalchemy import func, select

from onstage.actions import bans, moderation, presence
from onstage.actions.access import ServerCaller
from onstage.actions.broadcast_life import report_status
from onstage.actions.broadcasts import NewBroadcast, start_broadcast
from onstage.actions.codes import NewCode, create_code, find_code
from onstage.actions.making import NewRoom
from onstage.actions.moderation import BanRequest
from onstage.actions.projects import create_project
from onstage.actions.reading import read_room, read_rooms
from onstage.actions.rooms import LAST_WORDS_FOR, create_room, delete_room, forget_webhooks_of_deleted
from onstage.actions.webhooks import NewEndpoint, create_endpoint, read_endpoint
from onstage.errors import ErrorCode, OnstageError
from onstage.model.records import BroadcastStatus
from onstage.model.template import INTERACTIVE_LIVE_STREAM
from onstage.store import broadcasts, tables
from tests.support.house import House
from tests.support.refusals import refused


async def delete(house: House, *, end: bool = False) -> None:
    await delete_room(house.ctx, house.server, "show", end=end)


async def rows(house: House, table: str) -> int:
    query = select(func.count()).select_from(tables.metadata.tables[table])
    async with house.ctx.database.read() as tx:
        return int((await tx.connection.execute(query)).scalar_one())


async def test_a_deleted_room_is_nowhere_and_its_name_is_free(house: House) -> None:
    await delete(house)
    assert await refused(read_room(house.ctx, house.server, "show")) is ErrorCode.ROOM_NOT_FOUND
    assert await refused(read_room(house.ctx, house.server, house.room.id)) is ErrorCode.ROOM_NOT_FOUND
    assert await refused(delete(house)) is ErrorCode.ROOM_NOT_FOUND
    assert await read_rooms(house.ctx, house.server, after=None, limit=5) == []
    again = await create_room(house.ctx, house.server, NewRoom("show", "", INTERACTIVE_LIVE_STREAM.name))
    assert (await read_room(house.ctx, house.server, "show")).room.id == again.id != house.room.id


async def test_a_deleted_room_is_told_by_the_name_it_had(house: House) -> None:
    behind = await house.seq()
    await delete(house)
    [event] = await house.events(behind=behind)
    assert (event.name, event.data["room"]["name"]) == ("room.deleted", "show")


async def test_a_room_with_people_is_deleted_only_with_its_session(house: House) -> None:
    anna = await house.join("anna", "host")
    assert await refused(delete(house)) is ErrorCode.ROOM_IN_USE
    assert await house.is_here(anna)
    behind = await house.seq()
    await delete(house, end=True)
    assert await house.names(behind=behind) == ["room.ended", "session.ended", "room.deleted"]
    assert not await house.is_here(anna)


async def test_tokens_and_codes_of_a_deleted_room_open_nothing(house: House) -> None:
    token = await house.token("anna", "host")
    code, _ = await create_code(house.ctx, house.server, "show", NewCode("viewer"))
    await delete(house)
    assert await refused(presence.join(house.ctx, token)) is ErrorCode.ROOM_NOT_FOUND
    async with house.ctx.database.read() as tx:
        assert await refused(find_code(house.ctx, tx, code.code)) is ErrorCode.ROOM_CODE_NOT_FOUND
    await create_room(house.ctx, house.server, NewRoom("show", "", INTERACTIVE_LIVE_STREAM.name))
    assert await refused(presence.join(house.ctx, token)) is ErrorCode.ROOM_NOT_FOUND
    assert await rows(house, "room_codes") == 0


async def test_bans_go_with_the_room(house: House) -> None:
    await house.join("anna", "host")
    await house.join("vic", "viewer")
    await moderation.ban(house.ctx, house.server, "show", "vic", BanRequest())
    assert len(await bans.read_bans(house.ctx, house.server, "show", after=None, limit=5)) == 1
    await delete(house, end=True)
    assert await rows(house, "bans") == 0


async def test_a_show_in_an_empty_room_is_stopped_and_its_end_is_still_written(house: House) -> None:
    show = await start_broadcast(house.ctx, house.server, "show", NewBroadcast())
    await delete(house)
    async with house.ctx.database.read() as tx:
        kept = await broadcasts.get(tx, show.id)
    assert kept is not None
    assert kept.status is BroadcastStatus.STOPPING
    await report_status(house.ctx, show.id, BroadcastStatus.ENDED)
    assert (await house.names())[-1] == "broadcast.ended"


async def test_of_two_who_delete_one_does(house: House) -> None:
    outcomes = await asyncio.gather(delete(house), delete(house), return_exceptions=True)
    [refusal] = [one for one in outcomes if isinstance(one, OnstageError)]
    assert refusal.code is ErrorCode.ROOM_NOT_FOUND
    assert (await house.names()).count("room.deleted") == 1


async def test_only_the_projects_server_deletes(house: House) -> None:
    anna = await house.join("anna", "host")
    asked = delete_room(house.ctx, house.caller(anna), "show", end=True)
    assert await refused(asked) is ErrorCode.PERMISSION_DENIED
    stranger, _ = await create_project(house.ctx, "stranger")
    asked = delete_room(house.ctx, ServerCaller(stranger.id), house.room.id, end=True)
    assert await refused(asked) is ErrorCode.ROOM_NOT_FOUND


async def test_webhooks_of_the_room_hear_of_its_end_and_go_a_day_later(house: House) -> None:
    endpoint, _ = await create_endpoint(house.ctx, house.server, "show", NewEndpoint("https://93.184.215.14/hooks"))
    kept, _ = await create_endpoint(house.ctx, house.server, None, NewEndpoint("https://93.184.215.14/hooks"))
    await delete(house)
    await house.clock.advance(LAST_WORDS_FOR.total_seconds() - 1)
    await forget_webhooks_of_deleted(house.ctx)
    assert (await read_endpoint(house.ctx, house.server, endpoint.id)).is_enabled
    assert await rows(house, "webhook_deliveries") == 2  # of room.deleted, to both
    await house.clock.advance(1)
    await forget_webhooks_of_deleted(house.ctx)
    asked = read_endpoint(house.ctx, house.server, endpoint.id)
    assert await refused(asked) is ErrorCode.WEBHOOK_NOT_FOUND
    assert await rows(house, "webhook_deliveries") == 1
    assert (await read_endpoint(house.ctx, house.server, kept.id)).is_enabled
