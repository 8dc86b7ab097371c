"""A broadcast from its start to its end, with a composer that follows a script: the words of the title."""

import asyncio
import os
import re
import signal
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from onstage.actions.broadcast_life import report_degraded, report_status
from onstage.actions.broadcast_stop import stop_broadcast
from onstage.actions.broadcasts import BroadcastChange, NewBroadcast, start_broadcast, update_broadcast
from onstage.actions.making import NewRoom
from onstage.actions.reading import read_broadcast
from onstage.actions.rooms import create_room
from onstage.actions.templates import create_template
from onstage.bus import Changed, Topic
from onstage.composer.supervisor import FIRST_PART_WITHIN_S
from onstage.jobs.show_reports import STORE_AWAY_S
from onstage.model.broadcast_defaults import BroadcastDefaults
from onstage.model.degradation import OF_COMPOSER, Degradation
from onstage.model.records import Broadcast, BroadcastReason, BroadcastStatus
from onstage.model.template import INTERACTIVE_LIVE_STREAM
from onstage.origin.playlists.directives import Directives
from onstage.origin.storing.keeping import StorageReport
from onstage.origin.storing.write_queue import StorageState
from tests.jobs.scripted_engine import ScriptedEngine
from tests.jobs.staff import Staff, staffed, store_away, unattended
from tests.support.children import children
from tests.support.house import House
from tests.support.waiting import until

COMPOSER = Path(__file__).parents[1] / "composer" / "fake_composer.py"
COMMAND = (sys.executable, str(COMPOSER))
SEGMENT = "part part part part"


@pytest.fixture
async def staff(house: House, engine: ScriptedEngine, tmp_path: Path) -> AsyncIterator[Staff]:
    async with staffed(house, engine=engine, composer=COMMAND, origin_folder=tmp_path / "live") as staff:
        yield staff
    assert composers() == []


def composers() -> list[int]:
    """The composers that run now."""
    return children("self", str(COMPOSER))


async def started(house: House, script: str) -> Broadcast:
    return await start_broadcast(house.ctx, house.server, "show", NewBroadcast(title=script))


async def now(house: House, show: Broadcast) -> Broadcast:
    return await read_broadcast(house.ctx, house.server, show.id)


async def becomes(house: House, show: Broadcast, status: BroadcastStatus) -> Broadcast:
    async def has_become() -> bool:
        return (await now(house, show)).status is status

    await until(has_become, what=f"status {status}")
    return await now(house, show)


async def playlist(staff: Staff, show: Broadcast) -> str:
    return (await staff.origin.broadcast(show.id).rendition("720p").playlist(Directives())).plain.decode()


def parts(staff: Staff, show: Broadcast) -> int:
    return staff.origin.broadcast(show.id).stats().parts


def number(tag: str, text: str) -> int:
    return int(re.findall(rf"#EXT-X-{tag}:(\d+)", text)[0])


async def test_a_broadcast_is_live_with_its_first_part_and_ends_when_told(house: House, staff: Staff) -> None:
    show = await started(house, "part hang")
    assert show.status is BroadcastStatus.STARTING
    await becomes(house, show, BroadcastStatus.LIVE)
    await stop_broadcast(house.ctx, house.server, show.id)
    ended = await becomes(house, show, BroadcastStatus.ENDED)
    assert ended.reason == "stopped"
    names = [name for name in await house.names() if name.startswith("broadcast.")]
    assert names == [f"broadcast.{one}" for one in ("starting", "live", "stopping", "ended")]
    assert "#EXT-X-ENDLIST" in await playlist(staff, show)
    assert staff.origin.room_live(house.room.id) is None


async def test_no_part_in_time_is_a_failure_with_a_reason(house: House, staff: Staff) -> None:
    show = await started(house, "hang")
    await until(lambda: FIRST_PART_WITHIN_S in staff.waits_s, what="the deadline of the first part")
    await house.clock.advance(FIRST_PART_WITHIN_S)
    failed = await becomes(house, show, BroadcastStatus.FAILED)
    assert failed.reason is BroadcastReason.NO_FIRST_PART
    assert (await house.names())[-1] == "broadcast.failed"


async def test_composers_that_keep_dying_fail_the_broadcast(house: House, staff: Staff) -> None:
    with capture_logs() as logs:
        show = await started(house, "part layout die")
        for pause_s in (0.5, 1.0, 2.0):
            await until(lambda pause_s=pause_s: pause_s in staff.waits_s, what="the pause before the next composer")
            if pause_s == 0.5:
                await update_broadcast(house.ctx, house.server, show.id, BroadcastChange(layout={"name": "spotlight"}))
            await house.clock.advance(pause_s)
        failed = await becomes(house, show, BroadcastStatus.FAILED)
    assert failed.reason is BroadcastReason.COMPOSER_DIED
    assert [one["detail"] for one in logs if one["event"] == "broadcast_failed"] == ["spotlight"]  # told it last
    assert (await house.names()).count("broadcast.degraded") == 4
    assert b"onstage_composer_restarts_total 4.0" in staff.metrics.text()


