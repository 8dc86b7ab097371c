"""Who reads too slowly: chat is dropped and told, state is not, and nobody else waits for them."""

from dataclasses import replace

from onstage.actions.emit import emit
from onstage.actions.messages import send_message
from onstage.actions.rooms import RoomChange, update_room
from onstage.actions.tracks import report_tracks
from onstage.events import MessageSent
from onstage.gateway.connection import BYE_TIMEOUT_S, PING_EVERY_S
from onstage.gateway.send_queue import MOST_ITEMS
from onstage.gateway.server import MOST_MISSED
from onstage.model.records import Track
from onstage.model.role import Source
from onstage.model.views import MessageView
from onstage.store import rooms
from tests.support.gateway import GatewayClient, ServedHouse
from tests.support.waiting import until

FILLER = {"filler": "y" * 8_000}
SMALL = {"max_queue": 1, "write_limit": 1, "close_timeout": 1}  # of the client's own buffers
MANY = 1_000
"""So many messages are more than the kernel's buffers of a socket that nobody reads."""
_AT_A_TIME = 50


async def chat(doors: ServedHouse, count: int, reader: GatewayClient) -> None:
    """So many long messages by the server, some at a time; `reader` keeps up."""
    house = doors.house
    for first in range(0, count, _AT_A_TIME):
        message = await send_message(house.ctx, house.server, "show", f"{first}")
        async with house.ctx.database.begin() as tx:
            room = await rooms.lock_id(tx, house.room.id)
            assert room is not None
            for number in range(first + 1, first + _AT_A_TIME):
                long = replace(message, text=str(number), metadata=FILLER)
                await emit(house.ctx, tx, room, MessageSent(message=MessageView.of(long)))
        await reader.until_seq(await house.seq())


def texts(client: GatewayClient) -> list[int]:
    """The numbers of the messages it has heard."""
    sent = (event["data"]["message"]["text"] for event in client.events if event["name"] == "message.sent")
    return [int(text) for text in sent]


async def test_chat_that_a_slow_reader_misses_is_told_with_its_place_and_state_is_not_dropped(
    doors: ServedHouse,
) -> None:
    house = doors.house
    anna_token, slow_token = await doors.token("anna", "host"), await doors.token("slow", "guest")
    async with doors.client(anna_token) as anna, doors.client(slow_token, **SMALL) as slow:
        await anna.first()
        await slow.first()
        slow.socket.transport.pause_reading()
        await chat(doors, MANY // 2, anna)
        await update_room(house.ctx, house.server, "show", RoomChange(title="In between"))
        await chat(doors, MANY // 2, anna)
        slow.socket.transport.resume_reading()
        await slow.until_seq(await house.seq())
    heard = texts(slow)
    assert texts(anna) == [*range(MANY // 2)] * 2, "who reads hears everything"
    assert sum(one["count"] for one in slow.dropped) == MANY - len(heard) > 0
    assert heard[-20:] == texts(anna)[-20:], "the newest is kept"
    assert [event["data"]["room"]["title"] for event in slow.events if event["name"] == "room.updated"] == [
        "In between"
    ]
    for gap in slow.dropped:
        assert gap["after_seq"] in {0, slow.welcome_seq, *(event["seq"] for event in slow.events)}


async def test_who_never_reads_is_cut_for_state_and_holds_nobody_up(doors: ServedHouse) -> None:
    house = doors.house
    anna_token, slow_token = await doors.token("anna", "host"), await doors.token("slow", "guest")
    async with doors.client(anna_token) as anna, doors.client(slow_token, **SMALL) as slow:
        await anna.first()
        await slow.first()
        slow.socket.transport.pause_reading()
        await chat(doors, MANY, anna)
        assert doors.is_connected(slow), "nobody is cut for chat"
        tracks = tuple(Track(f"TR_{n:03}", Source.CAMERA, is_muted=False) for n in range(MOST_ITEMS + 1))
        await report_tracks(house.ctx, house.room.id, "anna", tracks)
        await anna.until_seq(await house.seq())
        await until(lambda: not doors.is_connected(slow), what="the slow client to be cut")
        assert doors.is_connected(anna)
        await house.clock.advance(BYE_TIMEOUT_S)
        await until(lambda: doors.gateway.connections == 1, what="its socket to be dropped")
        slow.socket.transport.abort()
        connection, seq = slow.connection_id, slow.seq
    async with doors.client(slow_token, resume=(connection, seq)) as again:
        assert (await again.first())["type"] == "welcome", "it missed too much for a resume"


async def test_a_reader_that_was_cut_early_enough_resumes_without_a_snapshot(doors: ServedHouse) -> None:
    house = doors.house
    anna_token, slow_token = await doors.token("anna", "host"), await doors.token("slow", "guest")
    async with doors.client(anna_token) as anna, doors.client(slow_token, **SMALL) as slow:
        await anna.first()
        await slow.first()
        start = await house.seq()
        slow.socket.transport.pause_reading()
        for number in range(MOST_MISSED):
            change = RoomChange(title=str(number), metadata=FILLER)
            await update_room(house.ctx, house.server, "show", change)
            await anna.until_event("room.updated")
        slow.socket.transport.abort()
    async with doors.client(slow_token, resume=(slow.connection_id, start)) as again:
        assert (await again.first())["type"] == "resumed"
        await again.until_seq(await house.seq())
        assert [event["data"]["room"]["title"] for event in again.events] == [str(n) for n in range(MOST_MISSED)]


async def test_half_open_sockets_are_dropped(doors: ServedHouse) -> None:
    """The client's machine has gone: nothing is read, nothing is answered, and no end is told."""
    token = await doors.token("anna", "host")
    async with doors.client(token) as anna:
        await anna.first()
        anna.socket.transport.pause_reading()
        await doors.house.clock.advance(2 * PING_EVERY_S)
        assert not doors.is_connected(anna)
        await doors.house.clock.advance(BYE_TIMEOUT_S)
        await until(lambda: doors.gateway.connections == 0, what="the socket to be dropped")
        anna.socket.transport.abort()
