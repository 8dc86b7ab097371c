"""The gateway over a real socket: snapshot, ordered events, requests, and how a connection ends."""

import json

import pytest
import websockets

from onstage.actions import presence, rooms
from onstage.actions.messages import send_message
from onstage.actions.rooms import RoomChange
from onstage.gateway.connection import HELLO_TIMEOUT_S, PING_EVERY_S
from onstage.gateway.frames import LARGEST_FRAME_BYTES
from tests.support.gateway import GatewayClient, ServedHouse
from tests.support.reducer import reduce


async def test_a_hello_is_welcomed_with_a_snapshot(doors: ServedHouse) -> None:
    token = await doors.token("anna", "host")
    async with doors.client(token) as anna:
        welcome = await anna.first()
        assert welcome["type"] == "welcome"
        assert welcome["snapshot"]["me"]["identity"] == "anna"
        assert welcome["seq"] == await doors.house.seq()
        assert welcome["connection_id"].startswith(welcome["snapshot"]["me"]["id"])


async def test_events_follow_the_snapshot_in_order_and_each_once(doors: ServedHouse) -> None:
    house = doors.house
    anna_token, vic_token = await doors.token("anna", "host"), await doors.token("vic", "viewer")
    async with doors.client(anna_token) as anna, doors.client(vic_token) as vic:
        state = (await anna.first())["snapshot"]
        await vic.first()
        assert (await vic.request("hand.raise"))["ok"]
        invited = await anna.request("participant.promote", participant="vic")
        assert invited["ok"]
        invite = invited["data"]["invite"]["id"]
        accepted = await vic.request("invite.accept", invite=invite)
        assert accepted["data"]["participant"]["level"] == "stage"
        await anna.until_event("participant.promoted")
        for event in anna.events:
            state = reduce(state, event["name"], event["data"])
        person = await house.join("anna", "host")
        assert state == await house.snapshot(person) | {"counts": state["counts"]}


async def test_what_does_not_concern_a_participant_is_not_sent_and_leaves_no_gap(doors: ServedHouse) -> None:
    house = doors.house
    gus_token = await doors.token("gus", "guest")
    vic = await house.join("vic", "viewer")
    async with doors.client(gus_token) as gus:
        await gus.first()
        await house.invited(vic)
        await house.promoted(vic)
        await gus.until_event("participant.promoted")
        assert [event["name"] for event in gus.events] == ["participant.promoted"]


async def test_a_request_is_refused_with_the_same_problem_as_over_rest(doors: ServedHouse) -> None:
    token = await doors.token("vic", "viewer")
    await doors.house.join("wim", "viewer")
    async with doors.client(token) as vic:
        await vic.first()
        reply = await vic.request("participant.promote", participant="wim")
    path = "/v1/rooms/show/participants/wim/promote"
    answer = await doors.rest.post(path, json={}, auth=None, headers={"Authorization": f"Bearer {token}"})
    assert answer.status_code == 403
    assert reply["error"] == answer.json()
    assert reply["error"]["code"] == "not_on_stage"


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("participant.fly", {}, "unknown_request"),
        ("message.send", {}, "malformed"),
        ("message.send", {"text": "hi", "colour": "red"}, "malformed"),
        ("message.send", {"text": "x" * 2001}, "malformed"),
        ("participant.mute", {"participant": "anna", "muted": False}, "malformed"),
        ("invite.accept", {"invite": "inv_none"}, "invite_not_found"),
        ("broadcast.stop", {"broadcast": "bc_none"}, "broadcast_not_found"),
        ("output.remove", {"broadcast": "bc_none", "output": "out_none"}, "broadcast_not_found"),
        ("participant.mute", {"participant": "anna"}, "track_not_found"),
        ("participant.remove", {"participant": "nobody"}, "participant_not_found"),
        ("hand.raise", {}, "hand_not_raisable"),
    ],
)
async def test_a_wrong_request_is_answered_and_the_connection_goes_on(
    doors: ServedHouse, name: str, data: dict[str, object], code: str
) -> None:
    token = await doors.token("anna", "host")
    async with doors.client(token) as anna:
        await anna.first()
        assert (await anna.request(name, **data))["error"]["code"] == code
        assert (await anna.request("message.send", text="still here"))["ok"]


