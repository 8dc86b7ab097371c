"""Files that are played into the show: what of them is seen and heard, and when."""

import itertools
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from onstage.composer import media_ahead, wire
from onstage.composer.media_card import card
from onstage.composer.media_desk import Said
from onstage.composer.media_player import PATIENCE_S
from onstage.composer.picture import Picture
from onstage.model.layout import Layout, LayoutName
from onstage.model.playbacks import PlaybackEndReason, ShownAs
from tests.composer.films import film
from tests.composer.media import decode_sound, loudest_hz
from tests.composer.test_show import BLUE, CANVAS, GREEN, RED, SHARE, Colour, Theatre, is_colour

Frames = Sequence[npt.NDArray[np.int_]]
ONE = "plb_1"
RATE = 48_000
DECODED_WITHIN_S = 10.0


class Cinema(Theatre):
    """A theatre in which files are played; its clock waits for them to be decoded, as a real one need not."""

    def __init__(self, layout: Layout | None = None) -> None:
        super().__init__(layout=layout)
        self.said: list[tuple[int, Said]] = []

    def play(self, path: Path, name: str = ONE, **how: object) -> None:
        given = {
            "title": "",
            "shown_as": ShownAs.TILE,
            "volume_percent": 100,
            "is_muted": False,
            "is_paused": False,
            "is_looping": False,
            "start_ms": 0,
        } | how
        self.show.media.do(wire.PlayMedia(name, str(path), **given))  # type: ignore[arg-type]

    def update(self, name: str = ONE, **how: object) -> None:
        given = {"volume_percent": 100, "is_muted": False, "is_paused": False, "is_looping": False} | how
        self.show.media.do(wire.UpdateMedia(name, **given))  # type: ignore[arg-type]

    def tick(self, count: int = 1, *, films: bool = True, repeats: bool = False) -> None:
        for _ in range(count):
            self._decoded()
            super().tick(films=films, repeats=repeats)
            self.said += [(self.ticks - 1, one) for one in self.show.said]
            self.show.said.clear()

    def _decoded(self) -> None:
        pause, left = threading.Event(), DECODED_WITHIN_S
        while self.show.media.is_waiting:
            assert left > 0, "the file was not decoded"
            pause.wait(0.002)
            left -= 0.002

    def heard(self) -> npt.NDArray[np.float32]:
        return decode_sound(self.show.outlet.inits()[0].data + self.media())[0]

    def ended(self) -> tuple[int, wire.MediaEnded]:
        [(tick, said)] = [one for one in self.said if isinstance(one[1], wire.MediaEnded)]
        assert isinstance(said, wire.MediaEnded)
        return tick, said


def centre(frame: npt.NDArray[np.int_]) -> npt.NDArray[np.float64]:
    y, x = CANVAS.height // 2, CANVAS.width // 2
    return frame[y - 8 : y + 8, x - 8 : x + 8].mean(axis=(0, 1))


def seen(frames: Frames, colour: Colour) -> list[int]:
    """In which pictures the middle has that colour."""
    return [number for number, frame in enumerate(frames) if is_colour(centre(frame), colour)]


def test_a_film_is_seen_and_heard_from_its_first_picture_to_its_last(tmp_path: Path) -> None:
    cinema = Cinema()
    cinema.play(film(tmp_path / "a.mp4", [(0.5, RED), (0.5, BLUE)], sounds=[(1.0, 600)], sound_rate=48_000))
    cinema.tick(48)
    frames = cinema.film()
    red, blue = seen(frames, RED), seen(frames, BLUE)
    assert (red[0], red[-1], blue[0]) == (0, 15, 16)
    assert 30 <= blue[-1] <= 33
    assert loudest_hz(cinema.heard()[8_000:40_000]) == [600]
    assert cinema.said[0] == (0, wire.MediaStarted(ONE))
    tick, said = cinema.ended()
    assert said == wire.MediaEnded(ONE, PlaybackEndReason.FINISHED)
    assert blue[-1] + 1 == tick


