"""Rooms, tokens and codes over REST."""

import httpx
import jwt

from onstage.actions import presence
from tests.support.connecting import connect
from tests.support.gateway import ServedHouse
from tests.support.problems import code


async def test_a_room_is_made_read_changed_and_ended(doors: ServedHouse) -> None:
    made = await doors.rest.post("/v1/rooms", json={"name": "talk", "title": "The talk", "metadata": {"a": [1]}})
    assert made.status_code == 201
    room = made.json()
    assert room["id"].startswith("rm_")
    idle = room | {"session": None, "counts": {"stage": 0, "audience": 0, "viewer": 0, "hls": 0}, "broadcast": None}
    assert (await doors.rest.get("/v1/rooms/talk")).json() == idle
    assert (await doors.rest.get(f"/v1/rooms/{room['id']}")).json() == idle
    changed = await doors.rest.patch("/v1/rooms/talk", json={"name": "tonight", "locked": True})
    assert changed.json() | {"name": "talk", "locked": False, "updated_at": room["updated_at"]} == room
    assert (await doors.rest.get("/v1/rooms/talk")).status_code == 404
    await doors.token("anna", "host")
    ended = await doors.rest.post("/v1/rooms/show/end", json={"reason": "over", "lock": True})
    assert ended.json()["locked"] is True


async def test_rooms_are_listed_page_by_page(doors: ServedHouse) -> None:
    for number in range(4):
        await doors.rest.post("/v1/rooms", json={"name": f"room-{number}"})
    first = (await doors.rest.get("/v1/rooms", params={"limit": 3})).json()
    rest = (await doors.rest.get("/v1/rooms", params={"limit": 3, "cursor": first["next_cursor"]})).json()
    assert (len(first["data"]), len(rest["data"]), rest["next_cursor"]) == (3, 2, None)
    assert len({room["id"] for room in first["data"] + rest["data"]}) == 5


async def test_a_token_says_what_was_asked_and_its_links_lead_to_the_right_page(doors: ServedHouse) -> None:
    body = {"identity": "anna", "name": "Anna", "role": "host", "metadata": {"seat": 1}, "ttl_s": 60}
    made = (await doors.rest.post("/v1/rooms/show/tokens", json=body)).json()
    claims = jwt.decode(made["token"], options={"verify_signature": False})
    assert (claims["sub"], claims["role"], claims["room"]) == ("anna", "host", doors.house.room.id)
    assert claims["exp"] - claims["iat"] == 60
    assert made["join_url"] == f"{doors.url}/studio#token={made['token']}"
    assert made["gateway_url"] == doors.gateway_url
    viewer = (await doors.rest.post("/v1/rooms/show/tokens", json={"identity": "vic", "role": "viewer"})).json()
    assert viewer["join_url"].startswith(f"{doors.url}/watch#token=")


async def test_a_code_lets_everybody_in_under_an_identity_of_their_own(doors: ServedHouse) -> None:
    made = (await doors.rest.post("/v1/rooms/show/codes", json={"role": "viewer"})).json()
    assert made["url"] == f"{doors.url}/watch/{made['code']}"
    joined = [
        (await doors.rest.post("/v1/join", json={"code": made["code"], "name": name}, auth=None)).json()
        for name in ("Vic", "Vic")
    ]
    assert len({one["participant"]["identity"] for one in joined}) == 2
    again = (await doors.rest.post("/v1/join", json={"token": joined[0]["token"]}, auth=None)).json()
    assert again["participant"] == joined[0]["participant"]
    listed = (await doors.rest.get("/v1/rooms/show/codes")).json()
    assert [one["code"] for one in listed["data"]] == [made["code"]]
    assert (await doors.rest.delete(f"/v1/rooms/show/codes/{made['code']}")).status_code == 204
    assert code(await doors.rest.delete(f"/v1/rooms/show/codes/{made['code']}")) == "room_code_not_found"
    assert code(await doors.rest.post("/v1/join", json={"code": made["code"]})) == "room_code_not_found"


async def test_joining_gives_an_engine_to_those_who_use_it_and_playback_to_all(doors: ServedHouse) -> None:
    joined = {}
    for role in ("host", "audience", "viewer"):
        token = await doors.house.token(role, role)
        joined[role] = (await doors.rest.post("/v1/join", json={"token": token}, auth=None)).json()
    assert joined["viewer"]["engine"] is None
    for role in ("host", "audience"):
        engine = joined[role]["engine"]
        assert engine["url"] == doors.url.replace("http", "ws", 1)
        claims = jwt.decode(engine["token"], options={"verify_signature": False})
        assert claims["exp"] - claims["nbf"] <= 60
        assert claims["video"]["room"] == doors.house.room.id
        assert claims["video"].get("canPublish", False) is (role == "host")
        assert claims["video"].get("hidden", False) is (role == "audience")
    for one in joined.values():
        assert one["playback"]["url"] == f"{doors.url}/live/{doors.house.room.id}/index.m3u8"


async def test_joining_tells_how_the_show_that_is_on_plays_or_the_next_would(doors: ServedHouse) -> None:
    async def playback() -> tuple[str, str | None]:
        token = await doors.house.token("vic", "viewer")
        found = (await doors.rest.post("/v1/join", json={"token": token}, auth=None)).json()["playback"]
        return found["profile"], found["dvr_url"]

    long_list = f"{doors.url}/live/{doors.house.room.id}/dvr.m3u8"
    assert await playback() == ("default", long_list)
    body = {"profile": "turbo", "dvr_window_s": 0}
    show = (await doors.rest.post("/v1/rooms/show/broadcasts", json=body)).json()
    assert show["dvr_path"] is None
    assert await playback() == ("turbo", None)


