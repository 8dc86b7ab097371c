"""What runs for as long as the server does goes on, whatever goes wrong in one of its turns."""

import asyncio
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from structlog.testing import capture_logs

from onstage.actions.broadcasts import NewBroadcast, start_broadcast
from onstage.actions.reading import read_broadcast
from onstage.bus import Changed, Topic
from onstage.jobs.tasks import AGAIN_AFTER_S
from onstage.jobs.whereabouts import LOOK_EVERY_S, LOST_AFTER_S, LostShows
from onstage.media.engine import EngineTrack, SpeakersChanged, TrackKind, TrackPublished
from onstage.model.records import BroadcastStatus
from onstage.model.role import Source
from onstage.store import broadcasts, sessions
from tests.jobs.scripted_engine import ScriptedEngine
from tests.jobs.staff import Staff, heard, joined, unattended
from tests.support.house import House
from tests.support.waiting import DEADLINE_S, until


class Slip:
    """Goes wrong the first time in a way that nobody expects, and from then on is what it stands for."""

    def __init__(self, right: Callable[..., Any]) -> None:
        self._right = right
        self.calls = 0

    def __call__(self, *args: Any, **more: Any) -> Any:
        self.calls += 1
        if self.calls == 1:
            raise ValueError("a bug")
        return self._right(*args, **more)


async def recovered(staff: Staff, slip: Slip) -> None:
    """It has gone wrong, and the pause after that is over."""
    await until(lambda: slip.calls == 1, what="something to go wrong")
    await until(lambda: AGAIN_AFTER_S in staff.waits_s, what="the pause after it")
    await staff.advance(AGAIN_AFTER_S)


@pytest.fixture(autouse=True)
def _told_once() -> Iterator[None]:
    """What went wrong is in the log, once."""
    with capture_logs() as logs:
        yield
    assert [type(one["exc_info"]) for one in logs if one["log_level"] == "error"] == [ValueError]


async def test_who_hears_of_replaced_connections_goes_on(house: House, staff: Staff) -> None:
    replaced: list[str] = []
    slip = Slip(lambda _participant_id, connection_id: replaced.append(connection_id))
    staff.presence.on_replaced = slip
    await house.ctx.bus.publish(Changed(Topic.REPLACED, "pa_1.first"))
    await recovered(staff, slip)
    await house.ctx.bus.publish(Changed(Topic.REPLACED, "pa_1.second"))
    await until(lambda: replaced == ["pa_1.second"], what="the next to be heard of")


async def test_who_counts_goes_on_and_looks_at_what_was_missed(
    house: House, staff: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    with unattended(house):
        await joined(house, "anna", "host")
    await staff.counting.start()
    slip = Slip(sessions.all_open)
    async with heard(house) as told:
        await told.first(lambda one: one[0] == "audience.counted")
        monkeypatch.setattr(sessions, "all_open", slip)
        house.ctx.bus.doubt()
        await recovered(staff, slip)
        await staff.advance(AGAIN_AFTER_S)
        await until(lambda: len(told.seen) == 2, what="the counts once more")


async def test_who_hears_of_engine_events_elsewhere_goes_on_and_looks_at_what_was_missed(
    house: House, staff: Staff, engine: ScriptedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    await joined(house, "gus", "guest")
    await staff.engine_events.start()
    slip = Slip(sessions.all_open)
    monkeypatch.setattr(sessions, "all_open", slip)
    house.ctx.bus.doubt()
    await recovered(staff, slip)
    await until(lambda: engine.asked("look_at") == [house.room.id], what="the room to be looked at")


async def test_who_reads_the_engine_goes_on(
    house: House, staff: Staff, engine: ScriptedEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    staff.leader.is_leader = False
    await staff.engine_events.start()
    track = EngineTrack("TR_voice", TrackKind.AUDIO, Source.MICROPHONE, is_muted=False)
    slip = Slip(house.ctx.bus.publish)
    monkeypatch.setattr(house.ctx.bus, "publish", slip)
    async with await house.ctx.bus.subscribe(Topic.ENGINE) as hints:
        engine.tell(*(TrackPublished(house.room.id, "gus", track) for _ in range(2)))
        async with asyncio.timeout(DEADLINE_S):
            told = await hints.get()
        assert told == [Changed(Topic.ENGINE, house.room.id)]
    assert slip.calls == 2
    engine.tell(SpeakersChanged(house.room.id, ()))
    await until(lambda: engine.is_read, what="the next event to be read")


async def test_who_hears_of_changed_broadcasts_goes_on_and_looks_at_what_was_missed(
    house: House, staff: Staff, monkeypatch: pytest.MonkeyPatch
) -> None:
    await staff.broadcasting.start()
    told: list[str] = []

    async def changed(broadcast: Any) -> None:
        told.append(broadcast.id)

    monkeypatch.setattr(staff.broadcasting, "changed", changed)
    with unattended(house):
        await joined(house, "anna", "host")
        show = await start_broadcast(house.ctx, house.server, "show", NewBroadcast())
    slip = Slip(broadcasts.active_on)
    monkeypatch.setattr(broadcasts, "active_on", slip)
    await house.ctx.bus.publish(Changed(Topic.BROADCASTS, show.id))
    await recovered(staff, slip)
    await until(lambda: told == [show.id], what="the broadcast to be seen to")


async def test_who_ends_lost_shows_goes_on(house: House, staff: Staff, monkeypatch: pytest.MonkeyPatch) -> None:
    with unattended(house):
        await joined(house, "anna", "host")
        show = await start_broadcast(house.ctx, house.server, "show", NewBroadcast())
    lost = LostShows(house.ctx, staff.leader)
    slip = Slip(broadcasts.all_active)
    monkeypatch.setattr(broadcasts, "all_active", slip)
    await lost.start()
    try:
        await staff.advance(LOOK_EVERY_S)
        await recovered(staff, slip)
        await looking(staff, LOST_AFTER_S + 2 * LOOK_EVERY_S)
        assert (await read_broadcast(house.ctx, house.server, show.id)).status is BroadcastStatus.FAILED
    finally:
        await lost.stop()


async def looking(staff: Staff, seconds: float) -> None:
    """Let so much time go by, look by look."""
    for _ in range(round(seconds / LOOK_EVERY_S)):
        await until(lambda: LOOK_EVERY_S in staff.waits_s, what="the pause between two looks")
        await staff.advance(LOOK_EVERY_S)
