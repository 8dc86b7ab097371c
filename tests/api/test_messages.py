"""Chat, reactions and custom events over REST: what is taken byte for byte, what is refused and how."""

import json
from typing import Any

import httpx
import pytest

from onstage.actions.bodies.custom import LARGEST_DATA_BYTES
from onstage.actions.messages import LONGEST_TEXT, MOST_PINNED
from tests.support.gateway import ServedHouse
from tests.support.problems import code, problem

ROOM = "/v1/rooms/show"
_JSON = {"Content-Type": "application/json"}


class Person:
    """Somebody who calls with their token."""

    def __init__(self, doors: ServedHouse, token: str) -> None:
        self._rest = doors.rest
        self._headers = {"Authorization": f"Bearer {token}"}

    async def call(self, method: str, path: str, **more: Any) -> httpx.Response:
        return await self._rest.request(method, f"{ROOM}{path}", auth=None, headers=self._headers, **more)

    async def say(self, text: str, **more: Any) -> dict[str, Any]:
        answer = await self.call("POST", "/messages", json={"text": text, **more})
        assert answer.status_code == 201, answer.text
        message: dict[str, Any] = answer.json()["message"]
        return message


async def person(doors: ServedHouse, identity: str, role: str) -> Person:
    return Person(doors, await doors.token(identity, role))


async def test_a_message_is_answered_read_pinned_and_deleted(doors: ServedHouse) -> None:
    anna, vic = await person(doors, "anna", "host"), await person(doors, "vic", "viewer")
    said = await vic.say("hello", type="greeting", metadata={"mood": "good"})
    assert (said["type"], said["metadata"], said["to_roles"], said["deleted"]) == (
        "greeting",
        {"mood": "good"},
        [],
        False,
    )
    listed = (await anna.call("GET", "/messages")).json()
    assert listed == {"data": [said], "next_cursor": None}
    for change, is_pinned in (("pin", True), ("unpin", False)):
        answer = await anna.call("POST", f"/messages/{said['id']}/{change}")
        assert (answer.status_code, answer.json()["message"]["pinned"]) == (200, is_pinned)
    deleted = await anna.call("DELETE", f"/messages/{said['id']}")
    assert (deleted.status_code, deleted.content) == (204, b"")
    [left] = (await vic.call("GET", "/messages")).json()["data"]
    assert (left["text"], left["metadata"], left["deleted"]) == ("", {}, True)


async def test_a_server_speaks_reads_all_and_pages(doors: ServedHouse) -> None:
    vic = await person(doors, "vic", "viewer")
    await person(doors, "wim", "viewer")
    await vic.say("psst", to_participant="wim")
    body = {"text": "to the seats", "to_roles": ["viewer", "viewer"], "name": "The crew"}
    sent = (await doors.rest.post(f"{ROOM}/messages", json=body)).json()["message"]
    assert (sent["sender_id"], sent["sender_name"], sent["to_roles"]) == (None, "The crew", ["viewer"])
    newest = (await doors.rest.get(f"{ROOM}/messages?limit=1")).json()
    assert [one["text"] for one in newest["data"]] == ["to the seats"]
    older = (await doors.rest.get(f"{ROOM}/messages?cursor={newest['next_cursor']}")).json()
    assert [one["text"] for one in older["data"]] == ["psst"]
    assert older["next_cursor"] is None
    seq = older["data"][0]["seq"]
    behind = (await doors.rest.get(f"{ROOM}/messages?after_seq={seq}")).json()
    assert [one["text"] for one in behind["data"]] == ["to the seats"]
    first = (await doors.rest.get(f"{ROOM}/messages?direction=after&limit=1")).json()
    assert [one["text"] for one in first["data"]] == ["psst"]
    session = (await doors.rest.get(f"{ROOM}/participants/vic")).json()["session_id"]
    await doors.rest.post(f"{ROOM}/end", json={})
    assert (await doors.rest.get(f"{ROOM}/messages")).json()["data"] == []
    after = (await doors.rest.get(f"{ROOM}/messages?session={session}")).json()["data"]
    assert [one["text"] for one in after] == ["psst", "to the seats"]
    await doors.rest.delete(ROOM)
    gone = (await doors.rest.get(f"/v1/sessions/{session}/messages?limit=1&direction=after")).json()
    assert [one["text"] for one in gone["data"]] == ["psst"]
    rest = (
        await doors.rest.get(f"/v1/sessions/{session}/messages?direction=after&cursor={gone['next_cursor']}")
    ).json()
    assert ([one["text"] for one in rest["data"]], rest["next_cursor"]) == (["to the seats"], None)


