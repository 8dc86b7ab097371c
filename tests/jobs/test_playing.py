"""What is to be played: fetched through the guard, told to the composer, and what becomes of it written."""

import asyncio
import io
import os
import wave
from collections.abc import AsyncIterator

import pytest

from onstage.actions import media_playbacks
from onstage.actions.broadcast_life import report_status
from onstage.actions.broadcasts import NewBroadcast, start_broadcast
from onstage.actions.media_files import upload
from onstage.actions.media_playbacks import NewPlayback, PlaybackChange, read_playbacks, stop_playback, update_playback
from onstage.actions.rooms import delete_room
from onstage.composer.wire import MediaEnded, MediaStarted, PlayMedia, StopMedia, UpdateMedia
from onstage.errors import ErrorCode
from onstage.jobs.playing import MOST_DEATHS, SWEEP_EVERY_S, UNTOUCHED_S, Playing
from onstage.model.playbacks import PlaybackEndReason, PlaybackStatus, ShownAs
from onstage.model.records import Broadcast, BroadcastStatus, Playback
from onstage.outbound import Guard, Outbound, read_policy
from tests.jobs.staff import store_away
from tests.support.house import LARGEST_MEDIA_BYTES, House
from tests.support.receiver import Receiver, answering, receiving, status
from tests.support.refusals import refused
from tests.support.waiting import until

Told = PlayMedia | UpdateMedia | StopMedia


def a_tone(seconds: float = 2.0) -> bytes:
    written = io.BytesIO()
    with wave.open(written, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8_000)
        file.writeframes(bytes(int(16_000 * seconds)))
    return written.getvalue()


def served(body: bytes, *headers: str) -> bytes:
    head = "\r\n".join(("HTTP/1.1 200 OK", f"Content-Length: {len(body)}", *headers, "", ""))
    return head.encode() + body


class Cinema:
    """A broadcast whose composer is the test."""

    def __init__(self, house: House, show: Broadcast) -> None:
        self.house = house
        self.show = show
        self.told: list[Told] = []
        self.playing = Playing(house.ctx)
        self.playing.attach(show.id, self.told.append)

    async def play(self, **how: object) -> Playback:
        new = NewPlayback(**how)  # type: ignore[arg-type]
        playback = await media_playbacks.play(self.house.ctx, self.house.server, self.show.id, new)
        await self.playing.changed(self.show.id)
        return playback

    async def change(self, playback: Playback, **what: object) -> None:
        change = PlaybackChange(**what)  # type: ignore[arg-type]
        await update_playback(self.house.ctx, self.house.server, self.show.id, playback.id, change)
        await self.playing.changed(self.show.id)

    async def is_told(self, count: int) -> None:
        await until(lambda: len(self.told) >= count, what=f"{count} messages to the composer")

    async def now(self, playback: Playback) -> Playback:
        found = await read_playbacks(self.house.ctx, self.house.server, self.show.id, after=None, limit=50)
        return next(one for one in found if one.id == playback.id)

    async def becomes(self, playback: Playback, status: PlaybackStatus) -> Playback:
        async def has_become() -> bool:
            return (await self.now(playback)).status is status

        await until(has_become, what=f"status {status}")
        return await self.now(playback)

    async def started(self, playback: Playback) -> None:
        self.playing.report(self.show.id, MediaStarted(playback.id))
        await self.becomes(playback, PlaybackStatus.PLAYING)
        await self.house.settle()


@pytest.fixture
async def cinema(house: House) -> AsyncIterator[Cinema]:
    house.ctx.outbound = Outbound(Guard(read_policy("127.0.0.1", "80,443", is_http_allowed=False)))
    show = await start_broadcast(house.ctx, house.server, "show", NewBroadcast())
    await report_status(house.ctx, show.id, BroadcastStatus.LIVE)
    cinema = Cinema(house, show)
    yield cinema
    await cinema.playing.stop()
    await house.ctx.outbound.close()


@pytest.fixture
async def host() -> AsyncIterator[Receiver]:
    """Who has the file."""
    async with receiving() as running:
        running.behaves = answering(served(a_tone()))
        yield running


async def uploaded(house: House, seconds: float = 2.0) -> str:
    async def body() -> AsyncIterator[bytes]:
        yield a_tone(seconds)

    file = await upload(house.ctx, house.server, "show", body(), name="A tone", content_type="audio/wav")
    assert (file.duration_ms, file.width) == (round(seconds * 1000), None)
    return file.id


def kept(house: House) -> set[str]:
    assert house.ctx.media is not None
    folder = house.ctx.media.path("x").parent
    return {one.name for one in folder.iterdir()} if folder.exists() else set()


