"""Every failure is a problem with a stable code, whatever was sent."""

import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
from structlog.testing import capture_logs

from onstage.actions import presence
from onstage.actions.bodies.base import DEEPEST_JSON
from onstage.actions.broadcast_life import report_status
from onstage.actions.tracks import report_tracks
from onstage.api.limits import LARGEST_BODY_BYTES
from onstage.model.records import BroadcastStatus, Track
from onstage.model.role import Source
from tests.support.gateway import ServedHouse
from tests.support.problems import code, problem

ROOM = "/v1/rooms/show"


@pytest.mark.parametrize(
    ("authorization", "expected"),
    [
        (None, "credentials_missing"),
        ("", "credentials_missing"),
        ("Digest x", "credentials_missing"),
        ("Basic !!!", "credentials_invalid"),
        ("Basic bm9jb2xvbg==", "credentials_invalid"),
        ("Basic /////w==", "credentials_invalid"),
        ("Basic eDp5", "credentials_invalid"),
        ("Bearer", "token_invalid"),
        ("Bearer junk", "token_invalid"),
        ("bearer a.b.c", "token_invalid"),
    ],
)
async def test_who_does_not_prove_themselves_is_told_how(
    doors: ServedHouse, authorization: str | None, expected: str
) -> None:
    headers = {} if authorization is None else {"Authorization": authorization}
    answer = await doors.rest.get("/v1/rooms", auth=None, headers=headers)
    assert code(answer) == expected
    scheme = "Bearer" if (authorization or "").lower().startswith("bearer") else "Basic"
    assert answer.headers["www-authenticate"] == f'{scheme} realm="onstage"'


@pytest.mark.parametrize("of_page", [{"Origin": "https://app.example"}, {"Sec-Fetch-Mode": "cors"}])
@pytest.mark.parametrize("authorization", [None, "Digest x", "Basic eDp5", "Bearer junk"])
async def test_no_page_makes_its_browser_ask_for_a_password(
    doors: ServedHouse, of_page: dict[str, str], authorization: str | None
) -> None:
    headers = of_page if authorization is None else {**of_page, "Authorization": authorization}
    answer = await doors.rest.get("/v1/rooms", auth=None, headers=headers)
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, 'Bearer realm="onstage"')


async def test_nobody_who_joins_is_asked_for_a_password(doors: ServedHouse) -> None:
    expired = await doors.token("old", "viewer")
    await doors.house.clock.advance(7 * 3600)
    revoked = await doors.token("rex", "viewer")
    assert (await doors.rest.post("/v1/tokens/revoke", json={"identity": "rex"})).is_success
    for token, expected in (("abc", "token_invalid"), (expired, "token_expired"), (revoked, "token_revoked")):
        answer = await doors.rest.post("/v1/join", json={"token": token}, auth=None)
        assert (code(answer), answer.headers["www-authenticate"]) == (expected, 'Bearer realm="onstage"')


async def test_a_wrong_secret_is_refused(doors: ServedHouse) -> None:
    answer = await doors.rest.get("/v1/rooms", auth=(doors.house.project.id, doors.house.secret + "x"))
    assert code(answer) == "credentials_invalid"


@pytest.mark.parametrize(
    ("body", "path"),
    [
        ({}, "name"),
        ({"name": ""}, "name"),
        ({"name": "with space"}, "name"),
        ({"name": "ends\n"}, "name"),
        ({"name": "x" * 121}, "name"),
        ({"name": 7}, "name"),
        ({"name": "x", "title": "bell\u0007"}, "title"),
        ({"name": "x", "title": "del\u007f"}, "title"),
        ({"name": "x", "title": "   "}, "title"),
        ({"name": "x", "colour": "red"}, "colour"),
        ({"name": "x", "metadata": []}, "metadata"),
        ({"name": "x", "metadata": {"a": "y" * 9_000}}, "metadata"),
        ([], "body"),
        (None, "body"),
        ("text", "body"),
    ],
)
async def test_a_wrong_field_is_named(doors: ServedHouse, body: object, path: str) -> None:
    found = problem(await doors.rest.post("/v1/rooms", content=json.dumps(body), headers=_JSON))
    assert found["code"] == "malformed"
    assert path in [one["path"] for one in found["errors"]]
    assert all(one["problem"] for one in found["errors"])


_JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize(
    "content", [b"", b"{", b"{'name': 'x'}", b"\xff\xfe", b"name=x", b'{"name": "x",}', b"[" * 100_000]
)
async def test_a_body_that_is_not_json_is_said_not_to_be(doors: ServedHouse, content: bytes) -> None:
    answer = await doors.rest.post("/v1/rooms", content=content, headers=_JSON)
    assert code(answer) in ("body_not_json", "malformed")
    assert len((await doors.rest.get("/v1/rooms")).json()["data"]) == 1


@pytest.mark.parametrize("content_type", ["application/x-www-form-urlencoded", "text/plain", None])
async def test_json_that_does_not_say_it_is_json_is_told_to(doors: ServedHouse, content_type: str | None) -> None:
    headers = {} if content_type is None else {"Content-Type": content_type}
    for path in ("/v1/rooms", f"{ROOM}/tokens", f"{ROOM}/participants/vic/promote", "/v1/join"):
        found = problem(await doors.rest.post(path, content=b'{"name": "x"}', headers=headers))
        assert (found["code"], found["expected"]) == ("malformed", "`Content-Type: application/json`")
        came = "without a `Content-Type`" if content_type is None else f"as {content_type!r}"
        assert found["detail"] == f"The body came {came}."
        assert [error["path"] for error in found["errors"]] == ["body"]


async def test_broken_json_is_said_where_it_breaks(doors: ServedHouse) -> None:
    found = problem(await doors.rest.post("/v1/rooms", content=b'{"name": }', headers=_JSON))
    assert (found["code"], found["detail"]) == (
        "body_not_json",
        "The body is not JSON: Expecting value at character 9.",
    )


async def test_the_detail_names_the_fields(doors: ServedHouse) -> None:
    one = problem(await doors.rest.post("/v1/rooms", json={"name": ""}))
    assert one["detail"] == "Not as expected: name."
    body = {"name": "a b", "settings": {"capacity": {"stage": "many"}}}
    two = problem(await doors.rest.post("/v1/rooms", json=body))
    assert two["detail"] == "2 fields are not as expected: name, settings.capacity.stage."
    many = problem(await doors.rest.post("/v1/rooms", json={"name": "x"} | dict.fromkeys("abcdefg", 1)))
    assert many["detail"] == "7 fields are not as expected: a, b, c, d, e and 2 more."
    assert [error["path"] for error in many["errors"]] == list("abcdefg")


@pytest.mark.parametrize(
    ("method", "path", "body", "says"),
    [
        ("POST", "/v1/rooms", {"name": "a b"}, "should be 1 to 120 letters, digits, `.`, `_` and `-`, beginning"),
        ("POST", "/v1/rooms", {"name": "x", "template": "a b"}, "should be visible ASCII characters, no space"),
        ("POST", "/v1/rooms", {"name": "x", "title": "\u0007"}, "should hold no control characters"),
        ("POST", "/v1/rooms", {"name": "x", "metadata": 7}, "should be a JSON object"),
        ("POST", "/v1/rooms", {"name": "x", "colour": "red"}, "is no field of this request"),
        ("POST", "/v1/rooms", [], "should be a JSON object"),
        ("GET", "/v1/rooms?cursor=x", None, "not a cursor of this list"),
        ("PUT", f"{ROOM}/state/a%20b", {"value": 1}, "should be 1 to 128 letters, digits, `.`, `_`, `:` and `-`"),
    ],
)
async def test_what_is_wrong_is_said_in_words(
    doors: ServedHouse, method: str, path: str, body: object, says: str
) -> None:
    found = problem(await doors.rest.request(method, path, **({} if body is None else {"json": body})))
    assert found["code"] == "malformed"
    assert [error["problem"][: len(says)] for error in found["errors"]] == [says]


_NO_JSON = ['{"a": NaN}', '{"a": Infinity}', '{"a": 1e999}', '{"a": "\\ud800"}', '{"\\ud800": 1}']
_NESTED = ['{"a": ' + "[" * levels + "]" * levels + "}" for levels in (DEEPEST_JSON, 300, 2_000)]