@pytest.mark.parametrize(
    ("query", "path"),
    [
        ("cursor=msg_none", "cursor"),
        ("cursor=", "cursor"),
        ("cursor=" + "x" * 65, "cursor"),
        ("cursor=%00", "cursor"),
        ("session=%00", "session"),
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("direction=sideways", "direction"),
        ("after_seq=-1", "after_seq"),
        ("after_seq=9007199254740992", "after_seq"),
        ("after_seq=1&direction=before", "query"),
        ("pinned=maybe", "pinned"),
        ("type=%00", "type"),
        ("colour=red", "colour"),
    ],
)
async def test_a_page_that_is_none_is_malformed(doors: ServedHouse, query: str, path: str) -> None:
    await person(doors, "vic", "viewer")
    found = problem(await doors.rest.get(f"{ROOM}/messages?{query}"))
    assert found["code"] == "malformed"
    assert [one["path"] for one in found["errors"]] == [path]


async def test_another_session_is_not_found_and_not_a_participants_to_read(doors: ServedHouse) -> None:
    vic = await person(doors, "vic", "viewer")
    assert code(await doors.rest.get(f"{ROOM}/messages?session=ses_none")) == "session_not_found"
    assert code(await vic.call("GET", "/messages?session=ses_none")) == "permission_denied"
    assert code(await doors.rest.get("/v1/sessions/ses_none/messages")) == "session_not_found"
    assert code(await vic.call("GET", "/../../sessions/ses_none/messages")) == "permission_denied"


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({}, "text"),
        ({"text": ""}, "text"),
        ({"text": " \n "}, "text"),
        ({"text": "x" * (LONGEST_TEXT + 1)}, "text"),
        ({"text": "nul\x00"}, "text"),
        ({"text": "bell\x07"}, "text"),
        ({"text": "half \ud800"}, "text"),
        ({"text": 7}, "text"),
        ({"text": "x", "type": ""}, "type"),
        ({"text": "x", "type": "t" * 41}, "type"),
        ({"text": "x", "type": "with space"}, "type"),
        ({"text": "x", "metadata": []}, "metadata"),
        ({"text": "x", "metadata": {"a": "y" * 9_000}}, "metadata"),
        ({"text": "x", "metadata": {"a": "\x00"}}, "metadata"),
        ({"text": "x", "metadata": {"a": "\udfff"}}, "metadata"),
        ({"text": "x", "to_roles": "viewer"}, "to_roles"),
        ({"text": "x", "to_roles": ["r"] * 21}, "to_roles"),
        ({"text": "x", "to_roles": [""]}, "to_roles.0"),
        ({"text": "x", "to_participant": ""}, "to_participant"),
        ({"text": "x", "to_participant": "vic\x00"}, "to_participant"),
        ({"text": "x", "to_roles": ["host\x00"]}, "to_roles.0"),
        ({"text": "x", "to_participant": "vic", "to_roles": ["viewer"]}, "body"),
        ({"text": "x", "name": "\u202eadmin"}, "name"),
        ({"text": "x", "name": "\u3164"}, "name"),
        ({"text": "x", "colour": "red"}, "colour"),
        ({"text": "x", "\ud800": 1}, "body"),
        ("hello", "body"),
    ],
)
async def test_a_message_that_is_none_is_malformed(doors: ServedHouse, body: object, path: str) -> None:
    await person(doors, "vic", "viewer")
    found = problem(await doors.rest.post(f"{ROOM}/messages", content=json.dumps(body), headers=_JSON))
    assert found["code"] == "malformed"
    assert path in [one["path"] for one in found["errors"]]
    assert (await doors.rest.get(f"{ROOM}/messages")).json()["data"] == []


