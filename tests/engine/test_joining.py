"""Who gets in, and what the engine tells of it."""

import asyncio

import pytest
from livekit.api import AccessToken, VideoGrants

from onstage.errors import ErrorCode, OnstageError
from onstage.media.engine import EngineJoined, EngineLeft
from onstage.model.role import Level
from tests.engine.clients import JoinRefusedError
from tests.engine.conftest import Hall

pytestmark = pytest.mark.asyncio(loop_scope="package")
both = pytest.mark.parametrize("kind", ["python", "browser"])


@both
async def test_somebody_with_a_token_joins_and_leaves(hall: Hall, kind: str) -> None:
    ana = await hall.client(kind, "ana")
    joined = await hall.event(EngineJoined)
    assert joined.participant.identity == "ana"
    assert joined.participant.name == "Ana"
    assert joined.participant.level is Level.STAGE
    assert joined.participant.role == "guest"
    assert [one.identity for one in await hall.engine.list_participants(hall.room)] == ["ana"]
    await ana.leave()
    left = await hall.event(EngineLeft)
    assert left.connection_id == joined.participant.connection_id
    assert [type(one) for one in hall.events] == [EngineJoined, EngineLeft]


@both
async def test_people_on_stage_see_each_other_and_not_the_audience(hall: Hall, kind: str) -> None:
    ana = await hall.client(kind, "ana")
    await hall.client("python", "seat", Level.AUDIENCE)
    ben = await hall.client("python", "ben")
    await ben.publish("microphone")
    await ana.sees("published", "ben", "microphone")
    for name in ("ana", "seat", "ben"):
        await hall.joined(name)
    assert await ana.people() == ["ben"]
    assert [one.identity for one in await hall.engine.list_participants(hall.room)] == ["ana", "seat", "ben"]
    seat = await hall.joined("seat")
    assert seat.is_hidden
    assert seat.level is Level.AUDIENCE


@both
async def test_the_same_identity_joining_again_replaces_the_older_connection(hall: Hall, kind: str) -> None:
    older = await hall.client(kind, "ana")
    first = await hall.event(EngineJoined)
    newer = await hall.client(kind, "ana")
    await older.sees("disconnected", detail="duplicate_identity")
    again = await hall.event(EngineJoined, lambda one: one.participant.connection_id != first.participant.connection_id)
    assert not newer.has_seen("disconnected")
    await newer.leave()
    left = await hall.event(EngineLeft, lambda one: one.reason != "duplicate_identity")
    assert left.connection_id == again.participant.connection_id
    assert [type(one) for one in hall.events] == [EngineJoined, EngineLeft, EngineJoined, EngineLeft]


@both
async def test_an_expired_token_is_refused(hall: Hall, kind: str) -> None:
    client = await hall.open_client(kind, "late")
    with pytest.raises(JoinRefusedError):
        await client.join(hall.ws_url, hall.engine.access_token(hall.grant("late", ttl_s=-120)))


@both
async def test_a_token_that_somebody_else_signed_is_refused(hall: Hall, kind: str) -> None:
    grants = VideoGrants(room_join=True, room=hall.room)
    forged = AccessToken("someone", "x" * 48).with_identity("eve").with_grants(grants).to_jwt()
    client = await hall.open_client(kind, "eve")
    with pytest.raises(JoinRefusedError):
        await client.join(hall.ws_url, forged)


async def test_a_token_opens_its_own_room_only(hall: Hall) -> None:
    ana = await hall.client("python", "ana")
    other = f"{hall.room}_other"
    stranger = await hall.client("python", "stranger", room=other)
    await hall.joined("ana")
    assert await ana.people() == []
    assert await stranger.people() == []
    assert [one.identity for one in await hall.engine.list_participants(hall.room)] == ["ana"]
    await hall.engine.end_room(other)
    await stranger.sees("disconnected", detail="room_deleted")
    assert not ana.has_seen("disconnected")


async def test_steering_in_the_wrong_room_touches_nobody(hall: Hall) -> None:
    ana = await hall.client("python", "ana")
    await hall.event(EngineJoined)
    other = f"{hall.room}_other"
    await hall.engine.remove(other, "ana")
    with pytest.raises(OnstageError) as caught:
        await hall.engine.update_permission(hall.grant("ana", Level.AUDIENCE, room=other))
    assert caught.value.code is ErrorCode.PARTICIPANT_NOT_FOUND
    assert await hall.engine.list_participants(other) == []
    assert [one.identity for one in await hall.engine.list_participants(hall.room)] == ["ana"]
    assert not ana.has_seen("disconnected")


async def test_many_joining_at_once_are_each_told_once(hall: Hall) -> None:
    names = [f"seat{number}" for number in range(8)]
    await asyncio.gather(*(hall.client("python", name, Level.AUDIENCE) for name in names))
    for name in names:
        await hall.joined(name)
    assert sorted(one.participant.identity for one in hall.events if isinstance(one, EngineJoined)) == names
