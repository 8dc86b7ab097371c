"""Recordings for many who play them: read once, and anew when they are not what they were."""

import asyncio
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from onstage.origin.doors.vod_http import vod_routes
from onstage.origin.recordings.vod import Recorded, Vod
from onstage.origin.storing.storage import BroadcastStore
from tests.origin.serving import BROADCAST, a_show
from tests.support.clock import EPOCH


async def test_a_recording_is_read_once_for_all_who_play_it_and_anew_once_it_was_mended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, history = list[str](), BroadcastStore.history

    async def counted(store: BroadcastStore, rendition: str) -> object:
        read.append(rendition)
        return await history(store, rendition)

    monkeypatch.setattr(BroadcastStore, "history", counted)
    ready_at = EPOCH

    async def find(_: str) -> Recorded:
        return Recorded(BROADCAST, ((EPOCH, None),), ready_at)

    async with a_show(tmp_path) as show:
        vod = Vod(show.origin, find)
        await show.fill(2)
        await show.window.stored()
        films = await asyncio.gather(*(vod.film("rec_1") for _ in range(50)))
        assert {film.segment_count for film in films} == {2}
        lists = await asyncio.gather(*(vod.playlist("rec_1", "720p") for _ in range(50)))
        assert all(one is lists[0] for one in lists)
        assert read == ["720p"]
        await show.fill(1)
        await show.window.stored()
        ready_at += timedelta(minutes=1)
        assert (await vod.film("rec_1")).segment_count == 3
        assert (await vod.playlist("rec_1", "720p")).plain.count(b"#EXTINF") == 3


async def test_the_store_is_asked_once_for_each_segment(tmp_path: Path) -> None:
    asked = list[str]()

    async def find(recording: str) -> Recorded:
        asked.append(recording)
        return Recorded(BROADCAST, ((EPOCH, None),))

    async with a_show(tmp_path) as show:
        await show.fill(1)
        await show.window.stored()
        app = Starlette(routes=[Mount("/vod", routes=vod_routes(Vod(show.origin, find)))])
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://onstage.test") as client:
            answer = await client.get("/vod/rec_1/720p/seg1.m4s")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "video/mp4")
    assert asked == ["rec_1"]
