"""What the engine tells becomes presence, tracks and speakers; nobody is in it whom the store does not want."""

from typing import Any

import pytest

from onstage.actions import presence, promotion
from onstage.jobs.steering import RETRY_AFTER_S
from onstage.media.engine import (
    EngineDown,
    EngineEvent,
    EngineJoined,
    EngineLeft,
    EngineRoomFinished,
    EngineTrack,
    SpeakersChanged,
    TrackKind,
    TrackMuted,
    TrackPublished,
    TrackUnmuted,
    TrackUnpublished,
)
from onstage.model.records import Participant
from onstage.model.role import Level, Source
from tests.jobs.scripted_engine import ScriptedEngine, in_engine
from tests.jobs.staff import GRACE_S, Staff, heard, joined, store_away
from tests.support.house import House
from tests.support.waiting import until

VOICE = EngineTrack("TR_voice", TrackKind.AUDIO, Source.MICROPHONE, is_muted=False)
FACE = EngineTrack("TR_face", TrackKind.VIDEO, Source.CAMERA, is_muted=False, width=1280, height=720)


async def told(house: House, staff: Staff, engine: ScriptedEngine, *events: EngineEvent) -> list[str]:
    """The names of the events in the room that follow when the engine tells these."""
    behind = await house.seq()
    async with heard(house) as heard_events:
        engine.tell(*events, SpeakersChanged(house.room.id, ()))  # they are read in order, so this one comes last
        await heard_events.first(lambda one: one[0] == "speakers.changed")
    return await house.names(behind=behind)


def is_in(house: House, identity: str, level: Level = Level.STAGE) -> EngineJoined:
    return EngineJoined(house.room.id, in_engine(house.room.id, identity, level))


def is_out(house: House, identity: str) -> EngineLeft:
    return EngineLeft(house.room.id, identity, f"connection of {identity}")


@pytest.fixture(autouse=True)
async def _reading(staff: Staff) -> None:
    await staff.engine_events.start()


async def test_media_alone_makes_somebody_present(house: House, staff: Staff, engine: ScriptedEngine) -> None:
    gus = await joined(house, "gus", "guest")
    await told(house, staff, engine, is_in(house, "gus"))
    await staff.noted()
    await staff.advance(10 * GRACE_S)
    await staff.leaving()
    assert await house.is_here(gus)
    await told(house, staff, engine, is_out(house, "gus"))
    await staff.noted()
    await staff.advance(GRACE_S)
    await staff.leaving()
    assert not await house.is_here(gus)


async def test_a_media_connection_that_replaces_another_goes_on(
    house: House, staff: Staff, engine: ScriptedEngine
) -> None:
    gus = await joined(house, "gus", "guest")
    await told(house, staff, engine, is_in(house, "gus"), is_out(house, "gus"), is_in(house, "gus"))
    await staff.noted()
    await staff.advance(10 * GRACE_S)
    await staff.leaving()
    assert await house.is_here(gus)


@pytest.mark.parametrize("who", ["stranger", "viewer", "removed", "left"])
async def test_a_join_the_store_does_not_want_is_cut(
    house: House, staff: Staff, engine: ScriptedEngine, who: str
) -> None:
    await joined(house, "anna", "host")
    if who != "stranger":
        participant = await joined(house, who, "viewer" if who == "viewer" else "guest")
    if who == "removed":
        await presence.remove(house.ctx, house.server, "show", who)
    if who == "left":
        await presence.leave_room(house.ctx, house.caller(participant))
    engine.connect(house.room.id, who)
    assert await told(house, staff, engine, is_in(house, who)) == []
    assert engine.connected[house.room.id] == []


async def test_a_join_to_an_ended_session_is_cut(house: House, staff: Staff, engine: ScriptedEngine) -> None:
    engine.connect(house.room.id, "gus")
    await told(house, staff, engine, is_in(house, "gus"))
    assert engine.connected[house.room.id] == []


async def test_who_was_promoted_between_token_and_join_is_steered(
    house: House, staff: Staff, engine: ScriptedEngine
) -> None:
    aud = await joined(house, "aud", "audience")
    await house.promoted(aud)
    engine.connect(house.room.id, "aud")
    await told(house, staff, engine, is_in(house, "aud", Level.AUDIENCE))
    assert [grant.level for grant in engine.grants] == [Level.STAGE]


async def test_tracks_are_told_as_the_engine_has_them(house: House, staff: Staff, engine: ScriptedEngine) -> None:
    gus, room = await joined(house, "gus", "guest"), house.room.id
    muted = EngineTrack(VOICE.id, VOICE.kind, VOICE.source, is_muted=True)
    names = await told(
        house,
        staff,
        engine,
        is_in(house, "gus"),
        TrackPublished(room, "gus", VOICE),
        TrackPublished(room, "gus", FACE),
        TrackMuted(room, "gus", muted),
    )
    assert names == ["track.published", "track.published", "track.muted"]
    tracks = (await house.now(gus)).tracks
    assert {(one.sid, one.source, one.is_muted) for one in tracks} == {
        (VOICE.id, Source.MICROPHONE, True),
        (FACE.id, Source.CAMERA, False),
    }
    unmuted = TrackUnmuted(room, "gus", VOICE)
    assert await told(house, staff, engine, unmuted, TrackUnpublished(room, "gus", FACE)) == [
        "track.unmuted",
        "track.unpublished",
    ]
    assert [one.sid for one in (await house.now(gus)).tracks] == [VOICE.id]


