"""Rooms, tokens and codes over REST."""

import jwt

from tests.support.gateway import ServedHouse
from tests.support.problems import code


async def test_a_room_is_made_read_changed_and_ended(doors: ServedHouse) -> None:
    made = await doors.rest.post("/v1/rooms", json={"name": "talk", "title": "The talk", "metadata": {"a": [1]}})
    assert made.status_code == 201
    room = made.json()
    assert room["id"].startswith("rm_")
    assert (await doors.rest.get("/v1/rooms/talk")).json() == room
    assert (await doors.rest.get(f"/v1/rooms/{room['id']}")).json() == room
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


async def test_after_a_promotion_the_same_token_gives_an_engine(doors: ServedHouse) -> None:
    token = await doors.token("vic", "viewer")
    answer = await doors.rest.post("/v1/rooms/show/participants/vic/promote", json={"force": True})
    assert answer.status_code == 200
    again = (await doors.rest.post("/v1/join", json={"token": token}, auth=None)).json()
    assert again["participant"] == answer.json()["participant"]
    assert again["engine"] is not None