async def test_a_file_of_a_url_is_fetched_played_and_thrown_away(cinema: Cinema, host: Receiver) -> None:
    playback = await cinema.play(url=host.url, shown_as=ShownAs.FULL, volume_percent=60, start_ms=250)
    assert playback.status is PlaybackStatus.LOADING
    await cinema.is_told(1)
    [told] = cinema.told
    assert isinstance(told, PlayMedia)
    assert (told.playback_id, told.shown_as, told.volume_percent, told.start_ms) == (playback.id, "full", 60, 250)
    await cinema.started(playback)
    assert (await cinema.now(playback)).duration_ms == 2000
    assert kept(cinema.house) == {playback.id}
    cinema.playing.report(cinema.show.id, MediaEnded(playback.id, PlaybackEndReason.FINISHED))
    ended = await cinema.becomes(playback, PlaybackStatus.ENDED)
    assert (ended.reason, ended.detail) == (PlaybackEndReason.FINISHED, None)
    assert kept(cinema.house) == set()
    assert (await cinema.house.names())[-2:] == ["media.started", "media.ended"]


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (status(404), "its server answers 404"),
        (status(302, "Location: http://127.0.0.1/"), "it is elsewhere; give the URL that this one redirects to"),
        (answering(served(b"<html>")), "it is no video or sound file of a kind that is played here"),
        (answering(served(a_tone(), "Content-Encoding: gzip")), "its server packs it, which was not asked for"),
        (
            answering(f"HTTP/1.1 200 OK\r\nContent-Length: {LARGEST_MEDIA_BYTES + 1}\r\n\r\n".encode()),
            f"it is larger than {LARGEST_MEDIA_BYTES} bytes",
        ),
        (
            answering(b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + bytes(LARGEST_MEDIA_BYTES + 1)),
            f"it is larger than {LARGEST_MEDIA_BYTES} bytes",
        ),
    ],
)
async def test_what_cannot_be_fetched_or_played_ends_with_the_reason(
    cinema: Cinema, host: Receiver, answer: object, why: str
) -> None:
    host.behaves = answer  # type: ignore[assignment]
    playback = await cinema.play(url=host.url)
    ended = await cinema.becomes(playback, PlaybackStatus.ENDED)
    assert (ended.reason, ended.detail) == (PlaybackEndReason.FAILED, why)
    assert cinema.told == []
    assert kept(cinema.house) == set()


async def test_an_address_is_checked_when_it_is_asked_for_and_when_it_is_fetched(cinema: Cinema) -> None:
    new = NewPlayback(url="https://10.0.0.1/a.mp4")
    asked = media_playbacks.play(cinema.house.ctx, cinema.house.server, cinema.show.id, new)
    assert await refused(asked) is ErrorCode.URL_NOT_ALLOWED
    answers = [["192.0.43.7"], ["10.0.0.1"]]

    async def resolve(_host: str, _port: int) -> list[str]:
        return answers.pop(0)

    cinema.house.ctx.outbound = Outbound(Guard(resolve=resolve))
    playback = await cinema.play(url="https://rebinding.example/a.mp4")
    ended = await cinema.becomes(playback, PlaybackStatus.ENDED)
    assert "not public" in (ended.detail or "")


async def test_an_uploaded_file_is_played_again_and_again(cinema: Cinema) -> None:
    media_id = await uploaded(cinema.house)
    for count in (1, 2):
        playback = await cinema.play(media_id=media_id)
        await cinema.is_told(count)
        await cinema.started(playback)
        cinema.playing.report(cinema.show.id, MediaEnded(playback.id, PlaybackEndReason.FINISHED))
        await cinema.becomes(playback, PlaybackStatus.ENDED)
    assert kept(cinema.house) == {media_id}


async def test_changes_reach_the_composer_and_a_seek_only_once(cinema: Cinema) -> None:
    playback = await cinema.play(media_id=await uploaded(cinema.house, 60))
    await cinema.is_told(1)
    await cinema.started(playback)
    cinema.told.clear()
    await cinema.house.clock.advance(3)
    await cinema.change(playback, volume_percent=30, is_paused=True)
    await cinema.house.clock.advance(5)
    await cinema.change(playback, position_ms=9_000)
    await cinema.change(playback, is_paused=False)
    updates = [one for one in cinema.told if isinstance(one, UpdateMedia)]
    assert [(one.volume_percent, one.is_paused, one.seek_to_ms) for one in updates] == [
        (30, True, None),
        (30, True, 9_000),
        (30, False, None),
    ]
    await cinema.house.clock.advance(2)
    assert (await cinema.now(playback)).position_now_ms(cinema.house.clock.now()) == 11_000