@pytest.mark.parametrize("metadata", [*_NO_JSON, *_NESTED])
async def test_metadata_that_is_no_json_for_others_is_refused(doors: ServedHouse, metadata: str) -> None:
    content = f'{{"name": "x", "metadata": {metadata}}}'
    answer = await doors.rest.post("/v1/rooms", content=content, headers=_JSON)
    assert code(answer) in ("malformed", "body_not_json")


async def test_a_body_that_is_too_large_is_refused_declared_or_not(doors: ServedHouse) -> None:
    large = b'{"name": "x", "title": "' + b"y" * LARGEST_BODY_BYTES + b'"}'

    async def pieces() -> AsyncIterator[bytes]:
        for start in range(0, len(large), 50_000):
            yield large[start : start + 50_000]

    assert code(await doors.rest.post("/v1/rooms", content=large, headers=_JSON)) == "body_too_large"
    assert code(await doors.rest.post("/v1/rooms", content=pieces(), headers=_JSON)) == "body_too_large"
    keyed = _JSON | {"Idempotency-Key": "1"}
    assert code(await doors.rest.post("/v1/rooms", content=pieces(), headers=keyed)) == "body_too_large"


@pytest.mark.parametrize("path", ["/v1/nothing", "/v1", "/nothing", "/v1/rooms/show/x/y", "/docs/x"])
async def test_an_unknown_address_is_not_found(doors: ServedHouse, path: str) -> None:
    assert code(await doors.rest.get(path)) == "route_not_found"


async def test_a_wrong_method_is_said_to_be(doors: ServedHouse) -> None:
    assert code(await doors.rest.put("/v1/rooms", json={})) == "method_not_allowed"
    assert code(await doors.rest.put(ROOM, json={})) == "method_not_allowed"


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=x", "cursor=" + "x" * 65])
async def test_a_wrong_parameter_is_malformed(doors: ServedHouse, query: str) -> None:
    assert code(await doors.rest.get(f"/v1/rooms?{query}")) == "malformed"


@pytest.mark.parametrize("room", ["%00", "..%2f..", "%F0%9F%8E%AD", "x" * 2_000, "%ff", "'; DROP TABLE rooms; --"])
async def test_a_strange_name_finds_no_room(doors: ServedHouse, room: str) -> None:
    assert code(await doors.rest.get(f"/v1/rooms/{room}")) in ("room_not_found", "route_not_found")


CASES: list[tuple[str, str, Any, str]] = [
    ("POST", "/v1/rooms", {"name": "show"}, "room_name_taken"),
    ("GET", "/v1/rooms/none", None, "room_not_found"),
    ("POST", f"{ROOM}/tokens", {"identity": "x", "role": "king"}, "unknown_role"),
    ("POST", f"{ROOM}/tokens", {"identity": "x y", "role": "host"}, "malformed"),
    ("POST", f"{ROOM}/tokens", {"identity": "x", "role": "host", "ttl_s": 29}, "malformed"),
    ("POST", f"{ROOM}/codes", {"role": "king"}, "unknown_role"),
    ("GET", f"{ROOM}/participants/none", None, "participant_not_found"),
    ("POST", f"{ROOM}/participants/anna/promote", {"force": True}, "already_on_stage"),
    ("POST", f"{ROOM}/participants/vic/promote", {"role": "king"}, "unknown_role"),
    ("POST", f"{ROOM}/participants/vic/promote", {"role": "audience"}, "role_not_on_stage"),
    ("POST", f"{ROOM}/participants/vic/promote", {"media_allowed": "smell"}, "malformed"),
    ("POST", f"{ROOM}/participants/vic/promote", {"permissions": ["fly"]}, "malformed"),
    ("POST", f"{ROOM}/participants/vic/demote", {}, "not_promoted"),
    ("POST", f"{ROOM}/participants/anna/demote", {"role": "host"}, "role_not_on_stage"),
    ("POST", f"{ROOM}/participants/anna/mute", {}, "track_not_found"),
    ("POST", f"{ROOM}/participants/anna/mute", {"muted": False}, "malformed"),
    ("POST", f"{ROOM}/invites/inv_none/accept", None, "invite_not_found"),
    ("POST", f"{ROOM}/invites/inv_none/cancel", None, "invite_not_found"),
    ("POST", f"{ROOM}/hands", None, "hand_not_raisable"),
    ("POST", f"{ROOM}/messages", {"text": "hi", "to_roles": ["king"]}, "unknown_role"),
    ("POST", f"{ROOM}/messages", {"text": "  "}, "malformed"),
    ("GET", "/v1/broadcasts/bc_none", None, "broadcast_not_found"),
    ("POST", "/v1/broadcasts/bc_none/stop", None, "broadcast_not_found"),
    ("POST", f"{ROOM}/broadcasts", {"canvas": "4:3"}, "malformed"),
    ("POST", "/v1/join", {}, "malformed"),
    ("POST", "/v1/join", {"token": "x", "code": "y"}, "malformed"),
    ("POST", "/v1/join", {"token": "x"}, "token_invalid"),
    ("POST", "/v1/join", {"code": "none"}, "room_code_not_found"),
]


