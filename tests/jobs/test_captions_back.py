"""Captions and metadata for those who watch later: far back in a running show, and in what was recorded of it."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from onstage.actions.broadcasts import NewBroadcast, start_broadcast
from onstage.jobs.annotating import LATEST, StoredNotes, annotate
from onstage.model.captions import Caption, CaptionTrack
from onstage.model.media import DEFAULT_PROFILE
from onstage.model.records import Broadcast
from onstage.model.timed_metadata import TimedMetadata
from onstage.origin.doors.http import live_routes
from onstage.origin.doors.vod_http import vod_routes
from onstage.origin.origin import Origin
from onstage.origin.recordings.film import Spans
from onstage.origin.recordings.vod import Recorded, Vod
from onstage.store import captions, timed_metadata
from tests.origin.playlist_reading import merged, read
from tests.origin.serving import Show
from tests.support.clock import EPOCH
from tests.support.house import House
from tools.probe.check_captions import CaptionsChecker
from tools.probe.fetching import Fetcher
from tools.probe.ledger import Ledger
from tools.probe.playlist import parse_media

ENGLISH = CaptionTrack(language="en", name="English")
SEGMENT_S = DEFAULT_PROFILE.segment_ticks / 90_000
BEYOND_MEMORY = 60
"""Segments after which the first ones are in the long list and in storage alone."""


@dataclass
class Told(Show):
    """A show that is recorded, with captions; `spans` is what the recording has."""

    house: House
    broadcast: Broadcast
    folder: Path
    spans: Spans = ((EPOCH, None),)

    async def say(self, text: str, starts_s: float, ends_s: float) -> None:
        starts, ends = EPOCH + timedelta(seconds=starts_s), EPOCH + timedelta(seconds=ends_s)
        async with self.house.ctx.database.begin() as tx:
            await captions.add(tx, [Caption(f"cap_{text}", self.broadcast.id, "en", starts, ends, text)])
        await annotate(self.house.ctx, self.broadcast, self.window)

    async def tell(self, name: str, at_s: float) -> None:
        moment = EPOCH + timedelta(seconds=at_s)
        async with self.house.ctx.database.begin() as tx:
            await timed_metadata.add(tx, TimedMetadata(name, self.broadcast.id, moment, 1.0, name))
        await annotate(self.house.ctx, self.broadcast, self.window)

    async def open(self) -> None:
        self.window = await self.origin.open(
            self.broadcast.id,
            self.broadcast.room_id,
            DEFAULT_PROFILE,
            is_recorded=True,
            dvr_window_s=600,
            captions=(ENGLISH,),
        )
        await annotate(self.house.ctx, self.broadcast, self.window, of_before=True)
        routes = vod_routes(Vod(self.origin, self._find, StoredNotes(self.house.ctx)))
        app = Starlette(routes=[Mount("/live", routes=live_routes(self.origin)), Mount("/vod", routes=routes)])
        self.client = httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://onstage.test")

    async def _find(self, recording_id: str) -> Recorded | None:
        return Recorded(self.broadcast.id, self.spans) if recording_id == "rec_1" else None

    async def restart(self) -> None:
        """The server as it is after kill -9 and a new start."""
        await self.origin.close()
        self.origin = Origin(self.clock, self.folder)
        await self.open()

    async def live(self, msn: int) -> str:
        return (await self.get(f"/live/{self.broadcast.id}/captions-en/seg{msn}.vtt")).text

    async def recorded(self, msn: int) -> str:
        answer = await self.get(f"/vod/rec_1/captions-en/seg{msn}.vtt")
        assert answer.headers["content-type"].startswith("text/vtt"), answer.text
        return answer.text

    async def tags(self, path: str, name: str) -> list[str]:
        text = (await self.get(path)).text
        return [line for line in text.splitlines() if line.startswith(f"#EXT-X-{name}")]


@pytest.fixture
async def told(house: House, tmp_path: Path) -> AsyncIterator[Told]:
    async with told_show(house, tmp_path) as told:
        yield told


@asynccontextmanager
async def told_show(house: House, folder: Path) -> AsyncIterator[Told]:
    broadcast = await start_broadcast(house.ctx, house.server, "show", NewBroadcast(captions=(ENGLISH,)))
    origin = Origin(house.clock, folder)
    window = await origin.open(broadcast.id, broadcast.room_id, DEFAULT_PROFILE)
    told = Told(house.clock, origin, window, httpx.AsyncClient(), house, broadcast, folder)
    await told.open()
    yield told
    await told.origin.close()


def cues(text: str) -> list[str]:
    return text.strip().split("\n\n")[1:]


async def test_captions_of_back_then_are_byte_for_byte_what_they_were_live(told: Told) -> None:
    await told.say("first", 0.5, 3.0)
    await told.fill(2)
    await told.say("late", 1.0, 2.0)
    await told.fill(2, 2)
    await told.window.on_discontinuity()
    await told.say("after", 5 * SEGMENT_S + 0.25, 5 * SEGMENT_S + 1)
    await told.fill(3)
    live = {msn: await told.live(msn) for msn in range(1, 8)}
    assert [len(cues(text)) for text in live.values()] == [1, 1, 1, 1, 0, 1, 0]
    await told.fill(BEYOND_MEMORY)
    assert {msn: await told.live(msn) for msn in live} == live
    listed = read((await told.get(f"/live/{told.broadcast.id}/captions-en/dvr.m3u8")).text)
    pictures = read((await told.get(f"/live/{told.broadcast.id}/720p/dvr.m3u8")).text)
    complete = {msn: one for msn, one in pictures.segments.items() if one.uri}
    assert [(one.date, one.discontinuity, one.extinf) for one in listed.segments.values()] == [
        (one.date, one.discontinuity, one.extinf) for one in complete.values()
    ]
    assert (min(listed.segments), listed.segments[1].uri) == (1, "seg1.vtt")


async def test_a_recording_shows_what_is_said_in_time_as_it_was_live_and_what_was_late_when_it_was_said(
    told: Told,
) -> None:
    await told.say("first", 0.5, 3.0)
    await told.fill(2, 1)
    await told.window.on_discontinuity()
    await told.say("late", 1.0, 2.0)
    await told.say("after", 5.0, 5.7)
    await told.fill(3)
    await told.window.end()
    assert cues(await told.recorded(1)) == [
        "00:00:00.500 --> 00:00:02.133\nfirst",
        "00:00:01.000 --> 00:00:02.000\nlate",
    ]
    live, recorded = [[await one(msn) for msn in (2, 4, 5, 6)] for one in (told.live, told.recorded)]
    assert [len(cues(text)) for text in recorded] == [1, 1, 0, 0]
    assert recorded[0] == live[0]
    assert [text.splitlines()[1] for text in recorded] == [text.splitlines()[1] for text in live]
    assert cues(live[1])[1:] == cues(recorded[1])  # beside what was late


async def test_lists_of_what_was_name_the_captions(told: Told) -> None:
    await told.fill(3)
    await told.window.end()
    for path, uri in ((f"/live/{told.broadcast.id}/dvr.m3u8", "dvr.m3u8"), ("/vod/rec_1/index.m3u8", "index.m3u8")):
        text = (await told.get(path)).text
        assert f'LANGUAGE="en",DEFAULT=NO,AUTOSELECT=YES,FORCED=NO,URI="captions-en/{uri}"' in text
        assert 'SUBTITLES="captions"' in text
    listed = (await told.get("/vod/rec_1/captions-en/index.m3u8")).text
    assert [line for line in listed.splitlines() if not line.startswith("#")] == ["seg1.vtt", "seg2.vtt", "seg3.vtt"]
    assert listed.endswith("#EXT-X-ENDLIST\n")
    assert "EXT-X-MAP" not in listed


async def test_a_pause_takes_its_captions_and_its_metadata_with_it(told: Told) -> None:
    await told.say("on", 2.5, 11.5)
    for name, segments in (("md_1", 0.5), ("md_2", 3.5), ("md_3", 5.5)):
        await told.tell(name, segments * SEGMENT_S)
    await told.fill(8)
    await told.window.end()
    at = [EPOCH + timedelta(seconds=segments * SEGMENT_S) for segments in (0, 3, 5, 8)]
    told.spans = ((at[0], at[1]), (at[2], at[3]))
    assert [len(cues(await told.recorded(msn))) for msn in (1, 2, 3, 6, 7)] == [0, 1, 1, 1, 0]
    assert cues(await told.recorded(6)) == ["00:00:00.000 --> 00:00:00.833\non"]
    assert (await told.get("/vod/rec_1/captions-en/seg4.vtt")).json()["code"] == "media_not_found"
    listed = await told.tags("/vod/rec_1/captions-en/index.m3u8", "DISCONTINUITY")
    assert listed == await told.tags("/vod/rec_1/720p/index.m3u8", "DISCONTINUITY") == ["#EXT-X-DISCONTINUITY"]
    ranges = await told.tags("/vod/rec_1/720p/index.m3u8", "DATERANGE")
    assert ranges == [
        one for one in await told.tags(f"/live/{told.broadcast.id}/720p/index.m3u8", "DATERANGE") if "md_2" not in one
    ]
    assert len(ranges) == 2


async def test_a_line_that_comes_after_the_recording_was_first_played_is_shown(told: Told) -> None:
    await told.fill(3)
    await told.window.end()
    assert cues(await told.recorded(1)) == []
    await told.say("late", 0.5, 1.0)
    assert len(cues(await told.recorded(1))) == 1
    await told.house.clock.advance(LATEST.total_seconds() + 10)
    assert await told.recorded(1) == await told.recorded(1)


async def test_a_new_server_shows_what_was_said_before_it_to_those_who_go_back(told: Told) -> None:
    await told.say("first", 0.5, 3.0)
    await told.fill(1)
    await told.say("late", 1.0, 2.0)
    await told.fill(BEYOND_MEMORY)
    live = await told.live(1)
    await told.restart()
    await told.fill(1)
    assert cues(await told.live(1)) == [*cues(live), "00:00:01.000 --> 00:00:02.000\nlate"]
    assert len(cues(await told.live(2))) == 1
    assert cues(await told.live(BEYOND_MEMORY + 2)) == []


async def test_an_update_of_the_long_list_is_a_delta(told: Told) -> None:
    await told.fill(40)
    path = f"/live/{told.broadcast.id}/captions-en/dvr.m3u8"
    before = read((await told.get(path)).text)
    held = await told.held(f"{path}?_HLS_msn=41&_HLS_skip=YES")
    await told.fill(1)
    delta, after = read((await held).text), read((await told.get(path)).text)
    assert delta.skipped > 30
    assert merged(before, delta).segments == after.segments
    reports: Sequence[str] = await told.tags(f"/live/{told.broadcast.id}/720p/dvr.m3u8", "RENDITION-REPORT")
    assert reports == ['#EXT-X-RENDITION-REPORT:URI="../captions-en/dvr.m3u8",LAST-MSN=41']


async def test_nothing_else_is_found_beside_captions(told: Told) -> None:
    await told.fill(BEYOND_MEMORY)
    for name in ("seg0.vtt", "seg01.vtt", "seg999.vtt", "seg1.m4s", "init0.mp4", "dvr.vtt"):
        for folder in (f"/live/{told.broadcast.id}", "/vod/rec_1"):
            answer = await told.get(f"{folder}/captions-en/{name}")
            assert answer.json()["code"] == "media_not_found", name
    assert (await told.get("/vod/rec_1/captions-de/index.m3u8")).json()["code"] == "media_not_found"


@pytest.mark.parametrize("is_over", [False, True], ids=["dvr", "vod"])
async def test_the_probe_finds_nothing_wrong_with_them(told: Told, is_over: bool) -> None:
    for second in range(0, 60, 2):
        await told.say(f"line {second}", second + 0.3, second + 2.1)
    await told.fill(20, 1)
    await told.window.on_discontinuity()
    await told.fill(20)
    folder, name = f"/live/{told.broadcast.id}", "dvr.m3u8"
    if is_over:
        await told.window.end()
        told.spans = ((EPOCH, EPOCH + timedelta(seconds=10)), (EPOCH + timedelta(seconds=20), None))
        folder, name = "/vod/rec_1", "index.m3u8"
    ledger = Ledger()
    pictures = parse_media((await told.get(f"{folder}/720p/{name}")).text)
    captions_url = f"http://onstage.test{folder}/captions-en/{name}"
    await CaptionsChecker(ledger, Fetcher(told.client, ledger), captions_url).run(pictures)
    findings = {one.rule.id: one for one in ledger.findings() if one.rule.id.startswith("captions.")}
    assert {name: one.evidence for name, one in findings.items() if one.verdict != "held"} == {}
    assert min(one.checks for one in findings.values()) > 25
