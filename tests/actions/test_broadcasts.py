"""The broadcast as the store knows it: so many a room, and a life that only goes forward."""

from dataclasses import replace

import pytest

from onstage.actions.access import ServerCaller
from onstage.actions.broadcast_life import report_degraded, report_restarted, report_status
from onstage.actions.broadcast_stop import stop_broadcast
from onstage.actions.broadcasts import BroadcastChange, NewBroadcast, start_broadcast, update_broadcast
from onstage.actions.making import NewRoom
from onstage.actions.projects import create_project
from onstage.actions.reading import read_broadcast, read_broadcasts, read_room
from onstage.actions.rooms import create_room, end_room
from onstage.actions.templates import create_template
from onstage.errors import ErrorCode
from onstage.model.broadcast_defaults import BroadcastDefaults
from onstage.model.degradation import OF_COMPOSER, OF_STORAGE, Degradation
from onstage.model.mix import Mix
from onstage.model.records import Broadcast, BroadcastReason, BroadcastStatus, CanvasShape, Layout, LayoutName
from onstage.model.template import INTERACTIVE_LIVE_STREAM
from tests.support.house import House
from tests.support.refusals import refusal, refused


async def started(house: House, room: str = "show") -> Broadcast:
    return await start_broadcast(house.ctx, house.server, room, NewBroadcast())


async def status(house: House, broadcast: Broadcast) -> BroadcastStatus:
    return (await read_broadcast(house.ctx, house.server, broadcast.id)).status


async def test_a_broadcast_goes_from_starting_to_live_to_stopping_to_ended(house: House) -> None:
    show = await started(house)
    await report_status(house.ctx, show.id, BroadcastStatus.LIVE)
    await stop_broadcast(house.ctx, house.server, show.id)
    await report_status(house.ctx, show.id, BroadcastStatus.ENDED)
    names = [f"broadcast.{one}" for one in ("starting", "live", "stopping", "ended")]
    assert (await house.names())[1:] == names
    ended = await read_broadcast(house.ctx, house.server, show.id)
    assert (ended.live_at, ended.ended_at, ended.reason) == (house.clock.now(), house.clock.now(), "stopped")


async def test_a_room_has_one_broadcast_at_a_time(house: House) -> None:
    show = await started(house)
    assert (await refusal(started(house))).problem()["expected"] == "fewer than 1 at once"
    await report_status(house.ctx, show.id, BroadcastStatus.FAILED, reason=BroadcastReason.COMPOSER_DIED)
    second = await started(house)
    listed = await read_broadcasts(house.ctx, house.server, "show", after=None, limit=10)
    assert {one.id for one in listed} == {show.id, second.id}


async def test_what_a_template_allows_runs_at_once_in_a_room(house: House) -> None:
    house.ctx.max_broadcasts = 9
    room = await two_at_once(house)
    first = await started(house, room)
    await house.clock.advance(1)
    second = await started(house, room)
    assert await refused(started(house, room)) is ErrorCode.BROADCAST_ACTIVE
    newest = (await read_room(house.ctx, house.server, room)).broadcast
    assert newest is not None
    assert newest.id == second.id
    await stop_broadcast(house.ctx, house.server, second.id)
    assert await status(house, first) is BroadcastStatus.STARTING
    await report_status(house.ctx, second.id, BroadcastStatus.ENDED)
    await started(house, room)


async def test_ending_a_room_stops_every_broadcast_in_it(house: House) -> None:
    room = await two_at_once(house)
    await house.join("anna", "host", room=room)
    shows = [await started(house, room) for _ in range(2)]
    await end_room(house.ctx, house.server, room, reason="over", lock=False)
    assert [await status(house, one) for one in shows] == [BroadcastStatus.STOPPING] * 2


async def two_at_once(house: House) -> str:
    """A room that may have two shows."""
    template = replace(INTERACTIVE_LIVE_STREAM, name="two", broadcast=BroadcastDefaults(max_broadcasts=2))
    await create_template(house.ctx, house.server, template)
    room = await create_room(house.ctx, house.server, NewRoom(name="two", title="Two", template="two"))
    return room.id


