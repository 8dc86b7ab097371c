"""Removing people, ending rooms, sending data; and our own participants, whom nobody sees."""

from functools import partial

import pytest

from onstage.media.engine import EngineJoined, EngineLeft, EngineRoomFinished, service_grant
from onstage.model.role import Level
from tests.engine.clients import Client
from tests.engine.conftest import Hall
from tests.support.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="package")
both = pytest.mark.parametrize("kind", ["python", "browser"])


@both
async def test_somebody_removed_is_told_and_gone(hall: Hall, kind: str) -> None:
    ana = await hall.client(kind, "ana")
    await hall.event(EngineJoined)
    await hall.engine.remove(hall.room, "ana")
    await ana.sees("disconnected", detail="participant_removed")
    await hall.event(EngineLeft)
    assert await hall.engine.list_participants(hall.room) == []
    await hall.engine.remove(hall.room, "ana")


@both
async def test_ending_the_room_sends_everybody_away(hall: Hall, kind: str) -> None:
    ana = await hall.client(kind, "ana")
    seat = await hall.client("python", "seat", Level.AUDIENCE)
    await hall.joined("seat")
    await hall.engine.watch(hall.room)
    await hall.engine.end_room(hall.room)
    for client in (ana, seat):
        await client.sees("disconnected", detail="room_deleted")
    await hall.event(EngineRoomFinished)
    assert {one.identity for one in hall.events if isinstance(one, EngineLeft)} == {"ana", "seat"}
    assert isinstance(hall.events[-1], EngineRoomFinished)
    await hall.engine.end_room(hall.room)


@both
async def test_data_reaches_those_it_is_for(hall: Hall, kind: str) -> None:
    ana = await hall.client(kind, "ana")
    seat = await hall.client("python", "seat", Level.AUDIENCE)
    for client in (ana, seat):
        await until(partial(hears, hall, client), what=f"{client.identity}'s data channel")
    await hall.engine.send_data(hall.room, b"for nobody", topic="note", identities=[])
    await hall.engine.send_data(hall.room, b"for ana", topic="note", identities=["ana"])
    await hall.engine.send_data(hall.room, b"for all", topic="note")
    for client in (ana, seat):
        await client.sees("data", detail="note:for all")
    assert [one for one in notes(ana) if one != "note:hello"] == ["note:for ana", "note:for all"]
    assert [one for one in notes(seat) if one != "note:hello"] == ["note:for all"]


def notes(client: Client) -> list[str]:
    return [one.detail for one in client.log.seen if one.kind == "data"]


async def hears(hall: Hall, client: Client) -> bool:
    """Say hello, and whether one has come through: the data channel opens a moment after the join."""
    await hall.engine.send_data(hall.room, b"hello", topic="note", identities=[client.identity])
    return bool(notes(client))


async def test_our_own_participants_are_in_no_list_and_no_event(hall: Hall) -> None:
    await hall.engine.watch(hall.room)
    ours = await hall.open_client("python", "composer")
    await ours.join(hall.ws_url, hall.engine.access_token(service_grant(hall.room, "composer")))
    ana = await hall.client("python", "ana")
    await ana.publish("camera")
    await ours.sees("frame", "ana")
    await ours.leave()
    await hall.engine.unwatch(hall.room)
    await ana.leave()
    await hall.event(EngineLeft)
    assert {getattr(one, "identity", "ana") for one in hall.events} == {"ana"}
    assert await hall.engine.list_participants(hall.room) == []
    assert await ana.people() == []
