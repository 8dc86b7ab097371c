"""Of several servers one acts on what the engine tells, counts, and watches stages; the others pass it on."""

import asyncio

from onstage.bus import Changed, Notice, Topic
from onstage.jobs.counting import TELL_EVERY_S
from onstage.jobs.speaking import LOOK_EVERY_S
from onstage.media.engine import EngineDown, EngineLeft, EngineTrack, SpeakersChanged, TrackKind, TrackPublished
from onstage.model.records import Participant
from onstage.model.role import Source
from onstage.store import connections
from tests.jobs.scripted_engine import ScriptedEngine
from tests.jobs.staff import Staff, heard, joined
from tests.support.house import House
from tests.support.waiting import DEADLINE_S, until

VOICE = EngineTrack("TR_voice", TrackKind.AUDIO, Source.MICROPHONE, is_muted=False)


async def on_engine(house: House, *people: Participant) -> list[bool]:
    """Whether the store has them on the engine."""
    async with house.ctx.database.read() as tx:
        there = {one.participant_id for one in await connections.of_engine(tx, house.room.id)}
    return [one.id in there for one in people]


async def hinted(house: House) -> None:
    """Another server has heard of something in the room."""
    await house.ctx.bus.publish(Changed(Topic.ENGINE, house.room.id))


async def test_who_does_not_lead_passes_on_that_something_happened(
    house: House, staff: Staff, engine: ScriptedEngine
) -> None:
    staff.leader.is_leader = False
    gus = await joined(house, "gus", "guest")
    await staff.engine_events.start()
    async with await house.ctx.bus.subscribe(Topic.ENGINE) as hints:
        engine.tell(SpeakersChanged(house.room.id, ("gus",)), TrackPublished(house.room.id, "gus", VOICE))
        async with asyncio.timeout(DEADLINE_S):
            told: list[Notice] = await hints.get()
    assert told == [Changed(Topic.ENGINE, house.room.id)]
    assert (await house.now(gus)).tracks == ()
    assert engine.asked("look_at") == []


async def test_who_leads_no_more_or_has_no_engine_follows_nobody_who_speaks(
    house: House, staff: Staff, engine: ScriptedEngine
) -> None:
    await joined(house, "gus", "guest")
    await staff.engine_events.start()
    spoken = SpeakersChanged(house.room.id, ("gus",))
    for is_down in (True, False):
        engine.tell(spoken)
        await until(lambda: house.clock.waits_s.count(LOOK_EVERY_S) == 1, what="who speaks to be followed")
        staff.leader.is_leader = is_down
        engine.tell(EngineDown("away") if is_down else spoken)
        await until(lambda: engine.is_read, what="the engine's events to be read")
        await house.clock.advance(LOOK_EVERY_S)
        assert LOOK_EVERY_S not in house.clock.waits_s


async def test_who_leads_finds_out_what_another_was_told(house: House, staff: Staff, engine: ScriptedEngine) -> None:
    await staff.engine_events.start()
    await hinted(house)
    await until(lambda: engine.asked("look_at") == [house.room.id], what="the engine to be asked")


async def test_when_hints_may_have_been_lost_every_room_with_people_is_looked_at(
    house: House, staff: Staff, engine: ScriptedEngine
) -> None:
    other = await house.another_room("other")
    await house.another_room("empty")
    await joined(house, "gus", "guest")
    await house.join("amy", "guest", room=other.id)
    await staff.engine_events.start()
    house.ctx.bus.doubt()
    await until(lambda: len(engine.asked("look_at")) == 2, what="the engine to be asked")
    assert set(engine.asked("look_at")) == {house.room.id, other.id}


async def test_who_begins_to_lead_finds_the_engine_as_it_is_now(
    house: House, staff: Staff, engine: ScriptedEngine
) -> None:
    """Somebody came and somebody went while nobody acted on it."""
    gus, eve = await joined(house, "gus", "guest"), await joined(house, "eve", "guest")
    await staff.engine_events.start()
    staff.presence.engine_joined(eve)
    await staff.noted()
    engine.tell(TrackPublished(house.room.id, "eve", VOICE))

    async def publishes() -> bool:
        return bool((await house.now(eve)).tracks)

    await until(publishes, what="the track")
    staff.leader.is_leader = False
    engine.tell(EngineLeft(house.room.id, "eve", "PA_1"))
    engine.connect(house.room.id, "gus", "stranger")
    await until(lambda: engine.is_read, what="the engine's events to be read")
    assert await on_engine(house, gus, eve) == [False, True]
    staff.leader.is_leader = True
    await staff.engine_events.catch_up()
    await staff.noted()
    assert await on_engine(house, gus, eve) == [True, False]
    assert (await house.now(eve)).tracks == ()
    assert engine.connected[house.room.id] == ["gus"]


async def test_who_does_not_lead_neither_counts_nor_watches(house: House, staff: Staff, engine: ScriptedEngine) -> None:
    staff.leader.is_leader = False
    await staff.counting.start()
    async with heard(house) as told:
        await joined(house, "anna", "host")
        await until(lambda: TELL_EVERY_S in staff.waits_s, what="the counting's pause")
        await staff.advance(10 * TELL_EVERY_S)
        assert (told.seen, engine.asked("watch")) == ([], [])
        staff.leader.is_leader = True
        await staff.counting.count_all()
        await staff.advance(TELL_EVERY_S)
        await told.first(lambda one: one[0] == "audience.counted")
        await until(lambda: engine.asked("watch"), what="the watching")
        staff.leader.is_leader = False
        await joined(house, "gus", "guest")
        await staff.advance(2 * TELL_EVERY_S)
        await until(lambda: engine.asked("unwatch"), what="the end of the watching")


async def test_the_leader_counts_what_changed_on_another_server(house: House, staff: Staff) -> None:
    await staff.counting.start()
    await until(lambda: TELL_EVERY_S in staff.waits_s, what="the counting's pause")
    async with heard(house) as told:
        await staff.advance(TELL_EVERY_S)
        await house.ctx.bus.publish(Changed(Topic.COUNTS, house.room.id))
        await told.first(lambda one: one[0] == "audience.counted")
