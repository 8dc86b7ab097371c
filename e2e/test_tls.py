"""HTTPS and HTTP/2 from one certificate, for pages, signalling and media playlists alike."""

import json
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from livekit import rtc

from tests.support.onstage_server import OnstageServer
from tests.support.waiting import until


@pytest.fixture
async def server(tmp_path: Path) -> AsyncIterator[OnstageServer]:
    server = OnstageServer(tmp_path / "data", is_secure=True)
    await server.start()
    await server.make_project()
    await server.call("POST", "/v1/rooms", {"name": "show"})
    yield server
    await server.stop()


async def test_playlists_come_over_http_2(server: OnstageServer) -> None:
    await server.call("POST", "/v1/rooms/show/broadcasts")
    room = await server.call("GET", "/v1/rooms/show")
    async with httpx.AsyncClient(base_url=server.url, verify=False, http2=True) as player:

        async def playlist() -> httpx.Response | None:
            answer = await player.get(f"/live/{room['id']}/index.m3u8")
            return answer if answer.status_code == 200 else None

        answer = await until(playlist, what="the playlist")
    assert answer is not None
    assert answer.http_version == "HTTP/2"


async def test_joining_gives_secure_addresses_and_the_engine_tells_us_of_the_join(server: OnstageServer) -> None:
    minted = await server.call("POST", "/v1/rooms/show/tokens", {"identity": "hanna", "role": "host"})
    joined = (await server.http.post("/v1/join", json={"token": minted["token"]})).json()
    assert joined["gateway_url"].startswith("wss://")
    assert joined["engine"]["url"].startswith("wss://")
    assert joined["playback"]["url"].startswith("https://")

    # The SDK trusts no self-signed certificate, so it goes to the engine past our proxy; the webhook is what counts.
    room = rtc.Room()
    await room.connect(f"ws://127.0.0.1:{server.ports['LIVEKIT_PORT']}", joined["engine"]["token"])
    source = rtc.AudioSource(48_000, 1)
    microphone = rtc.LocalAudioTrack.create_audio_track("microphone", source)
    options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)
    await room.local_participant.publish_track(microphone, options)

    async def is_published() -> bool:
        found = await server.call("GET", "/v1/rooms/show/participants/hanna")
        return len(found["tracks"]) == 1

    await until(is_published, what="the track to be known to the server")
    await room.disconnect()


def test_the_private_key_is_for_the_owner_alone(server: OnstageServer) -> None:
    for name in ("tls-key.pem", "secret", "development.json"):
        assert (server.data_dir / name).stat().st_mode & 0o077 == 0, name
    assert json.loads((server.data_dir / "development.json").read_text())["secret"]