@pytest.mark.parametrize(("method", "path", "body", "expected"), CASES)
async def test_each_failure_has_its_code(
    doors: ServedHouse, method: str, path: str, body: object, expected: str
) -> None:
    await doors.house.join("anna", "host")
    await doors.house.join("vic", "viewer")
    before = await doors.house.seq()
    assert code(await doors.rest.request(method, path, json=body)) == expected
    assert await doors.house.seq() == before


async def test_states_that_forbid_something_have_their_codes(doors: ServedHouse) -> None:
    rest = doors.rest
    assert code(await rest.post(f"{ROOM}/end")) == "session_ended"
    await doors.token("anna", "host")
    started = (await rest.post(f"{ROOM}/broadcasts")).json()
    assert code(await rest.post(f"{ROOM}/broadcasts")) == "broadcast_active"
    for name in ("b", "c"):
        await doors.house.another_room(name)
    assert (await rest.post("/v1/rooms/b/broadcasts")).status_code == 201
    full = problem(await rest.post("/v1/rooms/c/broadcasts"))
    assert (full["code"], full["expected"]) == ("capacity_exhausted", "fewer than 2 at once")
    await report_status(doors.house.ctx, started["id"], BroadcastStatus.ENDED)
    assert code(await rest.post(f"/v1/broadcasts/{started['id']}/stop")) == "broadcast_over"
    await rest.patch(ROOM, json={"locked": True})
    token = await doors.house.token("vic", "viewer")
    assert code(await rest.post("/v1/join", json={"token": token})) == "room_locked"


async def test_an_expired_token_is_told_apart(doors: ServedHouse) -> None:
    token = await doors.token("vic", "viewer")
    await doors.house.clock.advance(7 * 3600)
    answer = await doors.rest.get(f"{ROOM}/hands", auth=None, headers={"Authorization": f"Bearer {token}"})
    assert code(answer) == "token_expired"
    assert code(await doors.rest.post("/v1/join", json={"token": token})) == "token_expired"


