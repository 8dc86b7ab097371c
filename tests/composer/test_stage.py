"""What the stage shows of events that come late, twice or in an unlucky order."""

import numpy as np
import pytest
from livekit import rtc

from onstage.composer.picture import Picture
from onstage.composer.stage import AVATAR_AFTER_S, CALM_AFTER_TAKES, HELD_S, Feed, Stage
from onstage.composer.tiles import TileKey
from onstage.composer.visit import fitting_quality


def picture(grey: int) -> Picture:
    return Picture.of_buffer(np.full(384, grey, np.uint8).tobytes(), 16, 16)


def grey(taken: Picture | None) -> int | None:
    return None if taken is None else int(taken.y[0, 0])


def stage() -> Stage:
    return Stage(lambda: 0.0)


def enter(on: Stage, identity: str, level: str | None = "stage", joined_at_s: float = 0.0) -> None:
    on.enter(identity, name="", level=level, joined_at_s=joined_at_s)


def test_two_pictures_are_kept_and_taken_in_order() -> None:
    feed = Feed()
    for shade in (1, 2, 3):
        feed.put(picture(shade), 0.0)
    assert [grey(feed.take(HELD_S)) for _ in range(3)] == [2, 3, None]
    assert grey(feed.shown) == 3


def test_a_picture_waits_for_its_sound() -> None:
    feed = Feed()
    feed.put(picture(1), 5.0)
    assert feed.take(5.0 + HELD_S * 0.9) is None
    assert not feed.is_dark(5.0)
    assert grey(feed.take(5.001 + HELD_S)) == 1


def test_a_picture_too_many_is_kept_while_it_helps_and_goes_when_it_only_delays() -> None:
    feed, skipped, number = Feed(), [], 0
    feed.put(picture(number), 0.0)
    for tick in range(2 * CALM_AFTER_TAKES):
        number += 1
        feed.put(picture(number % 256), tick / 30)
        shown = grey(feed.take(tick / 30 + HELD_S + 0.001))
        if shown != tick % 256:
            skipped.append(tick)
    assert skipped[0] == CALM_AFTER_TAKES - 1
    assert grey(feed.shown) == number % 256


def test_nothing_from_before_a_mute_is_shown_after_it() -> None:
    feed = Feed()
    feed.put(picture(1), 0.0)
    feed.mute(is_muted=True)
    feed.put(picture(2), 0.0)  # was on its way
    feed.mute(is_muted=False)
    assert feed.is_dark(0.0)
    assert feed.take(HELD_S) is None
    feed.put(picture(3), 0.0)
    assert not feed.is_dark(0.0)
    assert grey(feed.take(HELD_S)) == 3


def test_a_still_screen_stays_and_a_dead_camera_does_not() -> None:
    camera, screen = Feed(), Feed(is_screen=True)
    for feed in (camera, screen):
        feed.put(picture(1), 10.0)
    assert not camera.is_dark(10.0 + AVATAR_AFTER_S)
    assert camera.is_dark(10.1 + AVATAR_AFTER_S)
    assert not screen.is_dark(1000.0)


def test_a_camera_published_anew_outlives_its_old_track() -> None:
    on = stage()
    enter(on, "ann")
    on.add_feed("ann", "old", is_screen=False)
    new = on.add_feed("ann", "new", is_screen=False)
    on.drop("ann", "old")
    assert on.seats()[0].feed is new
    on.drop("ann", "new")
    assert on.seats()[0].feed is None


@pytest.mark.parametrize(
    ("level", "publishes", "is_shown"),
    [("stage", False, True), ("audience", True, False), (None, False, False), (None, True, True), ("", True, True)],
)
def test_who_has_a_tile(level: str | None, publishes: bool, is_shown: bool) -> None:
    on = stage()
    enter(on, "ann", level)
    if publishes:
        on.add_sound("ann", "mic")
    assert bool(on.seats()) == is_shown


def test_who_is_sent_back_is_neither_seen_nor_heard() -> None:
    on = stage()
    enter(on, "ann")
    buffer = on.add_sound("ann", "mic")
    buffer.put(np.ones((2, 9_600), np.float32))
    assert len(on.sounds(960)) == 1
    enter(on, "ann", "audience")
    assert on.sounds(960) == []
    assert on.seats() == []


def test_people_sit_in_the_order_they_joined_with_screens_first() -> None:
    on = stage()
    enter(on, "late", joined_at_s=3.0)
    enter(on, "b", joined_at_s=1.0)
    enter(on, "a", joined_at_s=1.0)
    on.add_feed("late", "screen", is_screen=True)
    enter(on, "a", joined_at_s=9.0)  # told again
    keys = [TileKey("late", is_screen=True), TileKey("a"), TileKey("b"), TileKey("late")]
    assert [seat.key for seat in on.seats()] == keys


def test_what_is_said_of_somebody_who_left_brings_nobody_back() -> None:
    on = stage()
    enter(on, "ann")
    on.leave("ann")
    on.add_feed("ann", "cam", is_screen=False)
    on.add_sound("ann", "mic")
    on.mute("ann", "cam", is_muted=True)
    on.drop("ann", "cam")
    on.leave("ann")
    assert on.seats() == []


def test_a_long_name_is_cut_and_a_missing_one_is_the_identity() -> None:
    on = stage()
    on.enter("ann", name="x" * 10_000, level="stage", joined_at_s=0.0)
    on.enter("bob", name="", level="stage", joined_at_s=1.0)
    assert [len(seat.label) for seat in on.seats()] == [60, 3]


HIGH, MEDIUM, LOW = (
    rtc.VideoQuality.VIDEO_QUALITY_HIGH,
    rtc.VideoQuality.VIDEO_QUALITY_MEDIUM,
    rtc.VideoQuality.VIDEO_QUALITY_LOW,
)


@pytest.mark.parametrize(
    ("full", "tile", "quality"),
    [
        ((1280, 720), (1280, 720), HIGH),
        ((1280, 720), (622, 342), MEDIUM),
        ((1280, 720), (305, 164), LOW),
        ((640, 360), (622, 342), HIGH),
        ((720, 1280), (622, 342), HIGH),  # upright: the tile's width decides
        ((1920, 1080), (1000, 690), HIGH),
        ((1280, 720), None, HIGH),
        ((0, 0), (622, 342), HIGH),
    ],
)
def test_the_smallest_layer_that_covers_the_tile_is_asked_for(
    full: tuple[int, int], tile: tuple[int, int] | None, quality: rtc.VideoQuality.ValueType
) -> None:
    assert fitting_quality(full, tile) == quality
