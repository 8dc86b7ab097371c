"""The composer of a two-minute show is killed ten times at random: viewers go on, and the recording is whole."""

import asyncio
import json
import os
import random
import signal
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from urllib.parse import urljoin

import httpx
import pytest

from bench.house import ROOM, onstage, people_on_stage
from tests.composer.media import decode_pictures
from tests.support.onstage_server import OnstageServer
from tests.support.waiting import until
from tools.probe.playlist import MediaList, parse_media

SECONDS = 120.0
KILLS = 10
SEED = 1
LONGEST_HOLE_S = 6.0
FRAME_RATE = 30


@dataclass
class Reader:
    """A viewer's player without a picture: asks for each part as soon as the list may have it, as hls.js does."""

    http: httpx.AsyncClient
    url: str
    began_s: float = 0.0
    came_s: list[float] = field(default_factory=list)
    segments: dict[int, list[bytes]] = field(default_factory=dict)
    """By number: the parts, in order."""
    discontinuities: dict[int, int] = field(default_factory=dict)
    """By number of the segment: how many came up to it."""
    unavailable: int = 0
    last: MediaList | None = None

    async def follow(self) -> None:
        """To the show's end."""
        directives = ""
        while self.last is None or not self.last.is_ended:
            answer = await self.http.get(self.url + directives, timeout=15)
            if answer.status_code == 503:  # no part for three target durations: players ask again
                self.unavailable += 1
                continue
            found = parse_media(answer.raise_for_status().text)
            self._check(found)
            await self._take(found)
            self.last = found
            msn, part = found.next_part
            directives = f"?_HLS_msn={msn}&_HLS_part={part}"

    def _check(self, found: MediaList) -> None:
        if self.last is not None:
            assert found.media_sequence >= self.last.media_sequence, "the list went back"
            assert found.next_part >= self.last.next_part, "parts were taken back"
        count = found.discontinuity_sequence or 0
        for segment in found.segments:
            count += segment.is_discontinuity
            known = self.discontinuities.setdefault(segment.msn, count)
            assert known == count, f"segment {segment.msn} is behind {known} discontinuities, now {count}"

    async def _take(self, found: MediaList) -> None:
        listed = [segment for segment in found.segments if segment.parts]
        if not self.segments and listed:
            self.segments[listed[-1].msn] = []
        for segment in listed:
            if segment.msn < max(self.segments, default=0):
                continue
            if segment.msn not in self.segments:
                assert segment.msn == max(self.segments) + 1, "a segment was never seen"
                self.segments[segment.msn] = []
            have = self.segments[segment.msn]
            for part in segment.parts[len(have) :]:
                assert not part.is_gap
                have.append((await self.http.get(urljoin(self.url, part.uri), timeout=15)).raise_for_status().content)
                self.came_s.append(asyncio.get_running_loop().time() - self.began_s)

    @property
    def holes_s(self) -> list[float]:
        """Between one new part and the next, longest first."""
        return sorted((after - before for before, after in pairwise(self.came_s)), reverse=True)


def at_work(server: OnstageServer) -> list[int]:
    """The composers that have a show: they read the stage."""

    def reads(pid: int) -> bool:
        try:
            return any(file.read_text() == "engine\n" for file in Path(f"/proc/{pid}/task").glob("*/comm"))
        except (FileNotFoundError, ProcessLookupError):
            return False

    return [pid for pid in server.composer_pids() if reads(pid)]


async def killings(server: OnstageServer, moments: list[float], began_s: float) -> list[float]:
    """Kill who is at work at those moments, or as soon as somebody is; when it was done."""
    done: list[float] = []
    killed: set[int] = set()
    for moment in moments:
        await asyncio.sleep(max(began_s + moment - asyncio.get_running_loop().time(), 0))
        await until(lambda: set(at_work(server)) - killed, what="a composer at work")
        [composer] = set(at_work(server)) - killed
        os.kill(composer, signal.SIGKILL)
        killed.add(composer)
        done.append(asyncio.get_running_loop().time() - began_s)
    return done


@pytest.mark.soak
async def test_ten_kills_in_two_minutes_leave_a_show_that_plays_and_a_whole_recording(tmp_path: Path) -> None:
    rng = random.Random(SEED)
    moments = sorted(rng.uniform(4, SECONDS - 6) for _ in range(KILLS))
    async with onstage() as server, people_on_stage(server):
        body = {"quality": "low", "outputs": [{"type": "recording"}]}
        show = await server.call("POST", f"/v1/rooms/{ROOM}/broadcasts", body)
        recording = show["outputs"][1]["recording_id"]
        url = f"{server.url}/live/{show['id']}/360p/index.m3u8"

        async def is_there() -> bool:
            return (await server.http.get(url)).is_success

        await until(is_there, what="the playlist")
        reader = Reader(server.http, url, began_s=asyncio.get_running_loop().time())
        following = asyncio.create_task(reader.follow())
        killed = await killings(server, moments, reader.began_s)
        await asyncio.sleep(max(reader.began_s + SECONDS - asyncio.get_running_loop().time(), 0))
        assert not following.done(), following
        assert (await server.call("GET", f"/v1/broadcasts/{show['id']}"))["status"] == "live"
        await server.call("POST", f"/v1/broadcasts/{show['id']}/stop")
        await asyncio.wait_for(following, 30)
        vod, files = await recorded(server, recording)

    tell(tmp_path, reader, killed, vod)
    assert len(killed) == KILLS
    assert reader.holes_s[0] <= LONGEST_HOLE_S
    assert sum(segment.is_discontinuity for segment in vod.segments) == max(reader.discontinuities.values()) <= KILLS
    # What viewers were given is in the recording, byte by byte, but for the first segment, which they joined.
    seen = [b"".join(parts) for msn, parts in sorted(reader.segments.items()) if parts][1:]
    assert [one in files.values() for one in seen] == [True] * len(seen)
    assert not any(segment.is_gap for segment in vod.segments)
    for one in vod.segments:
        pictures = decode_pictures(files[one.map_uri or ""] + files[one.uri or ""])
        assert len(pictures) == round(one.listed_s * FRAME_RATE)


async def recorded(server: OnstageServer, recording: str) -> tuple[MediaList, dict[str, bytes]]:
    """The recording's list, and its files by name: each composer's init, and every segment."""

    async def is_ready() -> bool:
        return bool((await server.call("GET", f"/v1/recordings/{recording}"))["status"] == "ready")

    await until(is_ready, deadline_s=30, what="the recording")
    url = f"{server.url}/vod/{recording}/360p/index.m3u8"
    vod = parse_media((await server.http.get(url)).raise_for_status().text)
    names = {name or "" for segment in vod.segments for name in (segment.map_uri, segment.uri)}
    return vod, {name: (await server.http.get(urljoin(url, name))).raise_for_status().content for name in names}


def tell(folder: Path, reader: Reader, killed: list[float], vod: MediaList) -> None:
    """For whoever reads the figures."""
    said = {
        "killed_s": [round(one, 1) for one in killed],
        "parts": len(reader.came_s),
        "holes_s": [round(one, 2) for one in reader.holes_s[: KILLS + 2]],
        "discontinuities": max(reader.discontinuities.values()),
        "unavailable": reader.unavailable,
        "recorded_s": round(vod.duration_s(), 2),
    }
    (folder / "ten_kills.json").write_text(json.dumps(said))
    print(json.dumps(said))