def test_lips_fit(tmp_path: Path) -> None:
    """Each second of the film begins with a flash and a beep; in the show they are at most 45 ms apart."""
    scenes = [(0.2, RED), (0.8, BLUE)] * 4
    sounds = [(0.2, 1000), (0.8, 0)] * 4
    cinema = Cinema()
    cinema.play(film(tmp_path / "a.mp4", scenes, sounds=sounds, rate=25))
    cinema.tick(120)
    red = seen(cinema.film(), RED)
    flashes = [number / 30 for number in red if number - 1 not in red]
    loud = np.abs(cinema.heard()) > 0.1
    at = np.flatnonzero(loud) / RATE
    beeps = [at[0], *(late for early, late in itertools.pairwise(at) if late - early > 0.5)]
    offsets_ms = [1000 * (beep - flash) for beep, flash in zip(beeps, flashes, strict=True)]
    assert len(offsets_ms) == 4
    assert max(map(abs, offsets_ms)) <= 45


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("webm.webm", {"codec": "libvpx-vp9", "sound_codec": "libopus", "sound_rate": 48_000}),
        ("slow.mp4", {"rate": 10}),
        ("fast.mp4", {"rate": 60}),
        ("odd.mkv", {"rate": 24, "size": (426, 240), "sound_codec": "libmp3lame", "layout": "stereo"}),
        ("upright.mp4", {"size": (180, 320)}),
        ("large.mp4", {"size": (1920, 1080), "rate": 15}),
        ("tiny.mp4", {"size": (16, 16)}),
        ("flac.mkv", {"sound_codec": "flac", "sound_rate": 96_000}),
    ],
)
def test_any_shape_rate_and_codec_plays_in_its_own_time(tmp_path: Path, name: str, made: dict[str, object]) -> None:
    cinema = Cinema()
    path = film(tmp_path / name, [(0.6, RED), (0.6, GREEN)], sounds=[(1.2, 500)], **made)  # type: ignore[arg-type]
    cinema.play(path)
    cinema.tick(64)
    frames = cinema.film()
    assert abs(seen(frames, GREEN)[0] - 19) <= 1
    assert set(seen(frames, RED) + seen(frames, GREEN)) >= set(range(36))
    assert loudest_hz(cinema.heard()[6_000:50_000]) == [500]
    assert 36 <= cinema.ended()[0] <= 40


def test_what_is_transparent_is_black(tmp_path: Path) -> None:
    cinema = Cinema()
    path = film(tmp_path / "a.mov", [(0.5, (200, 200, 200))], codec="png", pixels="rgba", alpha=128)
    cinema.play(path, shown_as=ShownAs.FULL)
    cinema.tick(16)
    assert is_colour(centre(cinema.film()[8]), (100, 100, 100))


def test_a_film_held_upright_is_turned(tmp_path: Path) -> None:
    path = film(tmp_path / "a.mp4", [(0.5, RED)], size=(320, 160))
    data = path.read_bytes()
    at = data.index(b"tkhd") + 44  # the matrix of ISO/IEC 14496-12 §8.3.2
    quarter = b"".join(value.to_bytes(4, "big", signed=True) for value in (0, 65536, 0, -65536, 0, 0, 0, 0, 1 << 30))
    path.write_bytes(data[:at] + quarter + data[at + 36 :])
    cinema = Cinema()
    cinema.play(path)
    cinema.tick(16)
    frame = cinema.film()[8]
    assert is_colour(frame[10:20, 316:324].mean(axis=(0, 1)), RED)
    assert not is_colour(frame[176:184, 150:170].mean(axis=(0, 1)), RED)


def test_sound_alone_has_a_card_and_ends(tmp_path: Path) -> None:
    cinema = Cinema()
    cinema.play(film(tmp_path / "a.mp3", sounds=[(1.0, 700)], sound_codec="libmp3lame"), title="A song")
    cinema.tick(48)
    frames = cinema.film()
    assert loudest_hz(cinema.heard()[8_000:40_000]) == [700]
    disc = frames[10][150:170, 300:340].astype(int)
    assert (disc[..., 2] - disc[..., 0]).mean() > 40  # the blue disc
    assert 30 <= cinema.ended()[0] <= 34


