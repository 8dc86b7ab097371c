"""Resume: after a cut at any frame nothing is lost and nothing comes twice, also across a restart of the server."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import websockets

from onstage.actions.accepting import accept
from onstage.actions.hands import raise_hand
from onstage.actions.messages import send_message
from onstage.actions.pace import Pace
from onstage.actions.presence import leave_room
from onstage.actions.promotion import demote
from onstage.actions.rooms import RoomChange, update_room
from onstage.actions.tracks import report_tracks
from onstage.gateway.server import MOST_MISSED
from onstage.model.records import Participant, Track
from onstage.model.role import Source
from tests.support.gateway import GatewayClient, ServedHouse
from tests.support.house import House
from tests.support.onstage_server import OnstageServer
from tests.support.reducer import reduce

Step = Callable[[], Awaitable[Any]]


def script(house: House, gus: Participant, vic: Participant) -> list[Step]:
    """What happens while a client is cut and comes back: of everything that has a row, something."""
    tracks = (Track("TR_1", Source.CAMERA, is_muted=False),)

    async def accepted() -> None:
        invite = await house.invited(vic)
        await accept(house.ctx, house.caller(vic), "show", invite.id)

    return [
        lambda: raise_hand(house.ctx, house.caller(vic), "show"),
        lambda: send_message(house.ctx, house.caller(gus), "show", "hello"),
        accepted,
        lambda: report_tracks(house.ctx, house.room.id, "vic", tracks),
        lambda: update_room(house.ctx, house.server, "show", RoomChange(title="Later")),
        lambda: demote(house.ctx, house.server, "show", "vic", None),
    ]


async def test_a_cut_after_any_event_loses_nothing_and_repeats_nothing(doors: ServedHouse) -> None:
    """The same show is watched by one client for each place at which the connection can be cut."""
    house = doors.house
    token = await doors.token("anna", "host")
    gus, vic = await house.join("gus", "guest"), await house.join("vic", "viewer")
    start = await house.seq()
    async with doors.client(token) as first:
        state = (await first.first())["snapshot"]
    connection = first.connection_id
    for step in script(house, gus, vic):
        await step()
    names = await house.names(behind=start)
    anna = await house.join("anna", "host")
    after = await house.snapshot(anna)
    heard = [event for event in await house.events(behind=start) if event.recipients.include(anna.id, "host")]
    assert len(heard) < len(names), "something does not concern the host"
    for event in heard:
        state_at_cut = state
        async with doors.client(token, resume=(connection, event.seq - 1)) as client:
            assert (await client.first())["type"] == "resumed"
            await client.until_seq(heard[-1].seq)
        missed = [one for one in heard if one.seq >= event.seq]
        assert [one["seq"] for one in client.events] == [one.seq for one in missed]
        for one in client.events:
            state_at_cut = reduce(state_at_cut, one["name"], one["data"])
        assert state_at_cut == after | {"counts": state["counts"]}
        state = reduce(state, event.name, event.data)


async def test_a_cut_in_the_middle_of_live_events_loses_nothing(doors: ServedHouse) -> None:
    house = doors.house
    token = await doors.token("anna", "host")
    gus, vic = await house.join("gus", "guest"), await house.join("vic", "viewer")
    async with doors.client(token) as client:
        state = (await client.first())["snapshot"]
        connection, seq = client.connection_id, client.seq
    for step in script(house, gus, vic):
        async with doors.client(token, resume=(connection, seq)) as client:
            assert (await client.first())["type"] == "resumed"
            await step()
            await client.frame()  # at least one event arrives; others may be on their way when the connection is cut
            connection, seq = client.connection_id, client.seq
            for event in client.events:
                state = reduce(state, event["name"], event["data"])
    async with doors.client(token, resume=(connection, seq)) as client:
        assert (await client.first())["type"] == "resumed"
        await update_room(house.ctx, house.server, "show", RoomChange(title="The end"))
        while not any(event["data"].get("room", {}).get("title") == "The end" for event in client.events):
            await client.frame()
        for event in client.events:
            state = reduce(state, event["name"], event["data"])
    anna = await house.join("anna", "host")
    assert state == await house.snapshot(anna) | {"counts": state["counts"]}


async def test_a_resume_with_nothing_missed_gets_neither_snapshot_nor_event(doors: ServedHouse) -> None:
    token = await doors.token("anna", "host")
    async with doors.client(token) as client:
        await client.first()
    async with doors.client(token, resume=(client.connection_id, client.seq)) as again:
        resumed = await again.first()
        assert resumed == {"type": "resumed", "connection_id": again.connection_id, "seq": client.seq}
        assert (await again.request("message.send", text="x"))["ok"]
        assert [event["name"] for event in again.events] in ([], ["message.sent"])


async def test_somebody_elses_connection_is_answered_with_a_snapshot(doors: ServedHouse) -> None:
    tokens = [await doors.token("anna", "host"), await doors.token("vic", "viewer")]
    async with doors.client(tokens[0]) as anna:
        await anna.first()
    for foreign in (anna.connection_id, "nonsense", ""):
        async with doors.client(tokens[1], resume=(foreign, anna.seq)) as vic:
            welcome = await vic.first()
            assert welcome["type"] == "welcome"
            assert welcome["snapshot"]["me"]["identity"] == "vic"


async def test_a_seq_that_never_was_is_answered_with_a_snapshot(doors: ServedHouse) -> None:
    token = await doors.token("anna", "host")
    async with doors.client(token) as client:
        await client.first()
    for seq in (client.seq + 1, 10**12, 2**53 - 1):
        async with doors.client(token, resume=(client.connection_id, seq)) as again:
            assert (await again.first())["type"] == "welcome"


async def test_a_seq_that_nothing_can_count_to_is_a_protocol_error(doors: ServedHouse) -> None:
    token = await doors.token("anna", "host")
    async with doors.client(token, resume=("pa_x.y", 10**30)) as client:
        assert await client.bye() == "protocol_error"


async def test_who_missed_too_much_gets_a_snapshot(doors: ServedHouse) -> None:
    house = doors.house
    token = await doors.token("anna", "host")
    async with doors.client(token) as client:
        await client.first()
    anna = house.caller(await house.join("anna", "host"))
    house.ctx.paces.messages = Pace(burst=2 * MOST_MISSED, per_s=1)
    for _ in range(MOST_MISSED):
        await send_message(house.ctx, anna, "show", "chat may be dropped, but not in a resume")
    async with doors.client(token, resume=(client.connection_id, client.seq)) as again:
        assert (await again.first())["type"] == "resumed"
        await again.until_seq(client.seq + MOST_MISSED)
        assert len(again.events) == MOST_MISSED
    await send_message(house.ctx, anna, "show", "one too many")
    async with doors.client(token, resume=(client.connection_id, client.seq)) as again:
        assert (await again.first())["type"] == "welcome"


async def test_who_was_removed_meanwhile_does_not_resume(doors: ServedHouse) -> None:
    house = doors.house
    await house.join("anna", "host")
    token = await doors.token("vic", "viewer")
    async with doors.client(token) as vic:
        await vic.first()
    await doors.rest.post("/v1/rooms/show/participants/vic/remove")
    async with doors.client(token, resume=(vic.connection_id, vic.seq)) as again:
        assert await again.bye() == "participant_removed"


async def test_after_kill_9_of_the_server_clients_resume_and_everything_is_there(tmp_path: Path) -> None:
    server = OnstageServer(tmp_path / "data")
    await server.start()
    try:
        await server.make_project()
        await server.call("POST", "/v1/rooms", {"name": "show"})
        tokens = {}
        for identity, role in (("anna", "host"), ("vic", "viewer")):
            made = await server.call("POST", "/v1/rooms/show/tokens", {"identity": identity, "role": role})
            await server.call("POST", "/v1/join", {"token": made["token"]})
            tokens[identity] = made["token"]
        url = server.url.replace("http", "ws", 1) + "/v1/gateway"
        async with websockets.connect(url) as socket:
            anna = GatewayClient(socket)
            await anna.send({"type": "hello", "token": tokens["anna"]})
            await anna.first()
            await server.call("POST", "/v1/rooms/show/participants/vic/promote", {"force": True})
            await anna.until_event("participant.promoted")
            connection, seq = anna.connection_id, anna.seq
            await server.kill()
        await server.start()
        assert (await server.call("GET", "/v1/rooms/show/participants/vic"))["level"] == "stage"
        await server.call("PATCH", "/v1/rooms/show", {"title": "Back again"})
        async with websockets.connect(url) as socket:
            again = GatewayClient(socket)
            resume = {"connection_id": connection, "seq": seq}
            await again.send({"type": "hello", "token": tokens["anna"], "resume": resume})
            assert (await again.first())["type"] == "resumed"
            event = await again.until_event("room.updated")
            assert event["data"]["room"]["title"] == "Back again"
            assert (event["prev"], event["seq"]) == (seq, seq + 1)
    finally:
        await server.stop()


async def test_who_left_and_came_back_meanwhile_resumes_and_stays(doors: ServedHouse) -> None:
    house = doors.house
    await house.join("anna", "host")
    participant = await house.join("gus", "audience")
    token = await doors.token("gus", "audience")
    async with doors.client(token) as gus:
        await gus.first()
    await leave_room(house.ctx, house.caller(participant))
    await doors.rest.post("/v1/join", json={"token": token}, auth=None)
    async with doors.client(token, resume=(gus.connection_id, gus.seq)) as again:
        assert (await again.first())["type"] == "resumed"
        await again.until_event("participant.joined")
        assert (await again.request("hand.raise"))["ok"]
