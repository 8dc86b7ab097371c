"""Participants, invites, hands, chat and broadcasts over REST, by servers and by participants' tokens."""

from typing import Any

import httpx

from onstage.actions.projects import create_project
from tests.support.gateway import ServedHouse
from tests.support.problems import code

ROOM = "/v1/rooms/show"


def bearer(token: str) -> dict[str, Any]:
    return {"auth": None, "headers": {"Authorization": f"Bearer {token}"}}


async def test_without_force_a_promotion_is_asked_for_and_answered(doors: ServedHouse) -> None:
    vic = await doors.token("vic", "viewer")
    asked = await doors.rest.post(f"{ROOM}/participants/vic/promote")
    assert asked.status_code == 202
    invite = asked.json()["invite"]
    assert (invite["role"], invite["status"], invite["invited_by"]) == ("guest", "open", None)
    assert (await doors.rest.get(f"{ROOM}/invites")).json()["data"] == [invite]
    accepted = await doors.rest.post(f"{ROOM}/invites/{invite['id']}/accept", **bearer(vic))
    assert accepted.json()["participant"]["level"] == "stage"
    closed = await doors.rest.post(f"{ROOM}/invites/{invite['id']}/decline", **bearer(vic))
    assert code(closed) == "invite_closed"
    demoted = await doors.rest.post(f"{ROOM}/participants/vic/demote")
    assert demoted.json()["participant"]["level"] == "viewer"


async def test_a_host_does_with_its_token_what_a_server_does(doors: ServedHouse) -> None:
    anna, vic = await doors.token("anna", "host"), await doors.token("vic", "viewer")
    rest = doors.rest
    assert (await rest.post(f"{ROOM}/hands", **bearer(vic))).status_code == 201
    hands = (await rest.get(f"{ROOM}/hands", **bearer(anna))).json()["data"]
    assert [one["identity"] for one in hands] == ["vic"]
    assert (await rest.delete(f"{ROOM}/hands/vic", **bearer(anna))).status_code == 200
    said = await rest.post(f"{ROOM}/messages", json={"text": "hi"}, **bearer(vic))
    assert (said.status_code, said.json()["message"]["text"]) == (201, "hi")
    assert len((await rest.get(f"{ROOM}/messages", **bearer(anna))).json()["data"]) == 1
    assert len((await rest.get(f"{ROOM}/participants", **bearer(anna))).json()["data"]) == 2
    force = {"force": True, "media_allowed": "audio-only"}
    promoted = await rest.post(f"{ROOM}/participants/vic/promote", json=force, **bearer(anna))
    assert promoted.json()["participant"]["sources"] == ["microphone", "screen_share_audio"]
    assert (await rest.post(f"{ROOM}/participants/vic/remove", **bearer(anna))).status_code == 200
    assert (await rest.patch(ROOM, json={"title": "Mine"}, **bearer(anna))).json()["title"] == "Mine"
    started = await rest.post(f"{ROOM}/broadcasts", **bearer(anna))
    assert started.status_code == 201
    show = f"/v1/broadcasts/{started.json()['id']}"
    changed = await rest.patch(show, json={"layout": {"name": "spotlight"}}, **bearer(anna))
    assert changed.json()["layout"]["name"] == "spotlight"
    assert (await rest.post(f"{show}/stop", **bearer(anna))).status_code == 202
    assert (await rest.get(show, **bearer(anna))).json()["status"] == "stopping"
    assert len((await rest.get(f"{ROOM}/broadcasts")).json()["data"]) == 1


async def test_a_viewer_does_what_viewers_may_and_nothing_else(doors: ServedHouse) -> None:
    vic = await doors.token("vic", "viewer")
    await doors.token("wim", "viewer")
    rest = doors.rest

    async def refused(method: str, path: str, body: object = None) -> str:
        return code(await rest.request(method, path, json=body, **bearer(vic)))

    assert await refused("POST", f"{ROOM}/participants/wim/promote") == "not_on_stage"
    assert await refused("POST", f"{ROOM}/participants/wim/demote") == "not_on_stage"
    assert await refused("POST", f"{ROOM}/participants/wim/mute") == "not_on_stage"
    assert await refused("POST", f"{ROOM}/participants/wim/remove") == "not_on_stage"
    assert await refused("POST", f"{ROOM}/broadcasts") == "not_on_stage"
    assert await refused("PATCH", ROOM, {"title": "x"}) == "not_on_stage"
    assert await refused("POST", f"{ROOM}/end") == "not_on_stage"
    assert await refused("GET", f"{ROOM}/participants") == "permission_denied"
    assert await refused("GET", "/v1/rooms") == "permission_denied"
    assert await refused("POST", "/v1/rooms", {"name": "mine"}) == "permission_denied"
    tokens = {"identity": "x", "role": "host"}
    assert await refused("POST", f"{ROOM}/tokens", tokens) == "permission_denied"
    assert (await rest.get(f"{ROOM}/participants/vic", **bearer(vic))).status_code == 200
    assert (await rest.get(f"{ROOM}/hands", **bearer(vic))).status_code == 200


async def test_a_token_opens_its_own_room_while_its_holder_is_there(doors: ServedHouse) -> None:
    other = await doors.house.another_room("other")
    vic = await doors.token("vic", "viewer")
    path = f"/v1/rooms/{other.name}/messages"
    assert code(await doors.rest.get(path, **bearer(vic))) == "token_wrong_room"
    wim = await doors.house.token("wim", "viewer")
    assert code(await doors.rest.get(f"{ROOM}/messages", **bearer(wim))) == "session_ended"
    await doors.token("zoe", "viewer")  # the session ends with its last participant
    await doors.rest.post(f"{ROOM}/participants/vic/remove")
    assert code(await doors.rest.get(f"{ROOM}/messages", **bearer(vic))) == "participant_removed"


async def test_another_projects_things_do_not_exist(doors: ServedHouse) -> None:
    await doors.token("vic", "viewer")
    show = (await doors.rest.post(f"{ROOM}/broadcasts")).json()["id"]
    stranger, secret = await create_project(doors.house.ctx, "stranger")
    async with httpx.AsyncClient(base_url=doors.url, auth=(stranger.id, secret)) as rest:
        assert (await rest.get("/v1/rooms")).json() == {"data": [], "next_cursor": None}
        assert code(await rest.get(f"/v1/rooms/{doors.house.room.id}")) == "room_not_found"
        assert code(await rest.post(f"{ROOM}/participants/vic/promote", json={"force": True})) == "room_not_found"
        assert code(await rest.get(f"/v1/broadcasts/{show}")) == "broadcast_not_found"
        assert code(await rest.post(f"/v1/broadcasts/{show}/stop")) == "broadcast_not_found"


async def test_other_peoples_strings_come_back_as_they_were_given(doors: ServedHouse) -> None:
    name = "<img src=x onerror=alert(1)> 🎭"
    body = {"identity": "vic", "name": name, "role": "viewer", "metadata": {"</script>": "\u202e"}}
    token = (await doors.rest.post(f"{ROOM}/tokens", json=body)).json()["token"]
    joined = await doors.rest.post("/v1/join", json={"token": token}, auth=None)
    assert joined.headers["content-type"] == "application/json"
    assert joined.json()["participant"]["name"] == name
    assert joined.json()["participant"]["metadata"] == {"</script>": "\u202e"}