async def test_late_reports_change_nothing(house: House) -> None:
    show = await started(house)
    await stop_broadcast(house.ctx, house.server, show.id)
    await report_status(house.ctx, show.id, BroadcastStatus.LIVE)
    assert await status(house, show) is BroadcastStatus.STOPPING
    await report_status(house.ctx, show.id, BroadcastStatus.ENDED)
    behind = await house.seq()
    await report_status(house.ctx, show.id, BroadcastStatus.FAILED, reason=BroadcastReason.SERVER_LOST)
    await report_degraded(house.ctx, show.id, OF_COMPOSER, of=OF_COMPOSER)
    await report_restarted(house.ctx, show.id)
    await report_status(house.ctx, "bc_unknown", BroadcastStatus.LIVE)
    assert await house.names(behind=behind) == []


async def test_what_a_show_goes_on_without_is_told_once_and_seen_until_it_is_over(house: House) -> None:
    show = await started(house)
    behind = await house.seq()
    eased, repeating = Degradation.ENCODER_EFFORT, Degradation.REPEATED_PICTURES
    reports = [((eased,), OF_COMPOSER), ((eased,), OF_COMPOSER), ((Degradation.STORAGE_FULL,), OF_STORAGE)]
    reports += [((eased, repeating), OF_COMPOSER), ((), OF_COMPOSER), ((Degradation.STORAGE_AWAY,), OF_STORAGE)]
    seen = []
    for now, of in reports:
        await report_degraded(house.ctx, show.id, now, of=of)
        seen.append([*(await read_broadcast(house.ctx, house.server, show.id)).degraded])
    full, away = Degradation.STORAGE_FULL, Degradation.STORAGE_AWAY
    assert seen == [[eased], [eased], [eased, full], [eased, repeating, full], [full], [away]]
    told = [(one.data["what"], one.data["is_recovered"]) for one in await house.events(behind=behind)]
    assert told == [
        (eased, False),
        (full, False),
        (repeating, False),
        (eased, True),
        (repeating, True),
        (away, False),
        (full, True),
    ]
    await report_status(house.ctx, show.id, BroadcastStatus.ENDED)
    assert (await read_broadcast(house.ctx, house.server, show.id)).degraded == ()


async def test_stopping_twice_is_told_once_and_after_the_end_it_is_over(house: House) -> None:
    show = await started(house)
    for _ in range(2):
        await stop_broadcast(house.ctx, house.server, show.id)
    assert (await house.names()).count("broadcast.stopping") == 1
    await report_status(house.ctx, show.id, BroadcastStatus.ENDED)
    assert await refused(stop_broadcast(house.ctx, house.server, show.id)) is ErrorCode.BROADCAST_OVER
    attempt = update_broadcast(house.ctx, house.server, show.id, BroadcastChange(layout={"name": "grid"}))
    assert await refused(attempt) is ErrorCode.BROADCAST_OVER


async def test_a_change_names_layout_or_title_and_leaves_the_other(house: House) -> None:
    show = await started(house)
    changed = await update_broadcast(house.ctx, house.server, show.id, BroadcastChange(layout={"name": "spotlight"}))
    assert (changed.layout, changed.title) == (Layout(name=LayoutName.SPOTLIGHT), show.title)
    changed = await update_broadcast(house.ctx, house.server, show.id, BroadcastChange(title="Tonight"))
    assert (changed.layout, changed.title) == (Layout(name=LayoutName.SPOTLIGHT), "Tonight")


async def test_of_a_layout_what_is_named_changes_and_null_is_the_default_again(house: House) -> None:
    show = await started(house)

    async def changed(**patch: object) -> Layout:
        return (await update_broadcast(house.ctx, house.server, show.id, BroadcastChange(layout=patch))).layout

    assert await changed(pins=["anna"], gap_px=0) == Layout(pins=("anna",), gap_px=0)
    assert await changed(name="sidebar") == Layout(name=LayoutName.SIDEBAR, pins=("anna",), gap_px=0)
    assert await changed(gap_px=None) == Layout(name=LayoutName.SIDEBAR, pins=("anna",))
    place = {"x": 0, "y": 0, "width": 50, "height": 100, "who": {"type": "participant", "identity": "anna"}}
    custom = await changed(name="custom", tiles=[place])
    assert [tile.width for tile in custom.tiles] == [50.0]
    assert (await changed(name="grid")).tiles == ()