async def test_a_killed_composer_is_followed_by_another_in_the_same_playlist(house: House, staff: Staff) -> None:
    show = await started(house, f"{SEGMENT} part hang")
    await until(lambda: show_has(staff, show, 5), what="the first composer's parts")
    before = await playlist(staff, show)
    [composer] = composers()
    os.kill(composer, signal.SIGKILL)
    await until(lambda: parts(staff, show) == 10, what="the second composer's parts")
    after = await playlist(staff, show)
    assert "#EXT-X-DISCONTINUITY\n" not in before
    assert "#EXT-X-DISCONTINUITY\n" in after
    assert number("MEDIA-SEQUENCE", after) == number("MEDIA-SEQUENCE", before)
    assert (await now(house, show)).status is BroadcastStatus.LIVE
    assert "broadcast.degraded" in await house.names()


async def test_storage_that_takes_nothing_is_told_and_the_show_goes_on(house: House, staff: Staff) -> None:
    show = await started(house, "part hang")
    await becomes(house, show, BroadcastStatus.LIVE)
    assert staff.origin.on_storage is not None
    staff.origin.on_storage(StorageReport(show.id, StorageState.FULL))

    async def is_told() -> bool:
        return "broadcast.degraded" in await house.names()

    await until(is_told, what="the event")
    assert b"onstage_storage_behind 1.0" in staff.metrics.text()
    staff.origin.on_storage(StorageReport(show.id, StorageState.FULL, lost=True))
    assert [*(await now(house, show)).degraded] == [Degradation.STORAGE_FULL]
    staff.origin.on_storage(StorageReport(show.id, StorageState.WELL))

    async def is_well() -> bool:
        return not (await now(house, show)).degraded

    await until(is_well, what="the store to say so")
    assert b"onstage_storage_behind 0.0" in staff.metrics.text()
    assert b"onstage_storage_lost_segments_total 1.0" in staff.metrics.text()
    assert (await now(house, show)).status is BroadcastStatus.LIVE


async def test_a_composer_short_of_time_is_told_and_a_composer_after_it_begins_anew(house: House, staff: Staff) -> None:
    show = await started(house, "part short hang")

    async def is_short() -> bool:
        return [*(await now(house, show)).degraded] == [Degradation.ENCODER_EFFORT, Degradation.REPEATED_PICTURES]

    await until(is_short, what="the show to go on without")
    await update_broadcast(house.ctx, house.server, show.id, BroadcastChange(title="part fine hang"))
    [composer] = composers()
    os.kill(composer, signal.SIGKILL)

    async def is_well() -> bool:
        return not (await now(house, show)).degraded

    await until(is_well, what="the next composer to be told of")
    told = [one.data for one in await house.events() if one.name == "broadcast.degraded"]
    assert [(one["what"], one["is_recovered"]) for one in told] == [
        ("encoder_effort", False),
        ("repeated_pictures", False),
        ("composer_restarted", False),
        ("encoder_effort", True),
        ("repeated_pictures", True),
    ]


async def test_what_a_show_went_on_without_ends_with_the_server_that_said_so(
    house: House, engine: ScriptedEngine, tmp_path: Path
) -> None:
    with unattended(house):
        show = await started(house, "part hang")
        await report_degraded(house.ctx, show.id, {*OF_COMPOSER, Degradation.STORAGE_AWAY}, of=Degradation)
    async with staffed(house, engine=engine, composer=COMMAND, origin_folder=tmp_path / "live") as staff:
        await staff.broadcasting.start()

        async def is_well() -> bool:
            return not (await now(house, show)).degraded

        await until(is_well, what="the show to be well again")


def show_has(staff: Staff, show: Broadcast, count: int) -> bool:
    return staff.origin.room_live(show.room_id) is not None and parts(staff, show) == count


async def test_a_broadcast_is_resumed_where_it_was_after_a_restart(
    house: House, engine: ScriptedEngine, tmp_path: Path
) -> None:
    async with staffed(house, engine=engine, composer=COMMAND, origin_folder=tmp_path / "live") as first:
        show = await started(house, f"{SEGMENT} {SEGMENT} part hang")
        await becomes(house, show, BroadcastStatus.LIVE)
        await until(lambda: parts(first, show) == 9, what="the parts")
        before = await playlist(first, show)
    assert composers() == []
    assert (await now(house, show)).status is BroadcastStatus.LIVE

    async with staffed(house, engine=engine, composer=COMMAND, origin_folder=tmp_path / "live") as second:
        await second.broadcasting.start()
        refilled = await playlist(second, show)
        await until(lambda: parts(second, show) == 9, what="more parts")
        after = await playlist(second, show)
    segments = [set(re.findall(r"seg\d+\.m4s", text)) for text in (before, refilled, after)]
    assert segments[0] < segments[1] < segments[2]  # the open segment was closed with its whole parts
    assert number("MEDIA-SEQUENCE", after) >= number("MEDIA-SEQUENCE", before)
    assert after.count("#EXT-X-DISCONTINUITY\n") == 1
    names = [name for name in await house.names() if name.startswith("broadcast.")]
    assert names == ["broadcast.starting", "broadcast.live"]


