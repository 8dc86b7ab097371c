"""Moderation over REST and the gateway: shapes, statuses, and the codes of what is refused."""

from typing import Any

import pytest

from onstage.actions.tracks import report_tracks
from onstage.model.records import Track
from onstage.model.role import Source
from tests.support.gateway import ServedHouse
from tests.support.problems import code, problem

ROOM = "/v1/rooms/show"


def bearer(token: str) -> dict[str, Any]:
    return {"auth": None, "headers": {"Authorization": f"Bearer {token}"}}


async def muted_camera(doors: ServedHouse, identity: str) -> None:
    """A track that is silent already, so that the engine, which is away, is not asked."""
    camera = Track("TR_1", Source.CAMERA, is_muted=True)
    await report_tracks(doors.house.ctx, doors.house.room.id, identity, (camera,))


async def test_a_role_is_given_at_once_or_asked_for(doors: ServedHouse) -> None:
    vic = await doors.token("vic", "viewer")
    path = f"{ROOM}/participants/vic/role"
    asked = await doors.rest.post(path, json={"role": "audience"})
    assert (asked.status_code, asked.json()["invite"]["role"]) == (202, "audience")
    accepted = await doors.rest.post(f"{ROOM}/invites/{asked.json()['invite']['id']}/accept", **bearer(vic))
    assert accepted.json()["participant"]["level"] == "audience"
    forced = await doors.rest.post(path, json={"role": "guest", "force": True, "media_allowed": "audio-only"})
    assert forced.status_code == 200
    assert forced.json()["participant"]["sources"] == ["microphone", "screen_share_audio"]
    assert code(await doors.rest.post(path, json={"role": "king"})) == "unknown_role"
    assert code(await doors.rest.post(path, json={})) == "malformed"


async def test_who_joins_is_told_the_roles_there_are(doors: ServedHouse) -> None:
    token = await doors.house.token("vic", "viewer")
    joined = (await doors.rest.post("/v1/join", json={"token": token}, auth=None)).json()
    assert list(joined["roles"]) == ["host", "guest", "audience", "viewer"]
    assert joined["roles"]["guest"]["publish"]["camera"]["simulcast"] is True
    template = (await doors.rest.get("/v1/templates/interactive-live-stream")).json()
    assert joined["roles"] == template["roles"]
    assert joined["participant"]["subscribe_to"] is None


async def test_a_participant_is_changed_by_themselves_only_with_the_permission(doors: ServedHouse) -> None:
    anna, vic = await doors.token("anna", "host"), await doors.token("vic", "viewer")
    path = f"{ROOM}/participants/vic"
    assert code(await doors.rest.patch(path, json={"name": "Me"}, **bearer(vic))) == "permission_denied"
    change = {"name": "Victor", "metadata": {"a": 1}, "attributes": {"seat": "3"}}
    changed = await doors.rest.patch(path, json=change, **bearer(anna))
    assert changed.status_code == 200
    participant = changed.json()["participant"]
    assert {name: participant[name] for name in change} == change
    assert (await doors.rest.get(path)).json() == participant


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"name": ""}, "name"),
        ({"attributes": {"": "x"}}, "attributes."),
        ({"attributes": {"k": "v" * 1_025}}, "attributes.k"),
        ({"attributes": {"k": 1}}, "attributes.k"),
        ({"metadata": {"a": "x" * 9_000}}, "metadata"),
        ({"role": "host"}, "role"),
    ],
)
async def test_what_is_known_of_somebody_is_bounded(doors: ServedHouse, change: dict[str, Any], path: str) -> None:
    await doors.token("vic", "viewer")
    found = problem(await doors.rest.patch(f"{ROOM}/participants/vic", json=change))
    assert (found["code"], [one["path"] for one in found["errors"]]) == ("malformed", [path])


async def test_silence_for_one_for_a_role_and_for_all(doors: ServedHouse) -> None:
    anna = await doors.token("anna", "host")
    await doors.token("gus", "guest")
    await muted_camera(doors, "gus")
    one = await doors.rest.post(f"{ROOM}/participants/gus/mute", json={"source": "camera"}, **bearer(anna))
    assert one.json()["participant"]["tracks"][0]["muted"] is True
    for body in ({}, {"role": "guest", "source": "microphone", "except": ["anna"]}):
        many = await doors.rest.post(f"{ROOM}/mute", json=body, **bearer(anna))
        assert (many.status_code, many.json()) == (200, {"muted": []})
    assert code(await doors.rest.post(f"{ROOM}/mute", json={"role": "king"})) == "unknown_role"
    assert code(await doors.rest.post(f"{ROOM}/mute", json={"excluded": []})) == "malformed"


async def test_a_request_to_unmute_is_answered_with_202_and_refused_by_level_and_source(doors: ServedHouse) -> None:
    await doors.token("gus", "guest")
    await doors.token("vic", "viewer")

    async def ask(identity: str, source: str) -> Any:
        return await doors.rest.post(f"{ROOM}/participants/{identity}/request-unmute", json={"source": source})

    assert (await ask("gus", "microphone")).status_code == 202
    assert code(await ask("vic", "microphone")) == "participant_not_on_stage"
    only_sound = {"role": "guest", "force": True, "media_allowed": "audio-only"}
    await doors.rest.post(f"{ROOM}/participants/vic/promote", json=only_sound)
    assert code(await ask("vic", "camera")) == "source_not_allowed"


