"""Recordings and media over the gateway: asked, answered and refused as over REST."""

from typing import Any

import pytest

from tests.support.gateway import GatewayClient, ServedHouse

MEDIA = {"url": "https://192.0.43.7/intro.mp4", "is_paused": True}


async def on_air(doors: ServedHouse, anna: GatewayClient) -> dict[str, Any]:
    await anna.first()
    started: dict[str, Any] = (await anna.request("broadcast.start"))["data"]
    return started


async def test_a_recording_is_begun_paused_and_resumed(doors: ServedHouse) -> None:
    async with doors.client(await doors.token("anna", "host")) as anna:
        show = await on_air(doors, anna)
        output = (await anna.request("output.add", broadcast=show["id"], type="recording", keep_days=3))["data"]
        paused = await anna.request("recording.pause", recording=output["recording_id"])
        over_rest = (await doors.rest.get(f"/v1/recordings/{output['recording_id']}")).json()
        assert (paused["data"], over_rest["status"], over_rest["keep_days"]) == (over_rest, "paused", 3)
        resumed = await anna.request("recording.resume", recording=output["recording_id"])
        assert resumed["data"]["status"] == "recording"
        await anna.until_event("recording.resumed")
        assert [one["name"] for one in anna.events if one["name"].startswith("recording.")] == [
            "recording.started",
            "recording.paused",
            "recording.resumed",
        ]


@pytest.mark.parametrize("name", ["recording.pause", "recording.resume"])
async def test_refusals_about_recordings_are_those_of_rest(doors: ServedHouse, name: str) -> None:
    anna_token, gus_token = await doors.token("anna", "host"), await doors.token("gus", "guest")
    async with doors.client(anna_token) as anna, doors.client(gus_token) as gus:
        show = await on_air(doors, anna)
        await gus.first()
        output = (await anna.request("output.add", broadcast=show["id"], type="recording"))["data"]
        path = name.removeprefix("recording.")

        async def refused(client: GatewayClient, token: str, recording: str) -> str:
            over_rest = await doors.rest.post(
                f"/v1/recordings/{recording}/{path}", headers={"Authorization": f"Bearer {token}"}, auth=None
            )
            reply = await client.request(name, recording=recording)
            assert reply["error"]["code"] == over_rest.json()["code"]
            return str(reply["error"]["code"])

        assert await refused(gus, gus_token, output["recording_id"]) == "permission_denied"
        assert await refused(anna, anna_token, "rec_none") == "recording_not_found"
        await anna.request("output.remove", broadcast=show["id"], output=output["id"])
        assert await refused(anna, anna_token, output["recording_id"]) == "recording_over"
        assert (await anna.request(name))["error"]["code"] == "malformed"


async def test_what_plays_is_paused_sought_and_made_louder(doors: ServedHouse) -> None:
    async with doors.client(await doors.token("anna", "host")) as anna:
        show = await on_air(doors, anna)
        playback = (await anna.request("media.play", broadcast=show["id"], **MEDIA))["data"]
        of = {"broadcast": show["id"], "playback": playback["id"]}
        for change in ({"is_paused": False}, {"position_ms": 5_000}, {"volume_percent": 150}, {"is_paused": True}):
            changed = (await anna.request("media.update", **of, **change))["data"]
            assert {name: changed[name] for name in change} == change
        listed = (await doors.rest.get(f"/v1/broadcasts/{show['id']}/media")).json()
        assert listed["data"] == [changed]
        refused = await anna.request("media.update", **of, volume_percent=900)
        assert (refused["error"]["code"], refused["error"]["errors"][0]["path"]) == ("malformed", "volume_percent")
        assert (await anna.request("media.stop", **of))["ok"]
        assert (await anna.request("media.update", **of, is_paused=False))["error"]["code"] == "playback_over"
