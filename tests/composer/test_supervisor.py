"""What a broadcast lives through when its composer does not."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from onstage.composer import wire
from onstage.composer.deaths import LIMIT
from onstage.composer.instance import Cold
from onstage.composer.supervisor import (
    FIRST_PART_WITHIN_S,
    PART_WITHIN_S,
    STOP_GRACE_S,
    ComposerSpec,
    ComposerSupervisor,
    Composing,
    GaveUp,
    Live,
    Report,
    Restarted,
)
from onstage.model.broadcast_reasons import BroadcastReason
from onstage.model.layout import Layout, LayoutName
from onstage.model.look import Look
from onstage.model.media import Init, Part, ResumePoint, Rung, SegmentEnd
from onstage.model.presentation import Presentation
from tests.support.clock import ManualClock
from tests.support.waiting import EventLog, until

RUNG = Rung("720p", 1280, 720, 1)
FAKE = (sys.executable, str(Path(__file__).with_name("fake_composer.py")))


class Stand:
    """A supervisor with a scripted composer, and everything it told."""

    def __init__(self, script: str) -> None:
        self.clock = ManualClock()
        self.script = script
        self.media: list[object] = []
        self.reports: EventLog[Report] = EventLog()
        self.tokens = 0
        spec = ComposerSpec("bc_1", "ws://x", (RUNG,), 1, False, "default", Presentation(script))
        self.composers = 0
        self.supervisor = ComposerSupervisor(
            spec, self, report=self._report, engine_token=self._token, clock=self.clock, composers=Cold(FAKE)
        )

    async def _token(self) -> str:
        self.tokens += 1
        return f"token-{self.tokens}"

    async def _report(self, report: Report) -> None:
        if isinstance(report, Composing):
            self.composers += 1
        else:
            self.reports.add(report)

    async def on_init(self, init: Init) -> None:
        self.media.append(init)

    async def on_part(self, part: Part) -> None:
        self.media.append(part)

    async def on_segment_end(self, end: SegmentEnd) -> None:
        self.media.append(end)

    async def on_discontinuity(self) -> ResumePoint:
        self.media.append("discontinuity")
        return ResumePoint(max(m.start_ticks + m.duration_ticks for m in self.media if isinstance(m, Part)))

    @property
    def parts(self) -> int:
        return sum(isinstance(one, Part) for one in self.media)

    async def reported(self, kind: type[Report], after: int = 0) -> Report:
        return await self.reports.first(lambda one: isinstance(one, kind), after=after, what=kind.__name__)

    async def sleeps(self, seconds: float) -> None:
        await until(lambda: seconds in self.clock.waits_s, what=f"a sleep of {seconds} s")


async def test_stop_lets_the_composer_finish() -> None:
    stand = Stand("part segment_end hang")
    stand.supervisor.start()
    await stand.reported(Live)
    await stand.supervisor.stop()
    assert [type(m) for m in stand.media] == [Init, Part, SegmentEnd]
    assert stand.reports.seen == [Live(), wire.Ended()]
    assert stand.supervisor.pid is None


async def test_a_killed_composer_is_followed_by_another_on_the_same_timeline() -> None:
    stand = Stand("part part hang")
    stand.supervisor.start()
    await until(lambda: len(stand.media) == 3)
    assert stand.supervisor.pid
    os.kill(stand.supervisor.pid, signal.SIGKILL)
    await until(lambda: len(stand.media) == 7)
    await stand.supervisor.stop()
    assert stand.media[3] == "discontinuity"
    assert [m.start_ticks for m in stand.media if isinstance(m, Part)] == [0, 48_000, 96_000, 144_000]
    assert [m.data for m in stand.media if isinstance(m, Init)] == [b"token-1", b"token-2"]
    assert [type(r) for r in stand.reports.seen] == [Live, Restarted, wire.Ended]


async def test_five_deaths_within_a_minute_end_the_broadcast() -> None:
    stand = Stand("part die")
    stand.supervisor.start()
    for pause_s in (0.5, 1.0, 2.0):
        await stand.sleeps(pause_s)
        await stand.clock.advance(pause_s)
    failed = await stand.reported(GaveUp)
    assert failed == GaveUp(BroadcastReason.COMPOSER_DIED, "the composer died: bye")
    deaths = [r.deaths for r in stand.reports.seen if isinstance(r, Restarted)]
    assert deaths == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("parts", "pauses_s"),
    [
        (6, [0.0] * 2 * LIMIT),  # three deaths a minute
        (2, [0.0, 0.0, 0.0, 0.0, 0.5, 1.0, 2.0, 3.0, 2.0, 2.0]),
    ],
)
async def test_composers_that_die_after_good_work_are_always_followed_the_later_the_oftener(
    parts: int, pauses_s: list[float]
) -> None:
    stand = Stand(" ".join(["part next"] * parts) + " die")
    stand.supervisor.start()
    made = 0
    for pause_s in pauses_s:
        for _ in range(parts):
            made += 1
            await until(lambda made=made: stand.parts == made, what=f"part {made}")
            await stand.clock.advance(PART_WITHIN_S - 1)
            stand.supervisor.present(Presentation(stand.script, Layout(gap_px=made % 20)))
        if pause_s:
            await stand.sleeps(pause_s)
            await stand.clock.advance(pause_s)
    await until(lambda: stand.composers > len(pauses_s), what="one more")
    assert {one.deaths for one in stand.reports.seen if isinstance(one, Restarted)} == {0}
    await stand.supervisor.kill()


async def test_deaths_of_long_ago_do_not_count() -> None:
    stand = Stand("part die")
    stand.supervisor.start()
    await stand.sleeps(0.5)
    await stand.clock.advance(90.0)
    await stand.sleeps(0.5)
    await stand.supervisor.kill()
    assert [r.deaths for r in stand.reports.seen if isinstance(r, Restarted)] == [1, 2, 1, 2]


async def test_no_first_part_in_time_fails_the_broadcast() -> None:
    stand = Stand("hang")
    stand.supervisor.start()
    await stand.sleeps(FIRST_PART_WITHIN_S)
    await stand.clock.advance(FIRST_PART_WITHIN_S)
    assert await stand.reported(GaveUp) == GaveUp(BroadcastReason.NO_FIRST_PART, "no part within 15 s")
    assert stand.supervisor.pid is None


async def test_a_composer_that_hangs_in_the_middle_of_a_show_is_replaced() -> None:
    stand = Stand("part hang")
    stand.supervisor.start()
    await stand.reported(Live)
    await stand.sleeps(FIRST_PART_WITHIN_S)
    await stand.clock.advance(FIRST_PART_WITHIN_S)
    assert await stand.reported(Restarted) == Restarted("no part within 5 s", deaths=1)
    await until(lambda: sum(isinstance(one, Part) for one in stand.media) == 2)
    await stand.supervisor.kill()


async def test_a_composer_that_says_why_is_quoted() -> None:
    stand = Stand("part failed")
    stand.supervisor.start()
    assert await stand.reported(Restarted) == Restarted("no engine", deaths=1)
    await stand.supervisor.kill()


async def test_a_composer_that_breaks_the_protocol_is_replaced() -> None:
    stand = Stand("part garbage hang")
    stand.supervisor.start()
    restarted = await stand.reported(Restarted)
    assert isinstance(restarted, Restarted)
    assert restarted.reason.startswith("the composer broke the protocol")
    await stand.supervisor.kill()


async def test_before_any_part_there_is_no_discontinuity() -> None:
    stand = Stand("die")
    stand.supervisor.start()
    await stand.reported(Restarted)
    await stand.supervisor.kill()
    assert "discontinuity" not in stand.media


async def test_the_layout_outlives_the_composer() -> None:
    stand = Stand("part layout die")
    stand.supervisor.start()
    assert await stand.reported(Restarted) == Restarted("grid", deaths=1)
    stand.supervisor.present(Presentation("part layout die", Layout(name=LayoutName.SPOTLIGHT)))
    await stand.sleeps(0.5)
    await stand.clock.advance(0.5)
    assert await stand.reports.first(lambda one: isinstance(one, Restarted) and one.deaths == 3) == Restarted(
        "spotlight", deaths=3
    )
    await stand.supervisor.kill()


async def test_images_are_sent_once_and_again_to_the_next_composer() -> None:
    stand = Stand("part image die")
    look = Look(background_image="img_1")
    stand.supervisor.present(Presentation("part image die", look=look), {"img_1": b"12345", "img_2": b"not shown"})
    assert stand.supervisor.missing_images(Presentation("", look=look)) == []
    stand.supervisor.start()
    said = "Image('img_1', 5 bytes)"
    assert await stand.reported(Restarted) == Restarted(said, deaths=1)
    second = await stand.reports.first(lambda one: isinstance(one, Restarted) and one.deaths == 2)
    assert second == Restarted(said, deaths=2)
    await stand.supervisor.kill()


async def test_a_composer_deaf_to_stop_is_killed() -> None:
    stand = Stand("part deaf")
    stand.supervisor.start()
    await stand.reported(Live)
    stopped = asyncio.create_task(stand.supervisor.stop())
    await stand.sleeps(STOP_GRACE_S)
    await stand.clock.advance(STOP_GRACE_S)
    await stopped
    assert stand.reports.seen == [Live(), wire.Ended()]


async def test_a_sink_that_fails_ends_the_broadcast(monkeypatch: pytest.MonkeyPatch) -> None:
    stand = Stand("part hang")

    async def full(part: Part) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(stand, "on_part", full)
    stand.supervisor.start()
    assert await stand.reported(GaveUp) == GaveUp(BroadcastReason.MEDIA_NOT_KEPT, "OSError('disk full')")
    assert stand.supervisor.pid is None