async def test_a_crash_of_ours_is_a_problem_that_tells_nothing_of_the_inside(
    doors: ServedHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def crash(*_args: object) -> None:
        raise RuntimeError("the secret plans")

    monkeypatch.setattr("onstage.actions.reading.read_room", crash)
    with capture_logs() as logs:
        answer = await doors.rest.get(ROOM)
    found = problem(answer)
    assert found["code"] == "internal"
    [logged] = [one for one in logs if one["event"] == "request_failed"]
    assert logged["request_id"] in found["detail"]
    assert "plans" not in answer.text


async def test_an_engine_that_is_away_is_said_to_be_unavailable(doors: ServedHouse) -> None:
    await doors.house.join("anna", "host")
    track = Track("TR_1", Source.CAMERA, is_muted=False)
    await report_tracks(doors.house.ctx, doors.house.room.id, "anna", (track,))
    assert code(await doors.rest.post(f"{ROOM}/participants/anna/mute")) == "engine_unavailable"


async def test_cross_origin_pages_may_call_and_read(doors: ServedHouse) -> None:
    headers = {"Origin": "https://app.example", "Access-Control-Request-Method": "POST"}
    allowed = await doors.rest.options("/v1/join", headers=headers)
    assert allowed.status_code == 200
    assert allowed.headers["access-control-allow-origin"] == "*"
    refused = await doors.rest.get("/v1/rooms/none", headers={"Origin": "https://app.example"})
    assert refused.headers["access-control-allow-origin"] == "*"


async def test_no_documented_failure_lacks_its_schema(doors: ServedHouse) -> None:
    document = (await doors.rest.get("/openapi.json")).json()
    schemas = document["components"]["schemas"]
    assert "ProblemView" in schemas
    for path in document["paths"].values():
        for operation in path.values():
            for status, answer in operation["responses"].items():
                if int(status) >= 400:
                    assert answer["content"].keys() == {"application/problem+json"}, operation["operationId"]


async def test_a_body_that_turns_out_too_large_is_refused_like_one_that_says_so(doors: ServedHouse) -> None:
    async def endless() -> AsyncIterator[bytes]:
        yield b'{"name": "'
        for _ in range(LARGEST_BODY_BYTES // 1024 + 1):
            yield b"x" * 1024

    answer = await doors.rest.post("/v1/rooms", content=endless(), headers=_JSON)
    assert (answer.status_code, code(answer)) == (413, "body_too_large")


async def test_a_refusal_says_who_may(doors: ServedHouse) -> None:
    viewer = {"Authorization": f"Bearer {await doors.token('vic', 'viewer')}"}
    listed = problem(await doors.rest.get("/v1/rooms", auth=None, headers=viewer))
    assert (listed["code"], listed["detail"]) == ("permission_denied", "Only your server may do that.")
    assert "project_id:secret" in listed["expected"]
    guest = {"Authorization": f"Bearer {await doors.token('gus', 'guest')}"}
    await doors.house.join("gus", "guest")
    ended = problem(await doors.rest.post(f"{ROOM}/end", auth=None, headers=guest))
    assert (ended["code"], "`room.end`" in ended["expected"]) == ("permission_denied", True)


async def test_a_server_is_told_that_a_vote_has_a_voter(doors: ServedHouse) -> None:
    await doors.house.join("vic", "viewer")
    plan = {"title": "?", "questions": [{"text": "?", "options": ["a", "b"]}]}
    poll = (await doors.rest.post(f"{ROOM}/polls", json=plan)).json()["id"]
    stop = f"{ROOM}/polls/{poll}/stop"
    assert problem(await doors.rest.post(stop))["detail"] == "The poll is created."
    assert (await doors.rest.post(f"{ROOM}/polls/{poll}/start")).status_code == 200
    answers = {"answers": [{"question": 0, "options": [0]}]}
    voted = problem(await doors.rest.post(f"{ROOM}/polls/{poll}/vote", json=answers))
    assert (voted["code"], voted["expected"]) == ("permission_denied", "a participant's token")
    assert (await doors.rest.post(stop)).status_code == 200
    again = problem(await doors.rest.post(stop))
    assert (again["code"], again["detail"]) == ("poll_not_open", "The poll is stopped.")


async def test_whoever_promotes_somebody_who_has_gone_is_told_so(doors: ServedHouse) -> None:
    house = doors.house
    promote = f"{ROOM}/participants/vic/promote"
    empty = problem(await doors.rest.post(promote, json={"force": True}))
    assert (empty["code"], empty["title"]) == ("session_ended", "There is no session, or not any more.")
    anna, vic = await house.join("anna", "host"), await house.join("vic", "viewer")
    await presence.leave_room(house.ctx, house.caller(vic))
    gone = problem(await doors.rest.post(promote, json={"force": True}))
    assert gone["code"] == "participant_not_found"
    assert gone["detail"] == "'vic' has left the session; it can be done once they have joined again."
    await house.join("vic", "viewer")
    assert (await doors.rest.post(f"{ROOM}/participants/vic/remove")).is_success
    removed = problem(await doors.rest.post(promote, json={"force": True}))
    assert (removed["code"], removed["detail"]) == ("participant_not_found", "'vic' was removed from the session.")
    await presence.leave_room(house.ctx, house.caller(anna))
    over = problem(await doors.rest.post(promote, json={"force": True}))
    assert (over["code"], over["fix"]) == ("session_ended", "One begins when somebody joins: POST /v1/join.")
