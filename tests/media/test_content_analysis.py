"""The content test's own senses, on synthetic signals: they find what is there, and miss what is not."""

import numpy as np
import pytest

from onstage.composer.picture import Picture
from onstage.composer.tiles import Rect
from tests.support.content.beat import BEEP_S, CYCLE_S, FRAME_RATE, beep_at, is_flash, offsets_s, phase_of, presence
from tests.support.content.hearing import LOUDNESS, SILENT, beeping, beeps_s, loudest
from tests.support.content.looks import ANN, BOB, BRIGHT, DARK, DEE
from tests.support.content.sight import Sight, fills, flashes_s, sight

BEATS = [at + cycle * CYCLE_S for cycle in range(4) for at in (0.0, 0.8, 1.8)]
"""12 s of the beat."""
LEFT, RIGHT = Rect(0, 0, 320, 360), Rect(320, 0, 320, 360)


def shifted(seconds: float, onsets: list[float] = BEATS) -> list[float]:
    return [at + seconds for at in onsets]


def test_people_flash_and_beep_at_the_beat() -> None:
    flashes = [n / FRAME_RATE for n in range(360) if is_flash(n) and not is_flash(n - 1)]
    assert flashes == pytest.approx(BEATS)
    assert [n / 100 for n in range(1_200) if beep_at(n) == 0.0] == pytest.approx(BEATS)
    assert sum(beep_at(n) is not None for n in range(1_200)) == round(len(BEATS) * BEEP_S * 100)


def test_a_beat_of_any_phase_is_wholly_present() -> None:
    for late in (0.1, 0.7, 1.9, 2.95):
        found = presence(shifted(late), 3.0, 12.0)
        assert (found.share, found.strange) == (1.0, 0)
        assert found.due >= 8


def test_a_missing_beat_is_missed() -> None:
    found = presence(shifted(0.3)[:5] + shifted(0.3)[6:], 0.0, 12.0)
    assert found.seen == found.due - 1


def test_what_is_out_of_beat_is_strange() -> None:
    found = presence(sorted([*shifted(0.3), 0.3 + 0.4, 0.3 + 4.3]), 0.0, 12.0)
    assert (found.share, found.strange) == (1.0, 2)


def test_an_even_beat_is_not_ours() -> None:
    assert presence([float(second) for second in range(12)], 0.0, 12.0).share < 0.8


def test_nothing_is_no_presence() -> None:
    assert presence([], 0.0, 12.0).share == 0.0
    assert presence(BEATS, 20.0, 20.1).share == 0.0
    assert phase_of([]) is None


@pytest.mark.parametrize("late_s", [-0.06, 0.0, 0.044, 0.3, 1.0])
def test_sound_is_as_late_as_it_is(late_s: float) -> None:
    """Also by a whole beat: the pauses differ."""
    offsets = offsets_s(shifted(0.5), shifted(0.5 + late_s))
    assert len(offsets) == len(BEATS)
    assert offsets == pytest.approx([late_s] * len(BEATS))


def test_a_beat_that_is_only_seen_has_no_offset() -> None:
    assert len(offsets_s(BEATS, [*BEATS[:5], *BEATS[6:]])) == len(BEATS) - 1
    assert offsets_s(BEATS, []) == []


def test_beeps_are_found_where_they_begin_among_other_tones_and_noise() -> None:
    sound = beeping(ANN.tone_hz, shifted(0.21), 13.0, BEEP_S) + beeping(BOB.tone_hz, shifted(0.25), 13.0, BEEP_S)
    sound += np.random.default_rng(1).normal(0, 0.01, sound.size).astype(np.float32)
    assert beeps_s(sound, ANN.tone_hz, began_s=5.0) == pytest.approx(shifted(5.21), abs=0.004)
    assert beeps_s(sound, BOB.tone_hz) == pytest.approx(shifted(0.25), abs=0.004)


def test_nobody_is_heard_in_the_beeps_of_others() -> None:
    sound = beeping(ANN.tone_hz, BEATS, 12.0, BEEP_S) + beeping(DEE.tone_hz, shifted(0.4), 12.0, BEEP_S)
    assert beeps_s(sound, BOB.tone_hz) == []
    assert loudest(sound, BOB.tone_hz) < SILENT
    assert loudest(sound, ANN.tone_hz) == pytest.approx(LOUDNESS, rel=0.1)


def test_one_faint_beep_breaks_the_silence() -> None:
    sound = beeping(ANN.tone_hz, BEATS, 12.0, BEEP_S) + beeping(BOB.tone_hz, [6.0], 12.0, BEEP_S, level=LOUDNESS / 8)
    assert loudest(sound, BOB.tone_hz) > SILENT


def test_no_sound_at_all_is_no_beep() -> None:
    assert beeps_s(np.zeros(48_000, np.float32), ANN.tone_hz) == []
    assert loudest(np.zeros(10, np.float32), ANN.tone_hz) == 0.0


def a_picture(*tiles: tuple[Rect, tuple[int, int], int]) -> Picture:
    """640x360, grey, with rectangles of some chroma and luma."""
    y, u, v = np.full((360, 640), 16, np.uint8), np.full((180, 320), 128, np.uint8), np.full((180, 320), 128, np.uint8)
    for rect, chroma, luma in tiles:
        y[rect.y : rect.y + rect.height, rect.x : rect.x + rect.width] = luma
        half = np.s_[rect.y // 2 : (rect.y + rect.height) // 2, rect.x // 2 : (rect.x + rect.width) // 2]
        u[half], v[half] = chroma
    return Picture(y, u, v)


def test_a_tile_is_filled_by_who_is_in_it_and_nobody_else() -> None:
    picture = a_picture((LEFT, ANN.chroma, DARK), (RIGHT, BOB.chroma, BRIGHT))
    assert fills(picture, LEFT, ANN.chroma)
    assert fills(picture, RIGHT, BOB.chroma)
    assert not fills(picture, LEFT, BOB.chroma)
    assert not fills(picture, RIGHT, ANN.chroma)
    assert not fills(a_picture(), LEFT, ANN.chroma)


def test_a_tile_that_is_half_covered_is_not_filled() -> None:
    assert not fills(a_picture((Rect(0, 0, 160, 360), ANN.chroma, DARK)), LEFT, ANN.chroma)


def test_a_colour_is_seen_wherever_it_is_and_as_bright_as_it_is() -> None:
    small = Rect(500, 200, 128, 72)
    for luma, is_flash_ in ((DARK, False), (BRIGHT, True)):
        seen = sight(a_picture((LEFT, BOB.chroma, BRIGHT), (small, ANN.chroma, luma)), ANN.chroma)
        assert (seen.is_there, seen.is_flash) == (True, is_flash_)
        assert seen.share == pytest.approx(128 * 72 / 640 / 360, rel=0.1)
    gone = sight(a_picture((LEFT, BOB.chroma, BRIGHT)), ANN.chroma)
    assert (gone.is_there, gone.is_flash) == (False, False)


def test_a_flash_is_a_step_from_dark_to_bright_and_not_an_appearance() -> None:
    dark, bright, gone = Sight(0.2, DARK), Sight(0.2, BRIGHT), Sight(0.0, 0.0)
    times = [n / 30 for n in range(8)]
    assert flashes_s(times, [dark, dark, bright, bright, dark, gone, bright, bright]) == [pytest.approx(2 / 30)]
    assert flashes_s(times, [dark] * 8) == []