async def test_a_broadcast_that_the_dead_server_was_stopping_ends(house: House, staff: Staff) -> None:
    with unattended(house):
        show = await started(house, "part hang")
        await stop_broadcast(house.ctx, house.server, show.id)
    await staff.broadcasting.start()
    await becomes(house, show, BroadcastStatus.ENDED)
    assert composers() == []


async def test_a_show_that_others_have_ended_stops_here_when_this_server_hears_of_it(
    house: House, staff: Staff
) -> None:
    """They took this server for dead; it was only frozen."""
    show = await started(house, "part hang")
    await becomes(house, show, BroadcastStatus.LIVE)
    await staff.broadcasting.start()
    await report_status(house.ctx, show.id, BroadcastStatus.ENDED, reason=BroadcastReason.SERVER_LOST)
    await house.ctx.bus.publish(Changed(Topic.BROADCASTS, show.id))
    await until(lambda: composers() == [], what="the composer's end")
    assert (await now(house, show)).reason is BroadcastReason.SERVER_LOST


async def test_a_room_leads_to_the_newest_of_its_shows_that_is_live(house: House, staff: Staff) -> None:
    template = replace(INTERACTIVE_LIVE_STREAM, name="two", broadcast=BroadcastDefaults(max_broadcasts=2))
    await create_template(house.ctx, house.server, template)
    room = await create_room(house.ctx, house.server, NewRoom(name="two", title="Two", template="two"))
    shows = []
    for script in ("part hang", "part hang"):
        new = NewBroadcast(title=script)
        shows.append(await start_broadcast(house.ctx, house.server, "two", new))
        await becomes(house, shows[-1], BroadcastStatus.LIVE)
        await house.clock.advance(1)
    for show in reversed(shows):
        led_to = staff.origin.room_live(room.id)
        assert led_to is not None
        assert led_to.broadcast_id == show.id
        await stop_broadcast(house.ctx, house.server, show.id)
        await becomes(house, show, BroadcastStatus.ENDED)
    assert staff.origin.room_live(room.id) is None


async def test_stopping_while_it_starts_ends_it(house: House, staff: Staff) -> None:
    with unattended(house):
        show = await started(house, "part hang")
        stopping = await stop_broadcast(house.ctx, house.server, show.id)
    await asyncio.gather(staff.broadcasting.changed(show), staff.broadcasting.changed(stopping))
    await becomes(house, show, BroadcastStatus.ENDED)
    await until(lambda: composers() == [], what="the composer's end")
    assert staff.origin.broadcast(show.id).is_ended


async def test_a_change_while_it_starts_does_not_start_it_twice(house: House, staff: Staff) -> None:
    with unattended(house):
        show = await started(house, "part hang")
        changed = await update_broadcast(
            house.ctx, house.server, show.id, BroadcastChange(layout={"name": "spotlight"})
        )
    await asyncio.gather(staff.broadcasting.changed(show), staff.broadcasting.changed(changed))
    await becomes(house, show, BroadcastStatus.LIVE)
    assert len(composers()) == 1
    assert b"onstage_broadcasts 1.0" in staff.metrics.text()


async def test_the_show_goes_on_while_the_store_is_away_and_is_written_later(house: House, staff: Staff) -> None:
    with unattended(house):
        show = await started(house, f"{SEGMENT} hang")
    async with store_away(house):
        await staff.broadcasting.changed(show)
        await until(lambda: show_has(staff, show, 4), what="the parts")
        await until(lambda: STORE_AWAY_S in staff.waits_s, what="another try")
    await house.clock.advance(STORE_AWAY_S)
    await becomes(house, show, BroadcastStatus.LIVE)


async def test_what_is_stored_and_cannot_be_read_fails_the_broadcast(
    house: House, staff: Staff, tmp_path: Path
) -> None:
    with unattended(house):
        show = await started(house, "part hang")
    index = tmp_path / "live" / show.id / "index.json"
    index.parent.mkdir(parents=True)
    index.write_text("no index")
    await staff.broadcasting.start()
    failed = await becomes(house, show, BroadcastStatus.FAILED)
    assert failed.reason is BroadcastReason.STORAGE_UNREADABLE


async def test_a_stopped_server_leaves_the_broadcast_to_the_next(house: House, staff: Staff) -> None:
    show = await started(house, "part hang")
    await becomes(house, show, BroadcastStatus.LIVE)
    await staff.broadcasting.stop()
    assert composers() == []
    assert (await now(house, show)).status is BroadcastStatus.LIVE