async def test_of_a_mix_what_is_named_changes_and_null_is_nobody_again(house: House) -> None:
    show = await started(house)

    async def changed(**patch: object) -> Mix:
        return (await update_broadcast(house.ctx, house.server, show.id, BroadcastChange(mix=patch))).mix

    assert await changed(muted=["gus", "gus"]) == Mix(muted=("gus",))
    assert await changed(hidden=["anna"]) == Mix(muted=("gus",), hidden=("anna",))
    assert await changed(muted=None) == Mix(hidden=("anna",))
    assert (await read_broadcast(house.ctx, house.server, show.id)).mix == Mix(hidden=("anna",))
    wrong = update_broadcast(house.ctx, house.server, show.id, BroadcastChange(mix={"muted": ["no identity!"]}))
    assert [one.path for one in (await refusal(wrong)).errors] == ["mix.muted.0"]


@pytest.mark.parametrize(
    ("patch", "path"),
    [
        ({"name": "custom"}, "layout"),
        ({"tiles": [{"x": 0, "y": 0, "width": 10, "height": 10}]}, "layout"),
        ({"name": "custom", "tiles": [{"x": 60, "y": 0, "width": 50, "height": 10}]}, "layout.tiles.0"),
        ({"pins": ["anna", "anna"]}, "layout"),
        ({"background_color": "red"}, "layout.background_color"),
    ],
)
async def test_a_layout_that_is_none_changes_nothing(house: House, patch: dict[str, object], path: str) -> None:
    show = await started(house)
    refused_with = await refusal(update_broadcast(house.ctx, house.server, show.id, BroadcastChange(layout=patch)))
    assert refused_with.code is ErrorCode.MALFORMED
    assert [one.path for one in refused_with.errors] == [path]
    assert (await read_broadcast(house.ctx, house.server, show.id)).layout == Layout()


async def test_a_start_is_as_the_template_says_but_for_what_it_names(house: House) -> None:
    new = NewBroadcast(layout={"gap_px": 4}, canvas=CanvasShape.UPRIGHT)
    show = await start_broadcast(house.ctx, house.server, "show", new)
    assert (show.layout, show.canvas) == (Layout(gap_px=4), CanvasShape.UPRIGHT)
    assert await read_broadcast(house.ctx, house.server, show.id) == show


async def test_hosts_go_live_and_others_do_not(house: House) -> None:
    anna, gus = await house.join("anna", "host"), await house.join("gus", "guest")
    vic = await house.join("vic", "viewer")
    attempt = start_broadcast(house.ctx, house.caller(gus), "show", NewBroadcast())
    assert await refused(attempt) is ErrorCode.PERMISSION_DENIED
    attempt = start_broadcast(house.ctx, house.caller(vic), "show", NewBroadcast())
    assert await refused(attempt) is ErrorCode.NOT_ON_STAGE
    show = await start_broadcast(house.ctx, house.caller(anna), "show", NewBroadcast())
    assert await refused(stop_broadcast(house.ctx, house.caller(vic), show.id)) is ErrorCode.NOT_ON_STAGE


async def test_other_rooms_and_projects_broadcasts_do_not_exist(house: House) -> None:
    show = await started(house)
    stranger, _ = await create_project(house.ctx, "stranger")
    other = await house.another_room("other")
    eve = await house.join("eve", "host", room=other.id)
    for caller in (ServerCaller(stranger.id), house.caller(eve)):
        assert await refused(read_broadcast(house.ctx, caller, show.id)) is ErrorCode.BROADCAST_NOT_FOUND
        assert await refused(stop_broadcast(house.ctx, caller, show.id)) is ErrorCode.BROADCAST_NOT_FOUND


async def test_ending_the_room_stops_the_broadcast(house: House) -> None:
    await house.join("anna", "host")
    show = await started(house)
    await end_room(house.ctx, house.server, "show", reason="over", lock=False)
    stopping = await read_broadcast(house.ctx, house.server, show.id)
    assert (stopping.status, stopping.reason) == (BroadcastStatus.STOPPING, "room_ended")
