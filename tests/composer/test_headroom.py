"""Short of time: what is asked of the encoder, and told, and what is made meanwhile."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
import pytest

from onstage.composer import encoder as encoders
from onstage.composer.codecs import Effort, open_video
from onstage.composer.headroom import HeadRoom
from onstage.composer.pace import Pace, Tick
from onstage.composer.rhythm import Rhythm
from onstage.model.degradation import Degradation
from onstage.model.media import DEFAULT_PROFILE, Part, Rung, SegmentEnd
from tests.composer.media import decode_pictures, decode_sound, runs
from tests.composer.test_show import BEGAN, RED, Theatre

VERYFAST, SUPERFAST = Effort.VERYFAST, Effort.SUPERFAST
EASED, REPEATING = Degradation.ENCODER_EFFORT, Degradation.REPEATED_PICTURES


@dataclass(frozen=True)
class Stretch:
    """So many seconds of ticks: of 30, `late` come late, of which `repeats` repeat; the others have time to spare."""

    seconds: float
    late: int = 0
    repeats: int = 0
    spare: float = 0.5

    def ticks(self) -> Iterator[Tick]:
        for n in range(round(self.seconds * 30)):
            is_late = n % 30 < self.late
            behind = 4.0 if n % 30 < self.repeats else 2.0 * is_late
            yield Tick(BEGAN, behind, 0.0 if is_late else self.spare, repeats=n % 30 < self.repeats)


WELL, TIGHT = Stretch(30), Stretch(30, spare=0.3)
OVERLOAD, WORSE = Stretch(8, late=30), Stretch(8, late=30, repeats=10)
HICCUP = Stretch(1, late=30, repeats=10)
SHORT_CALM = Stretch(12)

TABLE = {
    "all is well": ([WELL], VERYFAST, []),
    "little is left, but enough": ([TIGHT], VERYFAST, []),
    "a few ticks late in every second": ([Stretch(60, late=5)], VERYFAST, []),
    "a second that is late through and through": ([WELL, HICCUP, WELL], VERYFAST, []),
    "hiccups, not in a row": ([HICCUP, Stretch(2)] * 10, VERYFAST, []),
    "late for seconds": ([WELL, OVERLOAD], SUPERFAST, [EASED]),
    "late for two seconds, then not: still eased": ([WELL, Stretch(3, late=30), Stretch(6)], SUPERFAST, [EASED]),
    "repeated at first, before it could be eased": ([Stretch(3, late=30, repeats=20)], SUPERFAST, [EASED]),
    "eased and in time, but nothing left": ([OVERLOAD, Stretch(120, spare=0.35)], SUPERFAST, [EASED]),
    "eased and in time, but for one tick in ten": ([OVERLOAD, Stretch(120, late=3)], SUPERFAST, [EASED]),
    "eased, and still too late": ([OVERLOAD, WORSE], SUPERFAST, [EASED, REPEATING]),
    "no longer repeated, but nothing left": ([OVERLOAD, WORSE, Stretch(20, spare=0.1)], SUPERFAST, [EASED]),
    "repeated now and then": ([OVERLOAD, WORSE, *[Stretch(4), HICCUP] * 5], SUPERFAST, [EASED, REPEATING]),
    "time to spare for ten seconds": ([OVERLOAD, Stretch(16)], VERYFAST, []),
    "time to spare after repeats": ([OVERLOAD, WORSE, Stretch(16)], VERYFAST, []),
    "not so soon": ([OVERLOAD, Stretch(8)], SUPERFAST, [EASED]),
    "after a relapse not after ten seconds": ([OVERLOAD, Stretch(16), OVERLOAD, Stretch(16)], SUPERFAST, [EASED]),
    "after a relapse, but after twenty": ([OVERLOAD, Stretch(16), OVERLOAD, Stretch(26)], VERYFAST, []),
    "a relapse after minutes is none": ([OVERLOAD, Stretch(90), OVERLOAD, Stretch(16)], VERYFAST, []),
    "relapse after relapse": ([OVERLOAD, Stretch(45)] * 3 + [OVERLOAD, Stretch(30)], SUPERFAST, [EASED]),
}


def judged(stretches: list[Stretch], head_room: HeadRoom, clock: "Clock") -> HeadRoom:
    for stretch in stretches:
        for tick in stretch.ticks():
            clock.now_s += 1 / 30
            head_room.ticked(tick)
    return head_room


class Clock:
    now_s = 100.0


@pytest.mark.parametrize("case", TABLE, ids=str)
def test_what_is_asked_of_the_encoder_and_told(case: str) -> None:
    stretches, effort, degraded = TABLE[case]
    clock = Clock()
    found = judged(stretches, HeadRoom(VERYFAST, lambda: clock.now_s), clock)
    assert (found.effort, [*found.degraded]) == (effort, degraded)


@pytest.mark.parametrize(("best", "can_ease"), [(SUPERFAST, True), (VERYFAST, False)], ids=["superfast", "hardware"])
def test_an_encoder_that_can_not_do_with_less_only_repeats(best: Effort, can_ease: bool) -> None:
    clock = Clock()
    head_room = HeadRoom(best, lambda: clock.now_s, can_ease=can_ease)
    assert judged([OVERLOAD, WORSE], head_room, clock).degraded == (REPEATING,)
    assert head_room.effort is best
    assert judged([WELL], head_room, clock).degraded == ()
    assert head_room.effort is best


class Stress:
    """A theatre with real encoders, whose time passes by sleeping and as `paints_s` and what encoding takes say."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.opened: list[Effort] = []
        monkeypatch.setattr(encoders, "open_video", self._open)
        self.theatre = Theatre(rung=Rung("tiny", 160, 90, 100_000))
        self.theatre.enter("ann", RED, hz=400)
        self.paints_s = 0.005
        self.encodes_s = {VERYFAST: 0.015, SUPERFAST: 0.010}
        pace = Pace(30, now_s=lambda: self.theatre.now_s, sleep=self._sleep, wall=self._wall)
        self.rhythm = Rhythm(self.theatre.show, pace, lambda: self.theatre.now_s)
        self.made: list[Part | SegmentEnd] = []
        self.told: list[tuple[Degradation, ...]] = []
        paint = self.theatre.show.composition.paint
        take = self.theatre.show.outlet.take

        def slow_paint() -> None:
            self.theatre.now_s += self.paints_s
            paint()

        def slow_take(*what: object) -> Iterator[Part | SegmentEnd]:
            self.theatre.now_s += self.encodes_s[self.opened[-1]]
            return take(*what)  # type: ignore[arg-type]  # as it was called

        monkeypatch.setattr(self.theatre.show.composition, "paint", slow_paint)
        monkeypatch.setattr(self.theatre.show.outlet, "take", slow_take)

    def _open(self, *args: object, effort: Effort, **more: object) -> object:
        self.opened.append(effort)
        return open_video(*args, effort=effort, **more)  # type: ignore[arg-type]  # as it was called

    def _sleep(self, seconds: float) -> None:
        self.theatre.now_s += seconds

    def _wall(self) -> datetime:
        return datetime(2026, 11, 21, 12, 0, tzinfo=UTC) + timedelta(seconds=self.theatre.now_s)

    def run(self, seconds: float) -> None:
        for _ in range(round(seconds * 30)):
            self.theatre._speak()
            self.theatre.ticks += 1
            self.made += self.rhythm.tick()
            if (stats := self.rhythm.stats()) is not None:
                self.told.append(stats.degraded)


