"""A viewer who keeps everything: follows a live show's playlists part by part, as hls.js does."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from urllib.parse import urljoin

import httpx

from onstage.composer.wire import Canvas
from tests.support.waiting import until
from tools.probe.playlist import MediaList, attributes, parse_media

_AWAY_FROM_PARTS_S = 10.0


class Stream:
    """One playlist's media: the init segment and every part since we came."""

    def __init__(self, http: httpx.AsyncClient, url: str) -> None:
        self._http = http
        self._url = url
        self._next = (-1, 0)
        self.init: str | None = None
        self.parts: list[str] = []  # URIs, in order
        self.bodies: dict[str, bytes] = {}
        self.began: datetime | None = None
        """Wall time of the first picture, as the playlist says."""

    @property
    def data(self) -> bytes:
        """Init and parts as one file."""
        assert self.init is not None, "nothing has come"
        return b"".join(self.bodies[uri] for uri in [self.init, *self.parts])

    async def follow(self) -> None:
        """Until the show ends."""
        playlist = await self._reload("")
        while not playlist.is_ended:
            await self._take(playlist)
            msn, part = playlist.next_part
            playlist = await self._reload(f"?_HLS_msn={msn}&_HLS_part={part}")
        await self._take(playlist)

    async def _reload(self, directives: str) -> MediaList:
        return parse_media((await self._get(self._url + directives)).text)

    async def _take(self, playlist: MediaList) -> None:
        """Fetch what is new. Begins with the newest segment whose parts are listed from its first."""
        listed = [segment for segment in playlist.segments if segment.parts]
        if self._next[0] < 0 and listed:
            first = listed[-1]
            self._next, self.init, self.began = (first.msn, 0), first.map_uri, first.date
            assert self.init is not None, "media has an init segment"
            await self._fetch(self.init)
        for segment in listed:
            for number, part in enumerate(segment.parts):
                if (segment.msn, number) >= self._next:
                    assert segment.map_uri == self.init, "the show has one init segment"
                    self._next = (segment.msn, number + 1)
                    await self._fetch(part.uri)
                    self.parts.append(part.uri)

    async def _fetch(self, uri: str) -> None:
        self.bodies[uri] = (await self._get(urljoin(self._url, uri))).content

    async def _get(self, url: str) -> httpx.Response:
        return (await self._http.get(url, timeout=_AWAY_FROM_PARTS_S)).raise_for_status()


class Viewer:
    """The show's picture and its sound; one stream, when the sound has no playlist of its own."""

    def __init__(self, canvas: Canvas, video: Stream, audio: Stream) -> None:
        self.canvas = canvas
        self.video = video
        self.audio = audio

    async def has_more(self, parts: int) -> None:
        """Wait for so many parts more."""
        goal = len(self.video.parts) + parts
        await until(lambda: len(self.video.parts) >= goal, deadline_s=15 + parts, what=f"{parts} parts")


@asynccontextmanager
async def watching(http: httpx.AsyncClient, url: str) -> AsyncIterator[Viewer]:
    """Somebody who watches the best rendition, while the block runs."""

    async def multivariant() -> httpx.Response | None:
        answer = await http.get(url)
        return answer if answer.is_success else None

    answer = await until(multivariant, what="the show to be playable")
    assert answer is not None, "until returns what is true"
    streams = _streams(http, answer)
    tasks = [asyncio.create_task(stream.follow()) for stream in streams]
    try:
        await until(lambda: all(stream.parts for stream in streams) or any(map(_failed, tasks)), what="the first part")
        yield Viewer(_canvas(answer.text), streams[0], streams[-1])
    finally:
        for task in tasks:
            task.cancel()
        ended = await asyncio.gather(*tasks, return_exceptions=True)
    broken = [one for one in ended if isinstance(one, Exception)]
    assert not broken, broken


def _failed(task: "asyncio.Task[None]") -> bool:
    return task.done() and not task.cancelled() and task.exception() is not None


def _canvas(multivariant: str) -> Canvas:
    """The size of the first variant."""
    found = re.search(r"RESOLUTION=(\d+)x(\d+)", multivariant)
    assert found is not None, multivariant
    return Canvas(int(found[1]), int(found[2]))


def _streams(http: httpx.AsyncClient, answer: httpx.Response) -> list[Stream]:
    """The first variant's playlist, and that of its sound if it has one."""
    lines = answer.text.splitlines()
    uris = [next(line for line in lines if line and not line.startswith("#"))]
    groups = [attributes(line.partition(":")[2]) for line in lines if line.startswith("#EXT-X-MEDIA:")]
    uris += [one["URI"] for one in groups if one.get("TYPE") == "AUDIO" and "URI" in one][:1]
    return [Stream(http, urljoin(str(answer.url), uri)) for uri in uris]
