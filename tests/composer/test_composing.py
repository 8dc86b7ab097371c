"""The real thing: the supervisor, its child process, livekit-server, and people who publish with the official SDK."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from onstage.clock import SystemClock
from onstage.composer import artwork, wire
from onstage.composer.instance import Cold
from onstage.composer.layout import Scene, arrange
from onstage.composer.supervisor import ComposerSpec, ComposerSupervisor, Composing, Live, Report, Restarted
from onstage.composer.tiles import TileKey
from onstage.media.engine import service_grant
from onstage.media.livekit_cluster import LiveKitEngine
from onstage.media.livekit_facts import token_of
from onstage.model.broadcast_reasons import BroadcastReason
from onstage.model.layout import Layout
from onstage.model.media import Init, Part, ResumePoint, Rung, SegmentEnd
from onstage.model.presentation import Presentation
from tests.composer.media import decode_pictures, decode_sound, loudest_hz
from tests.composer.people import Colour, performing
from tests.support.livekit import EngineHouse, livekit_house
from tests.support.waiting import EventLog, until

RUNG = Rung("360p", 640, 360, 600_000)
CANVAS = wire.Canvas(RUNG.width, RUNG.height)
ROOM = "rm_1"
RED, GREEN, BLUE = (200, 40, 40), (40, 160, 60), (50, 60, 200)
Looks = Callable[[np.ndarray], bool]


class Recording:
    """Takes what the supervisor hands on, and shows it."""

    def __init__(self, engine: LiveKitEngine, url: str) -> None:
        self.parts: EventLog[Part] = EventLog()
        self.reports: EventLog[Report] = EventLog()
        self.lives: list[list[bytes]] = []  # of each composer: init, part, part…
        self.ends = 0
        spec = ComposerSpec("bc_1", url, (RUNG,), 128_000, False, "default", Presentation("A show"))

        async def token() -> str:
            return engine.access_token(service_grant(ROOM, "composer"))

        self.supervisor = ComposerSupervisor(spec, self, report=self._report, engine_token=token, clock=SystemClock())

    async def _report(self, report: Report) -> None:
        self.reports.add(report)

    async def on_init(self, init: Init) -> None:
        self.lives.append([init.data])

    async def on_part(self, part: Part) -> None:
        self.lives[-1].append(part.data)
        self.parts.add(part)

    async def on_segment_end(self, end: SegmentEnd) -> None:
        self.ends += 1

    async def on_discontinuity(self) -> ResumePoint:
        last = self.parts.seen[-1]
        return ResumePoint(last.start_ticks + last.duration_ticks)

    async def sees(self, looks: Looks, what: str) -> None:
        """Wait for a part whose last picture looks like that."""
        await self.parts.first(lambda _: looks(self.picture()), after=max(len(self.parts.seen) - 1, 0), what=what)

    def picture(self) -> np.ndarray:
        """The last picture there is."""
        init, *parts = self.lives[-1]
        since = (len(parts) - 1) // 4 * 4  # segments begin with an IDR
        return decode_pictures(init + b"".join(parts[since:]))[-1].astype(int)

    async def hears(self, *hertz: int) -> None:
        """Wait for a second whose loudest tones are these."""
        await self.parts.first(lambda _: self.tones(len(hertz)) == list(hertz), what=f"tones of {hertz} Hz")

    def tones(self, count: int) -> list[int]:
        """The loudest of the last second."""
        init, *parts = self.lives[-1]
        return loudest_hz(decode_sound(init + b"".join(parts[-3:]))[0][-48_000:], count)


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[EngineHouse]:
    async with livekit_house(tmp_path) as running:
        yield running


@pytest.fixture
async def recording(house: EngineHouse) -> AsyncIterator[Recording]:
    made = Recording(house.engine, house.engine.internal_url)
    made.supervisor.start()
    yield made
    await made.supervisor.kill()


def tile(number: int, of: int, colour: Colour) -> Looks:
    """Whether the middle of a tile of the grid has that colour."""
    rect = arrange(Layout(), CANVAS, Scene([TileKey(str(n)) for n in range(of)]))[number].rect
    x, y = rect.x + rect.width // 2, rect.y + rect.height // 2
    return lambda frame: bool(np.abs(frame[y - 8 : y + 8, x - 8 : x + 8].mean(axis=(0, 1)) - colour).max() < 25)


def both(one: Looks, other: Looks) -> Looks:
    return lambda frame: one(frame) and other(frame)


def is_slate(frame: np.ndarray) -> bool:
    return bool(np.abs(frame[:40].mean(axis=(0, 1)) - artwork.BACKGROUND).max() < 12)


def is_avatar(frame: np.ndarray) -> bool:
    ground = np.asarray(artwork.avatar("ann", "Ann", 64, 64))[0, 0]
    return bool(np.abs(frame[10:40, 10:40].mean(axis=(0, 1)) - ground).max() < 12)


async def test_people_are_seen_in_their_tiles_and_heard(house: EngineHouse, recording: Recording) -> None:
    await recording.sees(is_slate, "the slate")
    async with performing(house.engine, house.ws_url, ROOM, "ann") as ann:
        await ann.show(RED)
        await ann.speak(400)
        async with performing(house.engine, house.ws_url, ROOM, "bob") as bob:
            await bob.show(GREEN)
            await bob.speak(700)
            await recording.sees(both(tile(0, 2, RED), tile(1, 2, GREEN)), "both people")
            await recording.hears(400, 700)
        await recording.sees(tile(0, 1, RED), "Ann alone")
        ann.mute_camera(is_muted=True)
        await recording.sees(is_avatar, "an avatar")
        ann.mute_camera(is_muted=False)
        await recording.sees(tile(0, 1, RED), "Ann again")
        await ann.change_camera(BLUE)
        await recording.sees(tile(0, 1, BLUE), "Ann's other camera")
    await recording.sees(is_slate, "the slate again")
    pid = recording.supervisor.pid
    await recording.supervisor.stop()
    assert recording.reports.seen[-1] == wire.Ended()
    assert pid is not None
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    _assert_whole(recording.parts.seen)


async def test_a_killed_composer_is_followed_by_one_that_goes_on(house: EngineHouse, recording: Recording) -> None:
    async with performing(house.engine, house.ws_url, ROOM, "ann") as ann:
        await ann.show(RED)
        await recording.sees(tile(0, 1, RED), "Ann")
        before = len(recording.parts.seen)
        assert recording.supervisor.pid
        os.kill(recording.supervisor.pid, signal.SIGKILL)
        await recording.parts.position(lambda _: len(recording.lives) == 2, after=before, what="a new composer's part")
        await recording.sees(tile(0, 1, RED), "Ann again")
    await recording.supervisor.stop()
    reports = [type(one) for one in recording.reports.seen if not isinstance(one, wire.Stats)]
    assert reports == [Composing, Live, Restarted, Composing, wire.Ended]
    assert recording.lives[0][0] == recording.lives[1][0]  # the init segment that players have stays true
    assert recording.parts.seen[before].is_independent
    _assert_whole(recording.parts.seen[:before])
    _assert_whole(recording.parts.seen[before:])


async def test_a_show_outlives_the_engine_and_shows_who_comes_back(house: EngineHouse, recording: Recording) -> None:
    async with performing(house.engine, house.ws_url, ROOM, "ann") as ann:
        await ann.show(RED)
        await recording.sees(tile(0, 1, RED), "Ann")
    died, is_back = house.server.pid, asyncio.Event()
    assert died is not None

    async def on_up() -> None:
        is_back.set()

    house.server.on_up = on_up
    os.kill(died, signal.SIGKILL)
    await until(is_back.is_set, what="another livekit-server that answers")
    async with performing(house.engine, house.ws_url, ROOM, "bob") as bob:
        await bob.show(GREEN)
        await recording.sees(tile(0, 1, GREEN), "Bob")
    await recording.supervisor.stop()
    assert len(recording.lives) == 1  # the same composer all the time
    _assert_whole(recording.parts.seen)


def _assert_whole(parts: list[Part]) -> None:
    """No hole on the timeline; every part full, but the one that the end cut short."""
    assert [part.duration_ticks for part in parts[:-1]] == [48_000] * (len(parts) - 1)
    ends = [part.start_ticks + part.duration_ticks for part in parts]
    assert [part.start_ticks for part in parts[1:]] == ends[:-1]


def start_of(token: str) -> wire.Start:
    nowhere = "ws://127.0.0.1:9"
    return wire.Start("bc_1", nowhere, token, (RUNG,), 128_000, False, "default", Presentation("A show"))


def token(ttl_s: int) -> str:
    return token_of(replace(service_grant(ROOM, "composer"), ttl_s=ttl_s), "key", "secret" * 8)


async def test_stop_flushes_the_open_part_and_exits_with_0() -> None:
    composer = await Cold().start_composer(start_of(token(60)))
    said: list[wire.Up] = []
    async for message in composer.messages():
        said.append(message)
        if isinstance(message, Part) and message.start_ticks == 0:
            composer.send(wire.Stop())
        if isinstance(message, wire.Ended):
            break
    assert isinstance(said[0], Init)
    assert isinstance(said[-2], SegmentEnd)
    _assert_whole([one for one in said if isinstance(one, Part)])
    assert await composer.close(grace_s=10.0) == 0


async def test_a_composer_whose_server_is_gone_ends() -> None:
    composer = await Cold().start_composer(start_of(token(60)))
    await anext(composer.messages())
    assert await composer.close(grace_s=10.0) == 0


async def test_an_engine_that_cannot_be_reached_any_more_is_told() -> None:
    composer = await Cold().start_composer(start_of(token(-1)))
    said = [message async for message in composer.messages()]
    assert said[-1] == wire.Failed(BroadcastReason.ENGINE_UNREACHABLE, "the engine could not be reached")
    assert await composer.close(grace_s=10.0) == 1