def test_an_overload_is_met_by_the_encoder_then_by_repeats_and_the_stream_is_whole(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Real x264: each switch is at a keyframe, every picture is there and decodes, no tick is missing."""
    stress = Stress(monkeypatch)
    stress.run(2)
    stress.encodes_s = {VERYFAST: 0.040, SUPERFAST: 0.025}  # too much for one, not for the other
    stress.run(8)
    assert stress.opened == [VERYFAST, SUPERFAST]
    assert stress.told[-1] == (EASED,)
    stress.encodes_s[SUPERFAST] = 0.031  # with painting too much for both
    stress.run(8)
    assert stress.told[-1] == (EASED, REPEATING)
    stress.encodes_s = {VERYFAST: 0.015, SUPERFAST: 0.010}
    stress.run(15)
    assert stress.opened == [VERYFAST, SUPERFAST, VERYFAST]
    assert stress.told[-1] == ()
    parts = [made for made in stress.made if isinstance(made, Part)]
    assert [part.start_ticks for part in parts] == [48_000 * n for n in range(len(parts))]
    assert [part.is_independent for part in parts] == [n % 4 == 0 for n in range(len(parts))]
    film = stress.theatre.show.outlet.inits()[0].data + b"".join(part.data for part in parts)
    assert len(decode_pictures(film)) == len(parts) * DEFAULT_PROFILE.part_frames
    sound = decode_sound(film)
    assert sound.shape[1] == len(parts) * 25 * 1024
    assert float(np.abs(sound[0][48_000:]).max()) > 0.1
    assert {len(run.sizes) for part in parts for run in runs(part.data)} == {16, 25}
