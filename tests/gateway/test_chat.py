"""Chat, reactions and custom events over real sockets: everybody hears what is for them, and counts add up."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from onstage.actions.messages import MessageOptions, send_message
from onstage.actions.reactions import send_reaction
from onstage.jobs.reactions import TELL_EVERY_S, Reactions
from tests.support.gateway import GatewayClient, ServedHouse
from tests.support.reducer import Json, reduce

ROLES = {"anna": "host", "gus": "guest", "amy": "audience", "vic": "viewer"}


@asynccontextmanager
async def watched(doors: ServedHouse) -> AsyncIterator[dict[str, GatewayClient]]:
    """One client of each role, welcomed."""
    async with AsyncExitStack() as stack:
        tokens = {name: await doors.token(name, role) for name, role in ROLES.items()}
        clients = {name: await stack.enter_async_context(doors.client(token)) for name, token in tokens.items()}
        for client in clients.values():
            await client.first()
        yield clients


@asynccontextmanager
async def reactions_told(doors: ServedHouse) -> AsyncIterator[None]:
    """The job that tells reactions runs."""
    job = Reactions(doors.house.ctx)
    await job.start()
    try:
        yield
    finally:
        await job.stop()


def heard(client: GatewayClient, name: str = "message.sent") -> list[str]:
    """The texts of the messages that came."""
    return [event["data"]["message"]["text"] for event in client.events if event["name"] == name]


async def test_what_is_said_to_some_is_heard_by_them_and_its_sender_alone(doors: ServedHouse) -> None:
    async with watched(doors) as clients:
        vic, anna = clients["vic"], clients["anna"]
        assert (await vic.request("message.send", text="to the stage", to_roles=["host", "guest"]))["ok"]
        assert (await anna.request("message.send", text="to amy", to_participant="amy"))["ok"]
        assert (await anna.request("message.send", text="to all"))["ok"]
        while any("to all" not in heard(one) for one in clients.values()):
            for one in clients.values():
                if "to all" not in heard(one):
                    await doors.house.clock.advance(0.5)
                    await one.frame()
        assert {name: heard(one) for name, one in clients.items()} == {
            "anna": ["to the stage", "to amy", "to all"],
            "gus": ["to the stage", "to all"],
            "amy": ["to amy", "to all"],
            "vic": ["to the stage", "to all"],
        }


async def test_the_requests_do_what_the_routes_do_and_a_page_follows(doors: ServedHouse) -> None:
    token = await doors.token("anna", "host")
    async with doors.client(token) as anna:
        state: Json = (await anna.first())["snapshot"]
        said = (await anna.request("message.send", text="hello", type="greeting"))["data"]["message"]
        for name, expected in (
            ("message.pin", {"pinned": True}),
            ("message.unpin", {"pinned": False}),
            ("message.pin", {"pinned": True}),
            ("message.delete", {"deleted": True, "pinned": False, "text": ""}),
        ):
            changed = (await anna.request(name, message=said["id"]))["data"]["message"]
            assert changed.items() >= expected.items()
        sent = (await anna.request("custom.send", type="cue", data=[1]))["data"]
        assert (await anna.request("reaction.send", reaction="👏"))["data"] == {"reaction": "👏"}
        await anna.until_seq(sent["seq"])
        for event in anna.events:
            state = reduce(state, event["name"], event["data"])
    person = await doors.house.join("anna", "host")
    assert state == await doors.house.snapshot(person) | {"counts": state["counts"]}
    assert [event["name"] for event in anna.events] == [
        "message.sent",
        "message.pinned",
        "message.unpinned",
        "message.pinned",
        "message.deleted",
        "custom.sent",
    ]


async def test_who_missed_a_message_that_is_deleted_by_now_never_sees_its_text(doors: ServedHouse) -> None:
    token = await doors.token("anna", "host")
    async with doors.client(token) as anna:
        await anna.first()
    await doors.house.join("vic", "viewer")
    said = (await doors.rest.post("/v1/rooms/show/messages", json={"text": "regret"})).json()["message"]
    await doors.rest.delete(f"/v1/rooms/show/messages/{said['id']}")
    async with doors.client(token, resume=(anna.connection_id, anna.seq)) as again:
        assert (await again.first())["type"] == "resumed"
        await again.until_event("message.deleted")
        assert heard(again) == [""]
        assert "regret" not in str(again.events)


async def test_a_custom_event_reaches_the_roles_and_people_it_is_for(doors: ServedHouse) -> None:
    async with watched(doors) as clients:
        gus = clients["gus"]
        to_some = await gus.request(
            "custom.send", type="cue", data={"go": 1}, to_roles=["host"], to_participants=["amy"]
        )
        assert to_some["ok"]
        to_all = (await gus.request("custom.send", type="end"))["data"]["seq"]
        for name, expected in (("anna", ["cue", "end"]), ("gus", ["end"]), ("amy", ["cue", "end"])):
            await clients[name].until_seq(to_all)
            told = [one["data"]["type"] for one in clients[name].events if one["name"] == "custom.sent"]
            assert told == expected, name


async def test_reactions_are_told_once_a_second_and_add_up_exactly(doors: ServedHouse) -> None:
    house = doors.house
    async with reactions_told(doors), watched(doors) as clients:
        anna = clients["anna"]
        people = [await house.join(name, role) for name, role in ROLES.items()]
        expected: Counter[str] = Counter()
        for second in range(3):
            for one in people:
                for reaction in ("👏", "❤️")[: 1 + second % 2]:
                    await send_reaction(house.ctx, house.caller(one), "show", reaction)
                    expected[reaction] += 1
            told = [event for event in anna.events if event["name"] == "reaction.counted"]
            await house.clock.advance(TELL_EVERY_S)
            while _sum(anna) != expected:
                await anna.frame()
            assert len([one for one in anna.events if one["name"] == "reaction.counted"]) <= len(told) + 2
        assert all(event["seq"] is None for event in anna.events if event["name"] == "reaction.counted")
        before = await house.seq()
        await house.clock.advance(5)
        assert (await house.seq(), _sum(anna)) == (before, expected)


def _sum(client: GatewayClient) -> Counter[str]:
    counts: Counter[str] = Counter()
    for event in client.events:
        if event["name"] == "reaction.counted":
            counts.update(event["data"]["counts"])
    return counts


@pytest.mark.parametrize(
    ("name", "data", "code"),
    [
        ("message.send", {"text": "nul\x00"}, "malformed"),
        ("message.send", {"text": "x", "to_roles": ["king"]}, "unknown_role"),
        ("message.send", {"text": "x", "to_participant": "nobody"}, "participant_not_found"),
        ("message.delete", {"message": "msg_none"}, "message_not_found"),
        ("message.pin", {"message": ""}, "malformed"),
        ("message.unpin", {"message": "msg_none"}, "message_not_found"),
        ("reaction.send", {"reaction": "x" * 33}, "malformed"),
        ("custom.send", {"type": "x", "data": "y" * 16_384}, "malformed"),
        ("custom.send", {"type": "x", "data": "\x00"}, "malformed"),
    ],
)
async def test_what_is_refused_leaves_the_connection_as_it_is(
    doors: ServedHouse, name: str, data: dict[str, object], code: str
) -> None:
    token = await doors.token("anna", "host")
    async with doors.client(token) as anna:
        await anna.first()
        assert (await anna.request(name, **data))["error"]["code"] == code
        assert (await anna.request("message.send", text="still here"))["ok"]


async def test_half_a_character_is_no_frame(doors: ServedHouse) -> None:
    token = await doors.token("anna", "host")
    async with doors.client(token) as anna:
        await anna.first()
        await anna.send({"type": "request", "id": "1", "name": "message.send", "data": {"text": "\ud83d"}})
        assert await anna.bye() == "protocol_error"


async def test_every_byte_reaches_the_others(doors: ServedHouse) -> None:
    text = "zero\u200bwidth \u202eoverride " + "z\u0301\u0302" * 50 + " 👩\u200d👩\u200d👧 \\u0000 </script>"
    token = await doors.token("anna", "host")
    gus = await doors.house.join("gus", "guest")
    async with doors.client(token) as anna:
        await anna.first()
        options = MessageOptions(metadata={"text": text})
        await send_message(doors.house.ctx, doors.house.caller(gus), "show", text, options)
        message = (await anna.until_event("message.sent"))["data"]["message"]
        assert (message["text"].encode(), message["metadata"]) == (text.encode(), {"text": text})


async def test_what_a_slow_reader_was_not_sent_is_in_the_history_behind_the_gap(doors: ServedHouse) -> None:
    """Heard and fetched together are everything, each once: as web/sdk/src/MissedMessages.ts does it."""
    house = doors.house
    anna_token, slow_token = await doors.token("anna", "host"), await doors.token("slow", "guest")
    buffers = {"max_queue": 1, "write_limit": 1, "close_timeout": 1}
    async with doors.client(anna_token) as anna, doors.client(slow_token, **buffers) as slow:
        await anna.first()
        await slow.first()
        slow.socket.transport.pause_reading()
        filler = MessageOptions(metadata={"filler": "y" * 8_000})
        for number in range(700):
            await send_message(house.ctx, house.server, "show", str(number), filler)
            await anna.until_seq(await house.seq())
        slow.socket.transport.resume_reading()
        await slow.until_seq(await house.seq())
    assert slow.dropped, "more was said than the buffers take"
    told = {event["seq"]: event["data"]["message"]["text"] for event in slow.events if event["name"] == "message.sent"}
    assert len(told) < 700
    headers = {"Authorization": f"Bearer {slow_token}"}
    for gap in slow.dropped:
        after, more = gap["after_seq"], True
        while more:
            path = f"/v1/rooms/show/messages?after_seq={after}&limit=200"
            page = (await doors.rest.get(path, auth=None, headers=headers)).json()
            end = next((place for place, one in enumerate(page["data"]) if one["seq"] in told), None)
            told |= {one["seq"]: one["text"] for one in page["data"][:end]}
            more = end is None and page["next_cursor"] is not None
            after = page["data"][-1]["seq"] if page["data"] else after
    assert [told[seq] for seq in sorted(told)] == [str(number) for number in range(700)]
