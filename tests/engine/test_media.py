"""Pictures and sounds: published, seen, muted, gone."""

import pytest

from onstage.errors import ErrorCode, OnstageError
from onstage.media.engine import (
    EngineJoined,
    EngineLeft,
    SpeakersChanged,
    TrackKind,
    TrackMuted,
    TrackPublished,
    TrackUnmuted,
    TrackUnpublished,
)
from onstage.model.role import Level, Source
from tests.engine.clients import RED
from tests.engine.conftest import Hall

pytestmark = pytest.mark.asyncio(loop_scope="package")
both = pytest.mark.parametrize("kind", ["python", "browser"])


@pytest.mark.parametrize(("publisher", "viewer"), [("python", "browser"), ("browser", "python")])
async def test_a_published_camera_is_decoded_in_the_audience(hall: Hall, publisher: str, viewer: str) -> None:
    ana = await hall.client(publisher, "ana")
    seat = await hall.client(viewer, "seat", Level.AUDIENCE)
    track_id = await ana.publish("camera")
    await seat.sees("subscribed", "ana", "camera")
    frame = await seat.sees("frame", "ana")
    if publisher == "python":
        assert frame.rgb is not None
        assert all(abs(got - sent) < 40 for got, sent in zip(frame.rgb, RED, strict=True))
    told = await hall.event(TrackPublished)
    assert (told.identity, told.track.id) == ("ana", track_id)
    assert (told.track.kind, told.track.source) == (TrackKind.VIDEO, Source.CAMERA)
    listed = {one.identity: one.tracks for one in await hall.engine.list_participants(hall.room)}
    assert [track.id for track in listed["ana"]] == [track_id]


async def test_somebody_who_joins_later_gets_what_is_published_already(hall: Hall) -> None:
    ana = await hall.client("python", "ana")
    await ana.publish("camera")
    await hall.event(TrackPublished)
    late = await hall.client("browser", "late", Level.AUDIENCE)
    await late.sees("frame", "ana")


@both
async def test_one_story_of_a_whole_visit_is_told_in_order(hall: Hall, kind: str) -> None:
    await hall.engine.watch(hall.room)
    ana = await hall.client(kind, "ana")
    track_id = await ana.publish("microphone")
    await hall.event(SpeakersChanged, lambda one: one.identities == ("ana",))
    await ana.set_muted(track_id, is_muted=True)
    await hall.event(TrackMuted)
    await hall.event(SpeakersChanged, lambda one: one.identities == ())
    await ana.set_muted(track_id, is_muted=False)
    await hall.event(TrackUnmuted)
    await ana.leave()
    await hall.event(EngineLeft)
    story = [type(one) for one in hall.events if not isinstance(one, SpeakersChanged)]
    assert story == [EngineJoined, TrackPublished, TrackMuted, TrackUnmuted, TrackUnpublished, EngineLeft]


@both
async def test_a_track_muted_by_the_engine_is_muted_for_everybody(hall: Hall, kind: str) -> None:
    await hall.engine.watch(hall.room)
    ana = await hall.client(kind, "ana")
    seat = await hall.client("python", "seat", Level.AUDIENCE)
    track_id = await ana.publish("camera")
    await seat.sees("subscribed", "ana", "camera")
    await hall.event(TrackPublished)
    await hall.engine.mute(hall.room, "ana", track_id)
    await seat.sees("muted", "ana", "camera")
    await ana.sees("muted", "ana", "camera")
    assert (await hall.event(TrackMuted)).track.id == track_id
    [listed] = [one for one in await hall.engine.list_participants(hall.room) if one.identity == "ana"]
    assert listed.tracks[0].is_muted


async def test_muting_what_is_not_there_is_said(hall: Hall) -> None:
    with pytest.raises(OnstageError) as nobody:
        await hall.engine.mute(hall.room, "nobody", "TR_none")
    assert nobody.value.code is ErrorCode.PARTICIPANT_NOT_FOUND
    await hall.client("python", "ana")
    await hall.event(EngineJoined)
    with pytest.raises(OnstageError) as nothing:
        await hall.engine.mute(hall.room, "ana", "TR_none")
    assert nothing.value.code is ErrorCode.TRACK_NOT_FOUND


async def test_a_mute_from_before_the_watching_is_told_once_it_begins(hall: Hall) -> None:
    ana = await hall.client("python", "ana")
    track_id = await ana.publish("microphone")
    await hall.event(TrackPublished)
    await ana.set_muted(track_id, is_muted=True)
    await hall.engine.watch(hall.room)
    assert (await hall.event(TrackMuted)).track.id == track_id
    await hall.engine.unwatch(hall.room)
