"""Composers that wait: taken at once, replaced, and started anew when they die."""

import os
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from onstage.composer import wire
from onstage.composer.instance import ComposerInstance
from onstage.composer.spares import BACK_OFF_S, REPLACE_AFTER_S, Spares
from onstage.model.media import Init, Rung
from onstage.model.presentation import Presentation
from tests.support.clock import ManualClock
from tests.support.waiting import until

SCRIPTED = (sys.executable, str(Path(__file__).with_name("fake_composer.py")))
START = wire.Start("bc_1", "ws://x", "token", (Rung("360p", 640, 360, 1),), 1, False, "default", Presentation("hang"))


class Pool:
    """Spares on a clock of the test's own, and the composers they gave."""

    def __init__(self, count: int, command: tuple[str, ...] = SCRIPTED) -> None:
        self.clock = ManualClock()
        self.spares = Spares(self.clock, count, command=command)
        self.given: list[ComposerInstance] = []

    async def filled(self, count: int) -> list[int]:
        await until(lambda: len(self.spares.pids) == count, what=f"{count} spares")
        return self.spares.pids

    async def take(self) -> ComposerInstance:
        self.given.append(await self.spares.start_composer(START))
        return self.given[-1]

    async def waits(self, seconds: float) -> None:
        await until(lambda: seconds in self.clock.waits_s, what=f"a pause of {seconds} s")


@pytest.fixture
async def pool() -> AsyncIterator[Pool]:
    pool = Pool(1)
    await pool.spares.start()
    yield pool
    await pool.spares.stop()
    for instance in pool.given:
        await instance.close(1.0)


async def first_of(composer: ComposerInstance) -> wire.Up:
    return await anext(composer.messages())


def is_there(pid: int) -> bool:
    return Path(f"/proc/{pid}").exists()


async def test_a_show_gets_the_one_that_waits_and_another_waits_a_while_later(pool: Pool) -> None:
    [spare] = await pool.filled(1)
    composer = await pool.take()
    assert composer.pid == spare
    assert isinstance(await first_of(composer), Init)
    assert pool.spares.pids == []
    await pool.waits(REPLACE_AFTER_S)
    await pool.clock.advance(REPLACE_AFTER_S)
    assert await pool.filled(1) != [spare]


async def test_with_none_left_a_show_gets_one_all_the_same(pool: Pool) -> None:
    await pool.filled(1)
    first, second = await pool.take(), await pool.take()
    assert first.pid != second.pid
    assert isinstance(await first_of(second), Init)


async def test_a_spare_that_dies_is_followed_by_another_after_longer_and_longer_pauses(pool: Pool) -> None:
    for pause_s in (*BACK_OFF_S, BACK_OFF_S[-1]):
        [spare] = await pool.filled(1)
        os.kill(spare, signal.SIGKILL)
        await pool.waits(pause_s)
        assert pool.spares.pids == []
        await pool.clock.advance(pause_s)
    await pool.filled(1)


async def test_the_end_of_the_server_ends_those_that_wait() -> None:
    pool = Pool(2)
    await pool.spares.start()
    pids = await pool.filled(2)
    await pool.spares.stop()
    assert not any(is_there(pid) for pid in pids)
    assert pool.spares.pids == []


async def test_a_composer_that_can_not_be_started_is_tried_again() -> None:
    pool = Pool(1, ("/nowhere/composer",))
    await pool.spares.start()
    await pool.waits(BACK_OFF_S[0])
    await pool.spares.stop()


async def test_a_real_one_gets_warm_and_waits() -> None:
    """It has loaded the engine's SDK, the codecs and the fonts, and ends when it is told nothing but the end."""
    pool = Pool(1, (sys.executable, "-m", "onstage.composer"))
    await pool.spares.start()
    [spare] = await pool.filled(1)
    loaded = ("liblivekit_ffi", "libx264", "libfreetype")
    maps = Path(f"/proc/{spare}/maps")
    await until(lambda: all(name in maps.read_text() for name in loaded), what="what it loads")
    await pool.spares.stop()
    assert not is_there(spare)