async def test_tracks_end_with_the_connection(house: House, staff: Staff, engine: ScriptedEngine) -> None:
    gus = await joined(house, "gus", "guest")
    await told(house, staff, engine, is_in(house, "gus"), TrackPublished(house.room.id, "gus", VOICE))
    assert await told(house, staff, engine, is_out(house, "gus")) == ["track.unpublished"]
    assert (await house.now(gus)).tracks == ()


async def test_who_was_sent_back_has_no_tracks_whatever_comes_late(
    house: House, staff: Staff, engine: ScriptedEngine
) -> None:
    gus = await joined(house, "gus", "guest")
    engine.connect(house.room.id, "gus")
    await told(house, staff, engine, is_in(house, "gus"), TrackPublished(house.room.id, "gus", VOICE))
    await promotion.demote(house.ctx, house.server, "show", "gus", "audience")
    late = TrackPublished(house.room.id, "gus", FACE), TrackUnpublished(house.room.id, "gus", VOICE)
    assert await told(house, staff, engine, *late) == []
    assert (await house.now(gus)).tracks == ()


async def test_speakers_are_told_by_participant(house: House, staff: Staff, engine: ScriptedEngine) -> None:
    anna, gus = await joined(house, "anna", "host"), await joined(house, "gus", "guest")
    async with heard(house) as events:
        engine.tell(SpeakersChanged(house.room.id, ("gus", "stranger", "anna")))
        await events.first(lambda one: one == ("speakers.changed", {"participant_ids": [gus.id, anna.id]}))


async def test_what_could_not_be_written_is_written_when_the_store_is_back(
    house: House, staff: Staff, engine: ScriptedEngine
) -> None:
    gus = await joined(house, "gus", "guest")
    await told(house, staff, engine, is_in(house, "gus"))
    async with store_away(house):
        published = TrackPublished(house.room.id, "gus", VOICE)
        engine.tell(published, EngineDown("gone"), EngineRoomFinished("rm_of_others"))
        await until(lambda: RETRY_AFTER_S[0] in staff.waits_s, what="another try to be waited for")
    await staff.advance(RETRY_AFTER_S[0])
    await until(lambda: engine.is_read, what="the engine's events to be read")
    names = await told(house, staff, engine, TrackPublished(house.room.id, "gus", FACE))
    assert names[-1] == "track.published"
    assert len((await house.now(gus)).tracks) == 2


async def test_an_event_that_never_can_be_acted_on_does_not_end_the_reading(
    house: House, staff: Staff, engine: ScriptedEngine
) -> None:
    gus = await joined(house, "gus", "guest")
    broken: Any = EngineLeft(house.room.id, ["no identity"], "PA_1")  # type: ignore[arg-type]  # that is the point
    await told(house, staff, engine, is_in(house, "gus"), broken, TrackPublished(house.room.id, "gus", FACE))
    assert len((await house.now(gus)).tracks) == 1


async def sids_of(house: House, participant: Participant) -> list[str]:
    return [one.sid for one in (await house.now(participant)).tracks]


async def test_nothing_is_kept_of_a_room_that_the_engine_has_closed(
    house: House, staff: Staff, engine: ScriptedEngine
) -> None:
    """Whoever was in it went with it, whether that was told of each or not."""
    gus = await joined(house, "gus", "guest")
    await told(house, staff, engine, is_in(house, "gus"), TrackPublished(house.room.id, "gus", VOICE))
    await told(house, staff, engine, EngineRoomFinished(house.room.id))
    await told(house, staff, engine, TrackPublished(house.room.id, "gus", FACE))
    assert await sids_of(house, gus) == [FACE.id]


async def test_who_leads_again_goes_by_nothing_of_before(house: House, staff: Staff, engine: ScriptedEngine) -> None:
    """Meanwhile another server read what became of it."""
    gus = await joined(house, "gus", "guest")
    await told(house, staff, engine, is_in(house, "gus"), TrackPublished(house.room.id, "gus", VOICE))
    staff.leader.is_leader = False
    engine.tell(TrackUnpublished(house.room.id, "gus", VOICE))
    await until(lambda: engine.is_read, what="the engine's events to be read")
    staff.leader.is_leader = True
    await told(house, staff, engine, TrackPublished(house.room.id, "gus", FACE))
    assert await sids_of(house, gus) == [FACE.id]


async def test_a_track_that_ends_before_it_was_known_is_of_no_account(
    house: House, staff: Staff, engine: ScriptedEngine
) -> None:
    gus = await joined(house, "gus", "guest")
    assert await told(house, staff, engine, TrackUnpublished(house.room.id, "gus", VOICE)) == []
    assert await sids_of(house, gus) == []