async def test_after_a_promotion_the_same_token_gives_an_engine(doors: ServedHouse) -> None:
    token = await doors.token("vic", "viewer")
    answer = await doors.rest.post("/v1/rooms/show/participants/vic/promote", json={"force": True})
    assert answer.status_code == 200
    again = (await doors.rest.post("/v1/join", json={"token": token}, auth=None)).json()
    assert again["participant"] == answer.json()["participant"]
    assert again["engine"] is not None


async def test_settings_are_made_patched_and_checked_with_their_paths(doors: ServedHouse) -> None:
    settings = {"capacity": {"stage": 4}, "join_until": "2026-01-02T12:00:00+02:00", "chat": {"slow_mode_s": 3}}
    made = (await doors.rest.post("/v1/rooms", json={"name": "talk", "settings": settings})).json()
    assert made["settings"] == {
        "playback": {"access": "public", "allowed_origins": None, "viewer_token_ttl_s": 21_600},
        "capacity": {"stage": 4, "audience": None, "viewer": None, "total": None},
        "chat": {"enabled": True, "slow_mode_s": 3},
        "broadcast": {"auto_start": False, "auto_stop_s": None},
        "duplicate_identity": "replace",
        "join_from": None,
        "join_until": "2026-01-02T10:00:00.000Z",
        "ends_at": None,
        "max_session_s": None,
        "idle_end_s": None,
        "poster_url": None,
    }
    patch = {"capacity": {"stage": None, "total": 10}, "chat": None}
    patched = (await doors.rest.patch("/v1/rooms/talk", json={"settings": patch})).json()
    assert patched["settings"] == made["settings"] | {
        "capacity": {"stage": None, "audience": None, "viewer": None, "total": 10},
        "chat": {"enabled": True, "slow_mode_s": 0},
    }
    wrong = {"capacity": {"stage": 0}, "idle_end_s": "soon", "colour": "red"}
    for refused in (
        await doors.rest.patch("/v1/rooms/talk", json={"settings": wrong}),
        await doors.rest.post("/v1/rooms", json={"name": "another", "settings": wrong}),
    ):
        assert code(refused) == "malformed"
        paths = {one["path"] for one in refused.json()["errors"]}
        assert paths == {"settings.capacity.stage", "settings.idle_end_s", "settings.colour"}
    order = {"join_from": "2026-01-03T00:00:00Z"}
    refused = await doors.rest.patch("/v1/rooms/talk", json={"settings": order})
    assert refused.json()["errors"] == [{"path": "settings", "problem": "join_until must be after join_from"}]


async def test_a_moment_that_is_none_is_refused(doors: ServedHouse) -> None:
    for moment in ("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-01-01T00:00:00", "soon"):
        answer = await doors.rest.patch("/v1/rooms/show", json={"settings": {"ends_at": moment}})
        assert code(answer) == "malformed", moment


async def test_a_room_is_read_with_its_session_counts_and_show(doors: ServedHouse) -> None:
    await doors.token("anna", "host")
    show = (await doors.rest.post("/v1/rooms/show/broadcasts", json={})).json()
    room = (await doors.rest.get("/v1/rooms/show")).json()
    assert room["session"]["ended_at"] is None
    assert room["counts"] == {"stage": 1, "audience": 0, "viewer": 0, "hls": 0}
    assert room["broadcast"]["id"] == show["id"]


async def test_rooms_are_filtered(doors: ServedHouse) -> None:
    await doors.rest.post("/v1/rooms", json={"name": "Talk-1", "locked": True})
    await doors.rest.post("/v1/rooms", json={"name": "talk-2", "template": "webinar"})
    await doors.token("anna", "host")

    async def found(**params: str) -> set[str]:
        return {room["name"] for room in (await doors.rest.get("/v1/rooms", params=params)).json()["data"]}

    assert await found(name_prefix="talk") == {"Talk-1", "talk-2"}
    assert await found(name_contains="-2", template="webinar") == {"talk-2"}
    assert await found(locked="true") == {"Talk-1"}
    assert await found(active="true") == {"show"}


async def test_a_room_in_use_keeps_its_template_and_is_deleted_only_when_that_is_meant(doors: ServedHouse) -> None:
    await doors.token("anna", "host")
    assert code(await doors.rest.patch("/v1/rooms/show", json={"template": "webinar"})) == "room_in_use"
    assert code(await doors.rest.delete("/v1/rooms/show")) == "room_in_use"
    assert (await doors.rest.delete("/v1/rooms/show", params={"end": "true"})).status_code == 204
    assert code(await doors.rest.get("/v1/rooms/show")) == "room_not_found"
    assert code(await doors.rest.delete("/v1/rooms/show")) == "room_not_found"


async def test_a_full_room_a_closed_one_and_an_identity_that_is_there_refuse_a_join(doors: ServedHouse) -> None:
    house = doors.house

    async def join(identity: str) -> httpx.Response:
        return await doors.rest.post("/v1/join", json={"token": await house.token(identity, "host")}, auth=None)

    settings = {"capacity": {"total": 1}, "duplicate_identity": "refuse", "join_from": "2026-01-01T00:01:00Z"}
    await doors.rest.patch("/v1/rooms/show", json={"settings": settings})
    early = await join("anna")
    assert code(early) == "room_not_open"
    assert early.json()["expected"] == "from 2026-01-01T00:01:00.000Z"
    await house.clock.advance(60)
    token = await house.token("anna", "host")
    _, anna = await presence.join(house.ctx, token)
    full = await join("ben")
    assert (code(full), full.json()["expected"]) == ("room_full", "fewer than 1")
    await connect(house, anna, "phone")
    assert code(await join("anna")) == "identity_connected"
    again = await doors.rest.post("/v1/join", json={"token": token, "connection_id": "phone"}, auth=None)
    assert again.json()["participant"]["id"] == anna.id