async def test_the_next_composer_goes_on_where_the_file_is_by_now(cinema: Cinema) -> None:
    playing = await cinema.play(media_id=await uploaded(cinema.house, 60), start_ms=1_000)
    looping = await cinema.play(media_id=await uploaded(cinema.house, 2), is_looping=True)
    await cinema.is_told(2)
    for one in (playing, looping):
        await cinema.started(one)
    await cinema.house.clock.advance(5)
    starts = {one.playback_id: one.start_ms for one in cinema.playing.plays(cinema.show.id)}
    assert starts == {playing.id: 6_000, looping.id: 1_000}


async def test_a_restarted_server_goes_on_and_sweeps_the_rest(cinema: Cinema, host: Receiver) -> None:
    playback = await cinema.play(url=host.url)
    await cinema.is_told(1)
    await cinema.started(playback)
    assert cinema.house.ctx.media is not None
    cinema.house.ctx.media.path("plb_of_before").write_bytes(b"x")
    host.behaves = status(404)
    again = Cinema(cinema.house, cinema.show)
    await again.playing.start([cinema.show.id])
    assert kept(cinema.house) == {playback.id}
    await cinema.house.clock.advance(1)
    await again.playing.changed(cinema.show.id)
    await again.is_told(1)
    [told] = again.told
    assert isinstance(told, PlayMedia)
    assert told.start_ms == 1_000
    await again.playing.stop()


async def test_files_of_a_deleted_room_go_with_it_and_what_is_left_over_within_hours(cinema: Cinema) -> None:
    house = cinema.house
    assert house.ctx.media is not None
    await uploaded(house)
    being_written, left_over = house.ctx.media.path("mf_new.part"), house.ctx.media.path("mf_old")
    for path, age_s in ((being_written, 60), (left_over, UNTOUCHED_S)):
        path.write_bytes(b"x")
        written_s = house.clock.now().timestamp() + SWEEP_EVERY_S - age_s
        os.utime(path, (written_s, written_s))
    await delete_room(house.ctx, house.server, house.room.id, end=True)
    assert kept(house) == {being_written.name, left_over.name}
    again = Cinema(house, cinema.show)
    sweeping = asyncio.create_task(again.playing.sweep_now_and_then())
    await until(lambda: SWEEP_EVERY_S in house.clock.pauses_s, what="the pause before a look")
    await house.clock.advance(SWEEP_EVERY_S)
    await until(lambda: not left_over.exists(), what="the leftover to be deleted")
    assert kept(house) == {being_written.name}
    sweeping.cancel()


async def test_stopping_is_told_and_the_end_of_the_show_ends_all(cinema: Cinema) -> None:
    media_id = await uploaded(cinema.house)
    first, second = await cinema.play(media_id=media_id), await cinema.play(media_id=media_id)
    await cinema.is_told(2)
    await stop_playback(cinema.house.ctx, cinema.house.server, cinema.show.id, first.id)
    await cinema.playing.changed(cinema.show.id)
    assert cinema.told[-1] == StopMedia(first.id)
    await report_status(cinema.house.ctx, cinema.show.id, BroadcastStatus.ENDED)
    assert (await cinema.now(second)).reason is PlaybackEndReason.STOPPED
    assert (await cinema.house.names())[-2:] == ["media.ended", "broadcast.ended"]


async def test_a_file_that_kills_composers_is_ended_before_the_show_is(cinema: Cinema) -> None:
    playback = await cinema.play(media_id=await uploaded(cinema.house))
    await cinema.is_told(1)
    await cinema.started(playback)
    for _ in range(MOST_DEATHS - 1):
        cinema.playing.composer_died(cinema.show.id)
    await cinema.house.settle()
    assert (await cinema.now(playback)).status is PlaybackStatus.PLAYING
    cinema.playing.composer_died(cinema.show.id)
    ended = await cinema.becomes(playback, PlaybackStatus.ENDED)
    assert ended.detail == "the composer died again and again while it played"
    assert cinema.playing.plays(cinema.show.id) == []


async def test_what_became_of_it_is_written_when_the_store_is_back(cinema: Cinema) -> None:
    playback = await cinema.play(media_id=await uploaded(cinema.house))
    await cinema.is_told(1)
    async with store_away(cinema.house):
        cinema.playing.report(cinema.show.id, MediaStarted(playback.id))
        await until(lambda: 1.0 in cinema.house.clock.waits_s, what="the pause before the store is told again")
    await cinema.house.clock.advance(1)
    await cinema.becomes(playback, PlaybackStatus.PLAYING)


async def test_a_file_that_is_not_here_is_said_so(cinema: Cinema) -> None:
    media_id = await uploaded(cinema.house)
    assert cinema.house.ctx.media is not None
    await cinema.house.ctx.media.remove(media_id)
    playback = await cinema.play(media_id=media_id)
    ended = await cinema.becomes(playback, PlaybackStatus.ENDED)
    assert ended.detail == "the file is not on the server on which the show runs"