def test_a_card_is_drawn_by_the_thread_that_decodes_and_never_late(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Drawing takes longer than a tick: the composer's own thread must not do it, nor begin before it is there."""
    drawn_by: list[threading.Thread] = []

    def slow_card(*what: Any) -> Picture:
        drawn_by.append(threading.current_thread())
        threading.Event().wait(0.2)
        return card(*what)

    monkeypatch.setattr(media_ahead, "card", slow_card)
    cinema = Cinema()
    cinema.play(film(tmp_path / "a.mp3", sounds=[(1.0, 700)], sound_codec="libmp3lame"), title="A song")
    cinema.tick(16)
    assert [thread is threading.main_thread() for thread in drawn_by] == [False]
    first = cinema.film()[0][150:170, 300:340].astype(int)
    assert (first[..., 2] - first[..., 0]).mean() > 40  # the blue disc


def test_pictures_alone_play_in_silence(tmp_path: Path) -> None:
    cinema = Cinema()
    cinema.play(film(tmp_path / "a.mp4", [(0.5, GREEN)]))
    cinema.tick(32)
    assert len(seen(cinema.film(), GREEN)) in (16, 17)
    assert np.abs(cinema.heard()).max() < 0.001


def test_heard_only_takes_no_tile(tmp_path: Path) -> None:
    cinema = Cinema()
    cinema.enter("ann", RED)
    cinema.play(film(tmp_path / "a.mp4", [(1.0, BLUE)], sounds=[(1.0, 500)]), shown_as=ShownAs.SOUND)
    cinema.tick(32)
    assert len(seen(cinema.film(), RED)) == 32
    assert loudest_hz(cinema.heard()[8_000:40_000]) == [500]


def test_it_sits_where_a_shared_screen_does_and_the_people_stay(tmp_path: Path) -> None:
    cinema = Cinema(Layout(name=LayoutName.SIDEBAR, show_names=False))
    cinema.enter("ann", RED)
    cinema.enter("bob", GREEN)
    cinema.tick(4)
    cinema.play(film(tmp_path / "a.mp4", [(1.0, BLUE)]))
    cinema.tick(12)
    frame = cinema.film()[-1]
    assert is_colour(frame[180:190, 200:220].mean(axis=(0, 1)), BLUE)
    strip = frame[:, 560:600].reshape(-1, 3)
    assert all(any(is_colour(one, colour) for one in strip) for colour in (RED, GREEN))


def test_in_full_it_covers_everybody_with_bars_and_gives_the_canvas_back(tmp_path: Path) -> None:
    cinema = Cinema()
    cinema.enter("ann", RED)
    cinema.enter("bob", GREEN)
    cinema.tick(4)
    cinema.play(film(tmp_path / "a.mp4", [(0.5, BLUE)], size=(160, 160)), shown_as=ShownAs.FULL)
    cinema.tick(44)
    frames = cinema.film()
    middle = frames[10]
    assert is_colour(centre(middle), BLUE)
    assert middle[:, :100].max() < 24
    assert is_colour(frames[-1][180, 100:120].mean(axis=0), RED)


def test_volume_mute_and_pause_are_heard_at_the_next_tick_without_a_click(tmp_path: Path) -> None:
    cinema = Cinema()
    # Without loss, as AAC changes how loud a tone is.
    cinema.play(film(tmp_path / "a.mkv", [(4.0, BLUE)], sounds=[(4.0, 400)], sound_rate=48_000, sound_codec="flac"))
    cinema.tick(20)
    cinema.update(volume_percent=50)
    cinema.tick(20)
    cinema.update(is_muted=True)
    cinema.tick(20)
    cinema.update(is_paused=True)
    cinema.tick(20)
    cinema.update()
    cinema.tick(16)
    sound = cinema.heard()
    peaks = [np.abs(sound[tick * SHARE : (tick + 10) * SHARE]).max() for tick in (6, 26, 46, 66, 82)]
    assert peaks == pytest.approx([0.4, 0.2, 0.0, 0.0, 0.4], abs=0.03)
    assert np.abs(np.diff(sound[:-2_000])).max() < 0.05


def test_what_is_paused_stands_still_and_goes_on_from_there(tmp_path: Path) -> None:
    cinema = Cinema()
    cinema.play(film(tmp_path / "a.mp4", [(0.5, RED), (1.0, GREEN)], sounds=[(1.5, 400)]))
    cinema.tick(10)
    cinema.update(is_paused=True)
    cinema.tick(30)
    cinema.update()
    cinema.tick(40)
    frames = cinema.film()
    assert seen(frames, RED) == list(range(46))
    assert 75 <= cinema.ended()[0] <= 80


def test_seeking_shows_that_moment_and_hears_it(tmp_path: Path) -> None:
    cinema = Cinema()
    path = film(tmp_path / "a.mp4", [(1.0, RED), (1.0, GREEN), (1.0, BLUE)], sounds=[(1, 400), (1, 600), (1, 800)])
    cinema.play(path, start_ms=1_500)
    cinema.tick(6)
    cinema.update(seek_to_ms=2_200)
    cinema.tick(14)
    cinema.update(seek_to_ms=0)
    cinema.tick(28)
    frames = cinema.film()
    assert [is_colour(centre(frames[at]), colour) for at, colour in ((2, GREEN), (9, BLUE), (24, RED))] == [True] * 3
    sound = cinema.heard()
    assert loudest_hz(sound[3_400 : 3_400 + 8_000]) == [600]
    assert loudest_hz(sound[9 * SHARE + 3_000 : 20 * SHARE]) == [800]
    assert loudest_hz(sound[24 * SHARE : 40 * SHARE]) == [400]


def test_a_loop_has_no_gap_and_ends_when_it_is_no_loop_any_more(tmp_path: Path) -> None:
    cinema = Cinema()
    path = film(
        tmp_path / "a.mkv", [(0.3, RED), (0.3, GREEN)], sounds=[(0.6, 500)], sound_codec="flac", sound_rate=48_000
    )
    cinema.play(path, is_looping=True)
    cinema.tick(80)
    cinema.update(is_looping=False)
    cinema.tick(48)
    frames = cinema.film()
    reds = [number for number in seen(frames[:80], RED) if number and is_colour(centre(frames[number - 1]), GREEN)]
    assert [late - early for early, late in itertools.pairwise(reds)] == [18] * (len(reds) - 1)
    assert len(reds) >= 3
    assert np.abs(cinema.heard()[4_000 : 70 * SHARE]).reshape(-1, 400)[:200].max(axis=1).min() > 0.3
    assert cinema.ended()[1].reason is PlaybackEndReason.FINISHED


def test_stopping_takes_it_away_at_the_next_picture(tmp_path: Path) -> None:
    cinema = Cinema()
    cinema.play(film(tmp_path / "a.mp4", [(3.0, GREEN)], sounds=[(3.0, 500)]))
    cinema.tick(10)
    cinema.show.media.do(wire.StopMedia(ONE))
    cinema.tick(22)
    assert seen(cinema.film(), GREEN) == list(range(10))
    assert np.abs(cinema.heard()[14 * SHARE :]).max() < 0.01
    assert [said for _, said in cinema.said] == [wire.MediaStarted(ONE)]


def test_two_play_at_once_and_are_mixed(tmp_path: Path) -> None:
    cinema = Cinema()
    cinema.play(film(tmp_path / "a.mp4", [(2.0, RED)], sounds=[(2.0, 400)]))
    cinema.play(film(tmp_path / "b.mp4", [(2.0, BLUE)], sounds=[(2.0, 700)]), "plb_2")
    cinema.tick(32)
    frame = cinema.film()[-1]
    assert is_colour(frame[175:185, 150:160].mean(axis=(0, 1)), RED)
    assert is_colour(frame[175:185, 480:490].mean(axis=(0, 1)), BLUE)
    assert loudest_hz(cinema.heard()[8_000:40_000], 2) == [400, 700]


def test_losing_the_engine_does_not_stop_it(tmp_path: Path) -> None:
    cinema = Cinema()
    cinema.enter("ann", RED)
    cinema.play(film(tmp_path / "a.mp4", [(2.0, GREEN)]), shown_as=ShownAs.FULL)
    cinema.tick(4)
    cinema.stage.clear()
    cinema.tick(12)
    assert seen(cinema.film(), GREEN) == list(range(16))


def test_what_never_becomes_ready_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cinema = Cinema()
    monkeypatch.setattr("onstage.composer.media_ahead.start_thread", lambda _name, _work: None)
    cinema.play(film(tmp_path / "a.mp4", [(1.0, GREEN)]))
    Theatre.tick(cinema, round(PATIENCE_S * 30) + 2)
    [said] = cinema.show.said
    assert said == wire.MediaEnded(ONE, PlaybackEndReason.FAILED, "it can't be decoded as fast as it plays")
