"""Sending a stretch of the past again."""

from datetime import timedelta
from typing import Any

import pytest

from onstage.actions import deliveries, webhooks
from onstage.actions.deliveries import MOST_REPLAYED, Range
from onstage.actions.rooms import RoomChange, update_room
from onstage.actions.webhooks import NewEndpoint
from onstage.errors import ErrorCode
from onstage.model.records import Endpoint
from onstage.outbound import Guard, Outbound, read_policy
from onstage.store import events
from onstage.store.database import Tx
from onstage.store.events import Span
from tests.support.clock import EPOCH
from tests.support.house import House
from tests.support.refusals import refused


async def endpoint_in(house: House, *events: str, room: str | None = None) -> Endpoint:
    house.ctx.outbound = Outbound(Guard(read_policy("127.0.0.1", "", is_http_allowed=False)))
    new = NewEndpoint("http://127.0.0.1:9/", events or None)
    return (await webhooks.create_endpoint(house.ctx, house.server, room, new))[0]


async def replayed(house: House, endpoint: Endpoint, wanted: Range) -> list[tuple[str | None, int | None, str]]:
    """Room, `seq` and name of everything that the call put on its way, in the order of sending."""
    await deliveries.replay_range(house.ctx, house.server, endpoint.id, wanted)
    found = await deliveries.read_deliveries(
        house.ctx, house.server, endpoint.id, status=None, event=None, after=None, limit=10_000
    )
    assert all(one.delivery.is_replay for one in found)
    return [(one.event.room_id, one.event.seq, one.event.name) for one in reversed(found)]


async def test_a_new_endpoint_may_hear_of_what_was_before_it(house: House) -> None:
    await house.join("anna", "host")
    endpoint = await endpoint_in(house)
    sent = await replayed(house, endpoint, Range(EPOCH))
    assert [seq for _, seq, _ in sent] == list(range(1, await house.seq() + 1))
    assert sent[0][2] == "room.created"


async def test_a_replay_is_bounded_by_its_time(house: House) -> None:
    for title in ("early", "wanted", "late"):
        await house.clock.advance(60)
        await update_room(house.ctx, house.server, "show", RoomChange(title=title))
    endpoint = await endpoint_in(house)
    since = EPOCH + timedelta(seconds=120)
    sent = await replayed(house, endpoint, Range(since, since + timedelta(seconds=60)))
    assert [name for _, _, name in sent] == ["room.updated"]


async def test_a_replay_keeps_to_the_endpoint_s_filter_or_the_one_that_is_given(house: House) -> None:
    await house.join("anna", "host")
    endpoint = await endpoint_in(house, "room.*")
    assert {name for _, _, name in await replayed(house, endpoint, Range(EPOCH))} == {"room.created"}
    other = await endpoint_in(house, "room.*")
    sent = await replayed(house, other, Range(EPOCH, events=("participant.*",)))
    assert {name for _, _, name in sent} == {"participant.joined"}


async def test_a_room_s_endpoint_replays_its_room_alone(house: House) -> None:
    other = await house.another_room("other")
    await update_room(house.ctx, house.server, "show", RoomChange(title="x"))
    endpoint = await endpoint_in(house, room="other")
    assert {room for room, _, _ in await replayed(house, endpoint, Range(EPOCH))} == {other.id}


async def test_within_a_room_the_order_is_that_of_seq_whatever_the_clocks_said(house: House) -> None:
    """Two servers write into a room; the clock of one is behind."""
    await house.another_room("other")
    times = [EPOCH + timedelta(seconds=seconds) for seconds in (100, 90, 110, 95)]
    for moment in times:
        house.clock.say(moment)
        await update_room(house.ctx, house.server, "show", RoomChange(title="x"))
        await update_room(house.ctx, house.server, "other", RoomChange(title="x"))
    endpoint = await endpoint_in(house)
    house.clock.say(EPOCH + timedelta(seconds=200))
    sent = await replayed(house, endpoint, Range(EPOCH))
    for room in {room for room, _, _ in sent}:
        seqs = [seq or 0 for of_room, seq, _ in sent if of_room == room]
        assert seqs == sorted(seqs)


async def test_a_long_replay_goes_on_from_its_cursor(house: House) -> None:
    count = MOST_REPLAYED + 50
    for _ in range(count):
        await update_room(house.ctx, house.server, "show", RoomChange(title="x"))
    endpoint = await endpoint_in(house, "room.updated")
    first = await deliveries.replay_range(house.ctx, house.server, endpoint.id, Range(EPOCH))
    assert first.count == MOST_REPLAYED
    assert first.next_cursor is not None
    rest = await replayed(house, endpoint, Range(EPOCH, cursor=first.next_cursor))
    assert [seq for _, seq, _ in rest] == list(range(2, count + 2))
    last = await deliveries.replay_range(
        house.ctx, house.server, endpoint.id, Range(EPOCH + timedelta(days=1), EPOCH + timedelta(days=2))
    )
    assert (last.count, last.next_cursor) == (0, None)


@pytest.mark.parametrize("most", [1, 2, 3])
async def test_page_by_page_everything_is_replayed_once_whatever_the_clocks_said(
    house: House, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(deliveries, "MOST_REPLAYED", most)
    for seconds in (100, 90, 110, 95, 92, 120):
        house.clock.say(EPOCH + timedelta(seconds=seconds))
        await update_room(house.ctx, house.server, "show", RoomChange(title="x"))
    endpoint = await endpoint_in(house, "room.updated")
    house.clock.say(EPOCH + timedelta(seconds=200))
    wanted, pages = Range(EPOCH), 0
    while pages == 0 or wanted.cursor is not None:
        page = await deliveries.replay_range(house.ctx, house.server, endpoint.id, wanted)
        wanted, pages = Range(EPOCH, cursor=page.next_cursor), pages + 1
        assert pages <= 6
    found = await deliveries.read_deliveries(
        house.ctx, house.server, endpoint.id, status=None, event=None, after=None, limit=100
    )
    assert sorted(one.event.seq or 0 for one in found) == [2, 3, 4, 5, 6, 7]


async def test_nothing_is_replayed_to_a_disabled_endpoint(house: House) -> None:
    endpoint = await endpoint_in(house)
    await webhooks.update_endpoint(house.ctx, house.server, endpoint.id, {"is_enabled": False})
    attempt = deliveries.replay_range(house.ctx, house.server, endpoint.id, Range(EPOCH))
    assert await refused(attempt) is ErrorCode.WEBHOOK_DISABLED


async def test_what_is_to_be_replayed_is_looked_up_while_others_write(house: House) -> None:
    endpoint = await endpoint_in(house)
    past = Range(EPOCH - timedelta(days=1), EPOCH - timedelta(hours=1))
    async with house.ctx.database.begin():
        found = await deliveries.replay_range(house.ctx, house.server, endpoint.id, past)
    assert (found.count, found.next_cursor) == (0, None)


async def test_nothing_is_replayed_to_an_endpoint_that_went_while_it_was_looked_up(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    endpoint = await endpoint_in(house)
    look_up = events.ids_within

    async def look_up_slowly(tx: Tx, span: Span, **page: Any) -> tuple[list[str], str | None]:
        found = await look_up(tx, span, **page)
        await webhooks.delete_endpoint(house.ctx, house.server, endpoint.id)
        return found

    monkeypatch.setattr(events, "ids_within", look_up_slowly)
    attempt = deliveries.replay_range(house.ctx, house.server, endpoint.id, Range(EPOCH))
    assert await refused(attempt) is ErrorCode.WEBHOOK_NOT_FOUND
