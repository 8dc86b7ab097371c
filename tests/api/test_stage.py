"""A whole server with a real engine: what REST says of somebody is what their LiveKit client can do."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from onstage.actions.projects import create_project
from onstage.cli.serving import serving
from onstage.config import Settings
from tests.engine.clients import PythonClient
from tests.support.serving import free_port
from tests.support.waiting import until

ROOM = "/v1/rooms/show"


@pytest.fixture
async def rest(tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    settings = Settings(
        port=free_port(),
        data_dir=tmp_path / "data",
        livekit_port=free_port(),
        media_udp_port=free_port(),
        media_tcp_port=free_port(),
    )
    async with serving(settings) as app:
        project, secret = await create_project(app.context, "test")
        url = f"http://localhost:{settings.port}"
        async with httpx.AsyncClient(base_url=url, auth=(project.id, secret)) as client:
            assert (await client.post("/v1/rooms", json={"name": "show"})).status_code == 201
            yield client


async def post(rest: httpx.AsyncClient, path: str, body: object = None) -> Any:
    answer = await rest.post(f"{ROOM}{path}", json=body)
    assert answer.is_success, answer.text
    return answer.json()


async def enter(rest: httpx.AsyncClient, identity: str, role: str) -> Any:
    made = await post(rest, "/tokens", {"identity": identity, "role": role})
    return (await rest.post("/v1/join", json={"token": made["token"]})).json()


async def connect(engine: Any, identity: str) -> PythonClient:
    client = PythonClient(identity)
    await client.join(engine["url"], engine["token"])
    return client


async def sources(rest: httpx.AsyncClient, identity: str) -> list[tuple[str, bool]]:
    found = (await rest.get(f"{ROOM}/participants/{identity}")).json()
    return [(track["source"], track["muted"]) for track in found["tracks"]]


async def test_a_promotion_gives_the_open_connection_the_stage_and_a_demotion_takes_it(
    rest: httpx.AsyncClient,
) -> None:
    anna = await connect((await enter(rest, "anna", "host"))["engine"], "anna")
    amy = await connect((await enter(rest, "amy", "audience"))["engine"], "amy")
    try:
        before = (await rest.get(f"{ROOM}/participants/amy")).json()
        await post(rest, "/participants/amy/promote", {"force": True})
        await amy.sees("permission", "amy", "publish")
        await amy.publish("camera")
        await anna.sees("published", "amy", "camera")
        await until(lambda: sources(rest, "amy"), what="the track in the store")
        assert await sources(rest, "amy") == [("camera", False)]

        await post(rest, "/participants/amy/mute", {"source": "camera"})
        assert await sources(rest, "amy") == [("camera", True)]

        await post(rest, "/participants/amy/demote")
        await amy.sees("permission", "amy", "listen")
        await anna.sees("unpublished", "amy", "camera")
        after = (await rest.get(f"{ROOM}/participants/amy")).json()
        assert after == before
        assert not amy.has_seen("disconnected", "")
    finally:
        await amy.leave()
        await anna.leave()


async def test_a_viewer_joins_the_engine_after_the_promotion_and_is_cut_after_the_demotion(
    rest: httpx.AsyncClient,
) -> None:
    joined = await enter(rest, "vic", "viewer")
    assert joined["engine"] is None
    await post(rest, "/participants/vic/promote", {"force": True, "media_allowed": "audio-only"})
    again = (await rest.post("/v1/join", json={"token": joined["token"]})).json()
    assert again["participant"]["id"] == joined["participant"]["id"]
    vic = await connect(again["engine"], "vic")
    try:
        await vic.publish("microphone")
        await until(lambda: sources(rest, "vic"), what="the track in the store")
        await post(rest, "/participants/vic/demote")
        await vic.sees("disconnected")
    finally:
        await vic.leave()
    assert await sources(rest, "vic") == []


async def test_who_is_removed_and_whose_room_ends_is_cut(rest: httpx.AsyncClient) -> None:
    anna = await connect((await enter(rest, "anna", "host"))["engine"], "anna")
    gus = await connect((await enter(rest, "gus", "guest"))["engine"], "gus")
    try:
        await post(rest, "/participants/gus/remove")
        await gus.sees("disconnected")
        await post(rest, "/end")
        await anna.sees("disconnected")
    finally:
        await gus.leave()
        await anna.leave()