@pytest.mark.parametrize(
    "text",
    [
        "x" * LONGEST_TEXT,
        "😀" * LONGEST_TEXT,
        "z" + "\u0301" * (LONGEST_TEXT - 1),
        " spaces \t and\nlines ",
        "zero\u200bwidth \u202eoverride \u2066isolate \ufeff",
        "👩\u200d👩\u200d👧\u200d👦 🏴\U000e0067\U000e0062\U000e007f",
        "e\u0301 is not \u00e9",
        "\u2028\u2029\uffff\ue000",
        '"; DROP TABLE messages; -- \\u0000 </script>',
    ],
)
async def test_every_byte_of_a_message_comes_back(doors: ServedHouse, text: str) -> None:
    vic = await person(doors, "vic", "viewer")
    metadata = {"text": text[:1_000], "literal": "\\u0000"}
    said = await vic.say(text, metadata=metadata)
    [kept] = (await doors.rest.get(f"{ROOM}/messages")).json()["data"]
    assert kept == said
    assert (kept["text"].encode(), kept["metadata"]) == (text.encode(), metadata)


async def test_who_may_not_say_that_is_told_why(doors: ServedHouse) -> None:
    anna, vic = await person(doors, "anna", "host"), await person(doors, "vic", "viewer")
    cases: list[tuple[str, str, Any, str]] = [
        ("POST", "/messages", {"text": "x", "name": "Server"}, "permission_denied"),
        ("POST", "/messages", {"text": "x", "to_roles": ["king"]}, "unknown_role"),
        ("POST", "/messages", {"text": "x", "to_participant": "nobody"}, "participant_not_found"),
        ("DELETE", "/messages/msg_none", None, "message_not_found"),
        ("POST", "/messages/msg_none/pin", None, "not_on_stage"),
        ("POST", "/custom", {"type": "cue"}, "permission_denied"),
    ]
    for method, path, body, expected in cases:
        assert code(await vic.call(method, path, json=body)) == expected, path
    secret = await anna.say("psst", to_participant="anna")
    assert code(await vic.call("DELETE", f"/messages/{secret['id']}")) == "message_not_found"
    assert code(await anna.call("POST", f"/messages/{secret['id']}/pin")) == "message_not_pinnable"
    assert code(await anna.call("POST", "/messages/msg_none/unpin")) == "message_not_found"
    said = await vic.say("mine")
    guest = await person(doors, "gus", "guest")
    assert code(await guest.call("DELETE", f"/messages/{said['id']}")) == "permission_denied"


async def test_a_room_has_so_many_pins(doors: ServedHouse) -> None:
    anna = await person(doors, "anna", "host")
    for n in range(MOST_PINNED + 1):
        said = await anna.say(str(n))
        answer = await anna.call("POST", f"/messages/{said['id']}/pin")
        await doors.house.clock.advance(0.2)
    found = problem(answer)
    assert (found["code"], found["expected"]) == ("too_many_pinned", f"at most {MOST_PINNED}")


async def test_chat_is_slowed_and_stopped_by_the_rooms_settings(doors: ServedHouse) -> None:
    vic = await person(doors, "vic", "viewer")
    assert (await doors.rest.patch(ROOM, json={"settings": {"chat": {"slow_mode_s": 30}}})).status_code == 200
    await vic.say("first")
    slowed = await vic.call("POST", "/messages", json={"text": "second"})
    assert (code(slowed), slowed.headers["retry-after"]) == ("slow_mode", "30")
    await doors.rest.patch(ROOM, json={"settings": {"chat": {"enabled": False, "slow_mode_s": 0}}})
    assert code(await vic.call("POST", "/messages", json={"text": "second"})) == "chat_disabled"
    assert (await doors.rest.post(f"{ROOM}/messages", json={"text": "closed"})).status_code == 201


async def test_who_floods_is_stopped_and_told_for_how_long(doors: ServedHouse) -> None:
    vic = await person(doors, "vic", "viewer")
    for path, body, burst in (
        ("/messages", {"text": "x"}, doors.house.ctx.paces.messages.burst),
        ("/reactions", {"reaction": "👏"}, doors.house.ctx.paces.reactions.burst),
    ):
        statuses = [(await vic.call("POST", path, json=body)).status_code for _ in range(burst)]
        assert set(statuses) == {201 if path == "/messages" else 202}
        stopped = await vic.call("POST", path, json=body)
        assert (code(stopped), stopped.headers["retry-after"]) == ("sending_too_fast", "1")


async def test_a_muted_chatter_is_told(doors: ServedHouse) -> None:
    vic = await person(doors, "vic", "viewer")
    muted = await doors.rest.post(f"{ROOM}/participants/vic/mute-chat", json={})
    assert muted.status_code == 200, muted.text
    assert code(await vic.call("POST", "/messages", json={"text": "x"})) == "chat_muted"