async def test_every_request_does_what_its_route_does(doors: ServedHouse) -> None:
    anna_token, vic_token = await doors.token("anna", "host"), await doors.token("vic", "viewer")
    async with doors.client(anna_token) as anna, doors.client(vic_token) as vic:
        await anna.first()
        await vic.first()
        forced = await anna.request("participant.promote", participant="vic", force=True)
        assert forced["data"]["participant"]["level"] == "stage"
        assert (await anna.request("participant.demote", participant="vic"))["ok"]
        assert (await vic.request("hand.raise"))["data"]["participant"]["hand_raised_at"]
        assert (await anna.request("hand.lower", participant="vic"))["ok"]
        for answer in ("invite.decline", "invite.cancel"):
            invite = (await anna.request("participant.promote", participant="vic"))["data"]["invite"]["id"]
            asked = vic if answer == "invite.decline" else anna
            assert (await asked.request(answer, invite=invite))["ok"]
        show = (await anna.request("broadcast.start", title="Tonight"))["data"]
        assert show["status"] == "starting"
        changed = await anna.request("broadcast.update", broadcast=show["id"], layout={"name": "spotlight"})
        assert changed["data"]["layout"]["name"] == "spotlight"
        key = "sesame-4711"
        target = {"broadcast": show["id"], "type": "rtmp", "url": "rtmps://93.184.216.34/live", "stream_key": key}
        fed = await anna.request("output.add", **target)
        assert (fed["data"]["url"], fed["data"]["status"]) == ("rtmps://93.184.216.34/live", "connecting")
        assert key not in str(fed)
        gone = await anna.request("output.remove", broadcast=show["id"], output=fed["data"]["id"])
        assert gone["data"]["status"] == "ended"
        assert (await anna.request("broadcast.stop", broadcast=show["id"]))["data"]["status"] == "stopping"
        assert (await anna.request("participant.remove", participant="vic"))["ok"]


async def test_who_leaves_gets_the_reply_and_then_the_end(doors: ServedHouse) -> None:
    await doors.token("anna", "host")
    token = await doors.token("gus", "guest")
    async with doors.client(token) as gus:
        await gus.first()
        assert (await gus.request("participant.leave"))["data"]["participant"]["presence"] == "left"
        assert await gus.bye() == "participant_left"


async def test_who_is_removed_hears_of_it_and_does_not_come_back(doors: ServedHouse) -> None:
    await doors.token("anna", "host")
    token = await doors.token("vic", "viewer")
    async with doors.client(token) as vic:
        await vic.first()
        await presence.remove(doors.house.ctx, doors.house.server, "show", "vic")
        assert await vic.bye() == "participant_removed"
        assert vic.events[-1]["name"] == "participant.removed"
    async with doors.client(token) as vic:
        assert await vic.bye() == "participant_removed"


async def test_the_end_of_the_session_ends_every_connection(doors: ServedHouse) -> None:
    tokens = [await doors.token("anna", "host"), await doors.token("vic", "viewer")]
    async with doors.client(tokens[0]) as anna, doors.client(tokens[1]) as vic:
        for one in (anna, vic):
            await one.first()
        await rooms.end_room(doors.house.ctx, doors.house.server, "show", reason="over", lock=False)
        for one in (anna, vic):
            assert await one.bye() == "session_ended"
            assert one.events[-1]["name"] == "session.ended"


async def test_the_same_participant_again_replaces_the_older_connection(doors: ServedHouse) -> None:
    token = await doors.token("anna", "host")
    async with doors.client(token) as older:
        await older.first()
        async with doors.client(token) as newer:
            await newer.first()
            assert await older.bye() == "replaced"
            assert (await newer.request("message.send", text="here"))["ok"]


async def test_a_newer_connection_elsewhere_ends_the_one_here_and_none_ends_itself(doors: ServedHouse) -> None:
    token = await doors.token("anna", "host")
    async with doors.client(token) as anna:
        participant = (await anna.first())["snapshot"]["me"]["id"]
        doors.gateway.replace(participant, anna.connection_id)
        assert (await anna.request("message.send", text="still here"))["ok"]
        doors.gateway.replace(participant, f"{participant}.elsewhere")
        assert await anna.bye() == "replaced"
    doors.gateway.replace(participant, f"{participant}.elsewhere")


async def test_a_stopping_server_says_so(doors: ServedHouse) -> None:
    token = await doors.token("anna", "host")
    async with doors.client(token) as anna:
        await anna.first()
        doors.gateway.stop()
        assert await anna.bye() == "server_stopping"


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ("not json", "protocol_error"),
        ("[]", "protocol_error"),
        ('{"type": "hello"}', "protocol_error"),
        ('{"type": "hello", "token": "x", "colour": "red"}', "protocol_error"),
        ('{"type": "ping"}', "protocol_error"),
        ('{"type": "hello", "token": "x", "resume": {"connection_id": "x", "seq": -1}}', "protocol_error"),
        ('{"type": "hello", "token": "junk"}', "token_invalid"),
        (json.dumps({"type": "hello", "token": "x" * LARGEST_FRAME_BYTES}), "protocol_error"),
        ("[" * 60_000, "protocol_error"),
        (b"\x00\xff", "protocol_error"),
        (b'{"type": "ping"}', "protocol_error"),
    ],
)
async def test_a_bad_hello_is_answered_with_bye(doors: ServedHouse, frame: str | bytes, code: str) -> None:
    async with websockets.connect(doors.gateway_url) as socket:
        await socket.send(frame)
        assert await GatewayClient(socket).bye() == code


