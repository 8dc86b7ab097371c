"""From the seats onto the stage and back, on the connection that is there."""

import pytest
from playwright.async_api import Error as PageError

from onstage.errors import ErrorCode, OnstageError
from onstage.media.engine import EngineJoined, EngineLeft, TrackPublished, TrackUnpublished
from onstage.model.role import Level, Source
from tests.engine.conftest import Hall

pytestmark = pytest.mark.asyncio(loop_scope="package")
both = pytest.mark.parametrize("kind", ["python", "browser"])


async def test_the_seats_cannot_publish(hall: Hall) -> None:
    seat = await hall.client("browser", "seat", Level.AUDIENCE)
    ana = await hall.client("python", "ana")
    with pytest.raises(PageError, match="permission"):
        await seat.publish("camera")
    assert not ana.has_seen("published", "seat")


@both
async def test_somebody_hidden_is_promoted_and_sent_back_on_one_connection(hall: Hall, kind: str) -> None:
    assert hall.engine.can_unhide_live
    host = await hall.client("python", "host")
    seat = await hall.client(kind, "seat", Level.AUDIENCE)
    joined = await hall.joined("seat")

    await hall.engine.update_permission(hall.grant("seat", Level.STAGE))
    await seat.sees("permission", "seat", "publish")
    await host.sees("joined", "seat")
    track_id = await seat.publish("camera")
    await host.sees("frame", "seat")
    assert (await hall.event(TrackPublished)).track.id == track_id

    await hall.engine.update_permission(hall.grant("seat", Level.AUDIENCE))
    await seat.sees("permission", "seat", "listen")
    await host.sees("unsubscribed", "seat", "camera")
    await host.sees("unpublished", "seat", "camera")
    assert (await hall.event(TrackUnpublished)).track.id == track_id

    [now] = [one for one in await hall.engine.list_participants(hall.room) if one.identity == "seat"]
    assert now.connection_id == joined.connection_id
    assert (now.level, now.role, now.tracks) == (Level.AUDIENCE, "audience", ())
    for client in (host, seat):
        assert not client.has_seen("disconnected")
        assert not client.has_seen("reconnecting")
    assert not any(isinstance(one, EngineLeft) for one in hall.events)


async def test_somebody_sent_back_leaves_no_ghost_when_they_go(hall: Hall) -> None:
    host = await hall.client("browser", "host")
    seat = await hall.client("python", "seat", Level.AUDIENCE)
    await hall.joined("seat")
    await hall.engine.update_permission(hall.grant("seat", Level.STAGE))
    await host.sees("joined", "seat")
    await hall.engine.update_permission(hall.grant("seat", Level.AUDIENCE))
    await seat.leave()
    await host.sees("left", "seat")
    assert await host.people() == []


async def test_losing_one_source_unpublishes_that_one_only(hall: Hall) -> None:
    host = await hall.client("browser", "host")
    ana = await hall.client("python", "ana")
    await ana.publish("camera")
    await ana.publish("microphone")
    await host.sees("subscribed", "ana", "camera")
    await host.sees("subscribed", "ana", "microphone")
    await hall.engine.update_permission(hall.grant("ana", sources=frozenset({Source.MICROPHONE})))
    await host.sees("unpublished", "ana", "camera")
    [now] = [one for one in await hall.engine.list_participants(hall.room) if one.identity == "ana"]
    assert [track.source for track in now.tracks] == [Source.MICROPHONE]


async def test_an_update_may_be_repeated(hall: Hall) -> None:
    await hall.client("python", "seat", Level.AUDIENCE)
    await hall.event(EngineJoined)
    for _ in range(2):
        await hall.engine.update_permission(hall.grant("seat", Level.STAGE, name="Renamed", metadata="{}"))
    [now] = await hall.engine.list_participants(hall.room)
    assert (now.level, now.is_hidden, now.name, now.metadata) == (Level.STAGE, False, "Renamed", "{}")


async def test_updating_somebody_who_is_not_there_is_said(hall: Hall) -> None:
    with pytest.raises(OnstageError) as caught:
        await hall.engine.update_permission(hall.grant("nobody"))
    assert caught.value.code is ErrorCode.PARTICIPANT_NOT_FOUND