async def test_the_same_key_says_it_once(doors: ServedHouse) -> None:
    await person(doors, "vic", "viewer")
    headers = {"Idempotency-Key": "once"}
    answers = [await doors.rest.post(f"{ROOM}/messages", json={"text": "x"}, headers=headers) for _ in range(2)]
    assert answers[0].json() == answers[1].json()
    assert len((await doors.rest.get(f"{ROOM}/messages")).json()["data"]) == 1


async def test_another_projects_room_is_not_there(doors: ServedHouse) -> None:
    await person(doors, "vic", "viewer")
    said = (await doors.rest.post(f"{ROOM}/messages", json={"text": "x"})).json()["message"]
    other = await doors.house.another_room("other")
    for path in (f"/v1/rooms/rm_none/messages/{said['id']}", f"/v1/rooms/{other.id}/messages/{said['id']}"):
        assert code(await doors.rest.delete(path)) in ("room_not_found", "message_not_found")
    assert (await doors.rest.get(f"{ROOM}/messages")).json()["data"] == [said]


@pytest.mark.parametrize("reaction", ["", " ", "x" * 33, "bell\x07", "\ud83d", 7, None])
async def test_a_reaction_that_is_none_is_malformed(doors: ServedHouse, reaction: object) -> None:
    await person(doors, "vic", "viewer")
    content = json.dumps({"reaction": reaction})
    assert code(await doors.rest.post(f"{ROOM}/reactions", content=content, headers=_JSON)) == "malformed"
    assert doors.house.ctx.reactions.take() == {}


async def test_a_reaction_is_taken_and_told_later(doors: ServedHouse) -> None:
    vic = await person(doors, "vic", "viewer")
    answer = await vic.call("POST", "/reactions", json={"reaction": "👩\u200d👩\u200d👧"})
    assert (answer.status_code, answer.json()) == (202, {"reaction": "👩\u200d👩\u200d👧"})
    assert doors.house.ctx.reactions.take() == {doors.house.room.id: {"👩\u200d👩\u200d👧": 1}}


async def test_a_custom_event_is_answered_with_its_number(doors: ServedHouse) -> None:
    gus = await person(doors, "gus", "guest")
    for body in (
        {"type": "app.cue:1", "data": {"deep": [[[]]]}},
        {"type": "score", "data": 7, "to_roles": ["host"], "to_participants": ["gus"]},
        {"type": "bare"},
    ):
        answer = await gus.call("POST", "/custom", json=body)
        assert (answer.status_code, answer.json()["seq"]) == (201, await doors.house.seq()), answer.text
        assert (await doors.house.events())[-1].data["data"] == body.get("data")


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({}, "type"),
        ({"type": "with space"}, "type"),
        ({"type": "t" * 41}, "type"),
        ({"type": "x", "data": "y" * LARGEST_DATA_BYTES}, "data"),
        ({"type": "x", "data": "ü" * (LARGEST_DATA_BYTES // 2)}, "data"),
        ({"type": "x", "data": {"a": "\x00"}}, "data"),
        ({"type": "x", "data": ["\ud800"]}, "data"),
        ({"type": "x", "data": float("nan")}, "data"),
        ({"type": "x", "to_roles": ["r"] * 21}, "to_roles"),
        ({"type": "x", "to_participants": ["p"] * 101}, "to_participants"),
        ({"type": "x", "to_participants": [""]}, "to_participants.0"),
        ({"type": "x", "to_participant": "vic"}, "to_participant"),
    ],
)
async def test_a_custom_event_that_is_none_is_malformed(doors: ServedHouse, body: object, path: str) -> None:
    await person(doors, "vic", "viewer")
    found = problem(await doors.rest.post(f"{ROOM}/custom", content=json.dumps(body), headers=_JSON))
    assert found["code"] == "malformed"
    assert [one["path"] for one in found["errors"]] == [path]


async def test_data_as_large_as_may_be_is_carried(doors: ServedHouse) -> None:
    await person(doors, "vic", "viewer")
    data = "y" * (LARGEST_DATA_BYTES - 2)
    assert (await doors.rest.post(f"{ROOM}/custom", json={"type": "x", "data": data})).status_code == 201
    assert (await doors.house.events())[-1].data["data"] == data