@pytest.mark.parametrize(
    "frame",
    [
        b"\x00\xff",
        "{",
        '{"type": "request", "id": "", "name": "hand.raise"}',
        '{"type": "request", "id": "1", "name": "message.send", "data": []}',
        json.dumps({"type": "request", "id": "1", "name": "message.send", "data": {"text": "x" * LARGEST_FRAME_BYTES}}),
        '{"type": "hello", "token": "x"}',
        '{"type": "welcome"}',
    ],
)
async def test_a_frame_that_is_none_ends_the_connection(doors: ServedHouse, frame: str | bytes) -> None:
    token = await doors.token("anna", "host")
    async with doors.client(token) as anna:
        await anna.first()
        await anna.socket.send(frame)
        assert await anna.bye() == "protocol_error"


async def test_a_client_that_says_nothing_is_not_waited_for(doors: ServedHouse) -> None:
    async with websockets.connect(doors.gateway_url) as socket:
        await doors.house.until_sleepers(1)
        await doors.house.clock.advance(HELLO_TIMEOUT_S)
        assert await GatewayClient(socket).bye() == "protocol_error"


async def test_who_has_not_joined_is_told_that_there_is_no_session(doors: ServedHouse) -> None:
    token = await doors.house.token("vic", "viewer")
    async with doors.client(token) as vic:
        assert await vic.bye() == "session_ended"


async def test_an_expired_token_is_told_apart(doors: ServedHouse) -> None:
    token = await doors.token("vic", "viewer")
    await doors.house.clock.advance(7 * 3600)
    async with doors.client(token) as vic:
        assert await vic.bye() == "token_expired"


async def test_a_client_that_answers_pings_stays_and_one_that_does_not_is_cut(doors: ServedHouse) -> None:
    token = await doors.token("anna", "host")
    async with doors.client(token) as anna:
        await anna.first()
        await doors.house.until_sleepers(1)
        await doors.house.clock.advance(PING_EVERY_S)
        assert json.loads(await anna.socket.recv()) == {"type": "ping"}
        await anna.send({"type": "ping"})
        assert (await anna.frame())["type"] == "pong"
        await doors.house.clock.advance(PING_EVERY_S)
        assert json.loads(await anna.socket.recv()) == {"type": "ping"}
        await doors.house.clock.advance(PING_EVERY_S)
        with pytest.raises(websockets.ConnectionClosed):
            await anna.socket.recv()


async def test_viewers_frames_are_gathered_and_the_stages_are_not(doors: ServedHouse) -> None:
    house = doors.house
    gus = await house.join("gus", "guest")
    anna_token, vic_token = await doors.token("anna", "host"), await doors.token("vic", "viewer")
    async with doors.client(anna_token) as anna, doors.client(vic_token) as vic:
        await anna.first()
        await vic.first()
        for text in ("one", "two", "three"):
            await send_message(house.ctx, house.caller(gus), "show", text)
            assert (await anna.frame())["type"] == "event"
        await house.clock.advance(0.5)
        gathered = await vic.frame()
        assert gathered["type"] == "events"
        assert [event["data"]["message"]["text"] for event in gathered["events"]] == ["one", "two", "three"]


async def test_what_concerns_a_viewer_is_not_held_back(doors: ServedHouse) -> None:
    house = doors.house
    gus = await house.join("gus", "guest")
    token = await doors.token("vic", "viewer")
    async with doors.client(token) as vic:
        await vic.first()
        await send_message(house.ctx, house.caller(gus), "show", "before")
        await rooms.update_room(house.ctx, house.server, "show", RoomChange(title="Later"))
        reply = await vic.request("hand.raise")  # without any time passing
        assert reply["ok"]
        names = [event["name"] for event in vic.events]
        assert names[:2] == ["message.sent", "room.updated"]


async def test_from_its_promotion_on_a_viewers_frames_are_not_gathered(doors: ServedHouse) -> None:
    house = doors.house
    token = await doors.token("vic", "viewer")
    vic_person = await house.join("vic", "viewer")
    gus = await house.join("gus", "guest")
    async with doors.client(token) as vic:
        await vic.first()
        await house.promoted(vic_person)
        await vic.until_event("participant.promoted")
        await send_message(house.ctx, house.caller(gus), "show", "hello")
        assert (await vic.frame())["name"] == "message.sent"


async def test_a_client_that_cuts_after_a_request_does_not_stop_it_half_way(doors: ServedHouse) -> None:
    anna_token, vic_token = await doors.token("anna", "host"), await doors.token("vic", "viewer")
    async with doors.client(anna_token) as anna:
        await anna.first()
        async with doors.client(vic_token) as vic:
            await vic.first()
            await vic.send({"type": "request", "id": "1", "name": "hand.raise", "data": {}})
        event = await anna.until_event("hand.raised")
        assert event["data"]["participant"]["identity"] == "vic"