async def test_a_ban_is_made_listed_kept_and_taken_back(doors: ServedHouse) -> None:
    anna, gus = await doors.token("anna", "host"), await doors.token("gus", "guest")
    body = {"reason": "rude", "expires_in_s": 60}
    made = await doors.rest.post(f"{ROOM}/participants/gus/ban", json=body, **bearer(anna))
    assert made.status_code == 200
    assert made.json()["participant"]["presence"] == "removed"
    other = await doors.rest.post(f"{ROOM}/bans", json={"identity": "eve"})
    assert (other.status_code, other.json()["participant"], other.json()["ban"]["expires_at"]) == (201, None, None)
    listed = (await doors.rest.get(f"{ROOM}/bans", **bearer(anna))).json()["data"]
    assert listed == [other.json()["ban"], made.json()["ban"]]
    rejoin = await doors.rest.post("/v1/join", json={"token": gus}, auth=None)
    assert code(rejoin) == "participant_banned"
    assert (await doors.rest.delete(f"{ROOM}/bans/gus", **bearer(anna))).status_code == 204
    assert (await doors.rest.post("/v1/join", json={"token": gus}, auth=None)).status_code == 200
    assert code(await doors.rest.delete(f"{ROOM}/bans/gus")) == "ban_not_found"


async def test_a_guest_does_not_ban_a_host(doors: ServedHouse) -> None:
    await doors.token("anna", "host")
    gus = await doors.token("gus", "guest")
    more = {"role": "guest", "force": True, "permissions": ["participant.ban", "participant.remove"]}
    assert (await doors.rest.post(f"{ROOM}/participants/gus/role", json=more)).status_code == 200
    for path in (f"{ROOM}/participants/anna/ban", f"{ROOM}/participants/anna/remove"):
        assert code(await doors.rest.post(path, **bearer(gus))) == "outranked"
    assert code(await doors.rest.post(f"{ROOM}/bans", json={"identity": "anna"}, **bearer(gus))) == "outranked"


async def test_hands_have_a_place_in_the_queue_and_go_down_together(doors: ServedHouse) -> None:
    tokens = [await doors.token(name, "viewer") for name in ("a", "b")]
    places = []
    for token in (*tokens, tokens[0]):
        places.append((await doors.rest.post(f"{ROOM}/hands", **bearer(token))).json()["position"])
        await doors.house.clock.advance(1)
    assert places == [1, 2, 1]
    lowered = await doors.rest.delete(f"{ROOM}/hands")
    assert (lowered.status_code, len(lowered.json()["lowered"])) == (200, 2)


async def test_lists_are_filtered_and_counted(doors: ServedHouse) -> None:
    for name, role in (("anna", "host"), ("gus", "guest"), ("vic", "viewer"), ("wim", "viewer")):
        await doors.token(name, role)
    await doors.rest.post(f"{ROOM}/participants/wim/remove", json={"reason": "rude"})

    async def listed(**query: Any) -> list[str]:
        answer = await doors.rest.get(f"{ROOM}/participants", params=query)
        return sorted(one["identity"] for one in answer.json()["data"])

    assert await listed(role="viewer") == ["vic"]
    assert await listed(presence="all", role="viewer") == ["vic", "wim"]
    assert await listed(name_prefix="G", hand_raised="false") == ["gus"]
    assert code(await doors.rest.get(f"{ROOM}/participants", params={"presence": "here"})) == "malformed"
    counts = (await doors.rest.get(f"{ROOM}/counts")).json()
    assert counts == {
        "stage": 2,
        "audience": 0,
        "viewer": 1,
        "hls": 0,
        "total": 3,
        "roles": {"guest": 1, "host": 1, "viewer": 1},
        "hands": 0,
    }


async def test_the_gateway_moderates_with_the_same_bodies(doors: ServedHouse) -> None:
    anna, gus = await doors.token("anna", "host"), await doors.token("gus", "guest")
    await doors.token("vic", "viewer")
    await muted_camera(doors, "gus")
    async with doors.client(anna) as host, doors.client(gus) as guest:
        await host.first()
        await guest.first()

        async def ask(name: str, **data: Any) -> Any:
            reply = await host.request(name, **data)
            return reply["data"] if reply["ok"] else reply["error"]["code"]

        changed = await ask("participant.set_role", participant="vic", role="audience", force=True)
        assert changed["participant"]["role"] == "audience"
        assert "invite" in await ask("participant.set_role", participant="vic", role="guest")
        assert await ask("participant.mute", role="guest") == {"muted": []}
        assert (await ask("participant.mute", participant="gus"))["participant"]["identity"] == "gus"
        assert await ask("participant.mute", participant="gus", role="guest") == "malformed"
        await ask("participant.request_unmute", participant="gus", source="camera")
        asked = await guest.until_event("participant.unmute_requested")
        assert asked["data"]["source"] == "camera"
        muted = await ask("participant.mute_chat", participant="vic", muted=True)
        assert muted["participant"]["chat_muted"] is True
        waiting = await ask("participant.set_backstage", participant="gus", backstage=True)
        assert waiting["participant"]["backstage"] is True
        assert await ask("participant.set_backstage", participant="vic", backstage=True) == "participant_not_on_stage"
        updated = await ask("participant.update", participant="vic", attributes={"seat": "3"})
        assert updated["participant"]["attributes"] == {"seat": "3"}
        assert (await ask("participant.ban", participant="vic", reason="rude"))["ban"]["identity"] == "vic"
        assert (await ask("participant.ban", identity="eve"))["participant"] is None
        assert await ask("participant.ban") == "malformed"
        assert (await ask("participant.unban", identity="vic"))["ban"]["reason"] == "rude"
        assert await ask("participant.unban", identity="vic") == "ban_not_found"
        assert await ask("hand.lower", all=True) == {"lowered": []}
