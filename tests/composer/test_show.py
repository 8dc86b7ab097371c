"""The whole composition on simulated time: a stage goes in, parts come out, and are decoded again."""

from datetime import UTC, datetime, timedelta

import numpy as np
from PIL import Image

from onstage.composer import artwork
from onstage.composer.audio import TrackBuffer
from onstage.composer.layout import Scene, arrange
from onstage.composer.outlet import INPUT_DELAY_S
from onstage.composer.overlay import planes_of_image
from onstage.composer.picture import Picture
from onstage.composer.show import Show
from onstage.composer.stage import AVATAR_AFTER_S, HELD_S, Feed, Stage
from onstage.composer.tiles import TileKey
from onstage.composer.wire import Canvas, Start
from onstage.model.layout import Layout, LayoutName
from onstage.model.look import Look, Transition, TransitionKind
from onstage.model.media import Part, Rung, SegmentEnd
from onstage.model.mix import Mix
from onstage.model.presentation import Presentation
from tests.composer.media import decode_pictures, decode_sound, loudest_hz, runs, tone

RUNG = Rung("720p", 640, 360, 800_000)
CANVAS = Canvas(640, 360)
SHARE = 1600
"""Samples of a picture's time."""
BEGAN = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
RED, GREEN, BLUE = (200, 40, 40), (40, 160, 60), (40, 60, 200)
Colour = tuple[int, int, int]
STILL = Look(transition=Transition(kind=TransitionKind.NONE))


def picture(colour: Colour, width: int = 320, height: int = 180) -> Picture:
    planes = planes_of_image(Image.new("RGB", (width, height), colour))
    return Picture.of_buffer(b"".join(plane.tobytes() for plane in planes), width, height)


class Theatre:
    """A show, its stage, and a clock that stands still between ticks."""

    def __init__(
        self, *, next_ticks: int = 0, layout: Layout | None = None, look: Look | None = None, rung: Rung = RUNG
    ) -> None:
        self.now_s = 100.0
        self.ticks = 0
        self.made: list[Part | SegmentEnd] = []
        self.cameras: dict[str, tuple[Feed, Colour]] = {}
        self.microphones: list[tuple[TrackBuffer, int]] = []
        self.stage = Stage(lambda: self.now_s)
        presentation = Presentation("A show", layout or Layout(), look=look or STILL)
        start = Start("bc_1", "ws://x", "t", (rung,), 128_000, False, "default", presentation, next_ticks=next_ticks)
        self.show = Show(start, self.stage, lambda: self.now_s)

    def enter(self, identity: str, colour: Colour | None = None, *, hz: int | None = None) -> None:
        self.stage.enter(identity, name=identity, level="stage", joined_at_s=float(len(self.cameras)))
        if colour is not None:
            self.cameras[identity] = self.stage.add_feed(identity, f"cam-{identity}", is_screen=False), colour
        if hz is not None:
            self.microphones.append((self.stage.add_sound(identity, f"mic-{identity}"), hz))

    def backstage(self, identity: str, *, is_backstage: bool) -> None:
        came_at_s = float(list(self.cameras).index(identity))
        self.stage.enter(identity, name=identity, level="stage", joined_at_s=came_at_s, is_backstage=is_backstage)

    def is_silent(self, sound: np.ndarray, hz: int) -> bool:
        """Whether a tone is not in it: it has less than a hundredth of the loudest one's level."""
        levels = np.abs(np.fft.rfft(np.atleast_2d(sound)[0]))
        at = round(hz * np.atleast_2d(sound).shape[1] / 48_000)
        return bool(levels[at - 3 : at + 4].max() < levels.max() / 100)

    def tick(self, count: int = 1, *, films: bool = True, repeats: bool = False) -> None:
        for _ in range(count):
            if films:
                for feed, colour in self.cameras.values():
                    feed.put(picture(colour), self.now_s - HELD_S)
            self._speak()
            wall = BEGAN + timedelta(seconds=self.ticks / 30)
            self.made += self.show.tick(wall, repeats=repeats)
            self.ticks += 1
            self.now_s += 1 / 30

    def _speak(self) -> None:
        """Sound as it would have come by now, well before it is needed."""
        for buffer, hz in self.microphones:
            sound = tone(hz, SHARE, start=self.ticks * SHARE, level=0.3)
            buffer.put(np.stack((sound, sound)))

    @property
    def parts(self) -> list[Part]:
        return [made for made in self.made if isinstance(made, Part)]

    def film(self) -> list[np.ndarray]:
        return [frame.astype(int) for frame in decode_pictures(self.show.outlet.inits()[0].data + self.media())]

    def media(self) -> bytes:
        return b"".join(part.data for part in self.parts)

    def finish(self) -> None:
        self.made += self.show.finish()


def middle(frame: np.ndarray, tile: int, of: int, layout: Layout | None = None) -> np.ndarray:
    """The mean colour around the middle of a tile."""
    rect = arrange(layout or Layout(), CANVAS, Scene([TileKey(f"p{n}") for n in range(of)]))[tile].rect
    x, y = rect.x + rect.width // 2, rect.y + rect.height // 2
    return frame[y - 8 : y + 8, x - 8 : x + 8].mean(axis=(0, 1))


def is_colour(found: np.ndarray, colour: Colour) -> bool:
    return bool(np.abs(found - colour).max() < 14)


def test_each_person_is_in_their_tile_and_heard() -> None:
    theatre = Theatre()
    theatre.enter("ann", RED, hz=400)
    theatre.enter("bob", GREEN, hz=700)
    theatre.tick(64)
    frame = theatre.film()[-1]
    assert is_colour(middle(frame, 0, 2), RED)
    assert is_colour(middle(frame, 1, 2), GREEN)
    sound = decode_sound(theatre.show.outlet.inits()[0].data + theatre.media())[0]
    assert loudest_hz(sound[-48_000:], 2) == [400, 700]


def test_who_waits_backstage_is_neither_seen_nor_heard_until_called() -> None:
    theatre = Theatre()
    theatre.enter("ann", RED, hz=400)
    theatre.enter("bob", GREEN, hz=700)
    theatre.backstage("bob", is_backstage=True)
    theatre.tick(64)
    theatre.backstage("bob", is_backstage=False)
    theatre.tick(64)
    film = theatre.film()
    assert is_colour(middle(film[63], 0, 1), RED)
    assert is_colour(middle(film[127], 1, 2), GREEN)
    sound = decode_sound(theatre.show.outlet.inits()[0].data + theatre.media())[0]
    assert loudest_hz(sound[24_000:72_000], 1) == [400]
    assert theatre.is_silent(sound[24_000:72_000], 700)
    assert loudest_hz(sound[-48_000:], 2) == [400, 700]


def test_the_mix_leaves_out_the_sound_of_one_and_the_picture_of_another() -> None:
    theatre = Theatre()
    theatre.enter("ann", RED, hz=400)
    theatre.enter("bob", GREEN, hz=700)
    theatre.show.present(Presentation("A show", mix=Mix(muted=("ann",), hidden=("bob",)), look=STILL))
    theatre.tick(64)
    assert is_colour(middle(theatre.film()[-1], 0, 1), RED)
    sound = decode_sound(theatre.show.outlet.inits()[0].data + theatre.media())[0]
    assert loudest_hz(sound[-48_000:], 1) == [700]
    assert theatre.is_silent(sound[-48_000:], 400)


def test_who_is_left_out_of_the_mix_never_has_the_floor() -> None:
    """In the spotlight is somebody who is seen and heard in the show, however loud the others are."""
    theatre = Theatre(layout=Layout(name=LayoutName.SPOTLIGHT))
    theatre.enter("ann", RED)
    theatre.enter("bob", GREEN)
    theatre.show.present(Presentation("A show", Layout(name=LayoutName.SPOTLIGHT), Mix(muted=("bob",)), look=STILL))
    for _ in range(90):
        theatre.stage.heard(["bob"])
        theatre.tick()
    assert is_colour(theatre.film()[-1][CANVAS.height // 2, CANVAS.width // 2].astype(float), RED)


def test_every_part_has_sixteen_pictures_and_twenty_five_aac_frames() -> None:
    theatre = Theatre()
    theatre.tick(16 * 9)
    counts = [[len(run.sizes) for run in runs(part.data)] for part in theatre.parts]
    assert counts == [[16, 25]] * 9


def test_segments_end_after_every_fourth_part() -> None:
    theatre = Theatre()
    theatre.tick(128)
    assert [type(made) for made in theatre.made] == ([Part] * 4 + [SegmentEnd]) * 2


def test_program_date_time_is_the_first_ticks_less_the_input_delay() -> None:
    theatre = Theatre()
    theatre.tick(48)
    expected = [BEGAN + timedelta(seconds=n * 16 / 30 - INPUT_DELAY_S) for n in range(3)]
    assert [part.program_date_time for part in theatre.parts] == expected


def test_the_timeline_goes_on_at_the_next_whole_frame() -> None:
    theatre = Theatre(next_ticks=48_001)
    theatre.tick(16)
    assert theatre.parts[0].start_ticks == 51_000
    assert theatre.parts[0].is_independent


def test_an_empty_stage_is_the_slate_and_time_goes_on() -> None:
    theatre = Theatre()
    theatre.tick(16)
    film = theatre.film()
    assert len(film) == 16
    assert is_colour(film[-1][5:25, 5:25].mean(axis=(0, 1)), artwork.BACKGROUND)
    assert film[-1][140:190].max() > 200


def test_a_late_camera_is_its_last_picture() -> None:
    theatre = Theatre()
    theatre.enter("ann", RED)
    theatre.tick(8)
    theatre.tick(8, films=False)
    assert is_colour(middle(theatre.film()[-1], 0, 1), RED)
    assert theatre.show.composition.shown == {"ann": 8}


def test_a_camera_that_sends_nothing_any_more_becomes_an_avatar() -> None:
    theatre = Theatre()
    theatre.enter("ann", RED)
    theatre.tick(1)
    theatre.now_s += AVATAR_AFTER_S
    theatre.tick(15, films=False)
    assert not is_colour(middle(theatre.film()[-1], 0, 1), RED)


def test_a_muted_camera_is_an_avatar_at_once_and_comes_back() -> None:
    theatre = Theatre()
    theatre.enter("ann", RED)
    theatre.tick(5)
    theatre.stage.mute("ann", "cam-ann", is_muted=True)
    theatre.tick(5, films=False)
    theatre.stage.mute("ann", "cam-ann", is_muted=False)
    theatre.tick(6)
    film = theatre.film()
    reds = [is_colour(frame[60:80, 60:80].mean(axis=(0, 1)), RED) for frame in film]
    assert reds == [True] * 5 + [False] * 5 + [True] * 6


def test_who_comes_in_does_not_blank_who_is_there() -> None:
    theatre = Theatre()
    theatre.enter("ann", RED)
    theatre.tick(4)
    theatre.enter("bob")
    theatre.tick(12, films=False)
    film = theatre.film()
    assert all(is_colour(middle(frame, 0, 2), RED) for frame in film[4:])


def test_another_layout_is_seen_in_the_next_picture() -> None:
    theatre = Theatre()
    theatre.enter("ann", RED)
    theatre.enter("bob", GREEN)
    theatre.tick(8)
    sidebar = Layout(name=LayoutName.SIDEBAR)
    theatre.show.present(Presentation("A show", sidebar, look=STILL))
    theatre.tick(8)
    film = theatre.film()
    assert is_colour(middle(film[7], 1, 2), GREEN)
    assert is_colour(middle(film[8], 0, 2, sidebar), RED)
    assert is_colour(middle(film[8], 1, 2, sidebar), GREEN)


def test_a_repeated_tick_paints_nothing_but_fills_the_timeline() -> None:
    theatre = Theatre()
    theatre.enter("ann", RED)
    theatre.tick(8)
    theatre.cameras["ann"] = theatre.cameras["ann"][0], GREEN
    theatre.tick(8, repeats=True)
    assert is_colour(middle(theatre.film()[-1], 0, 1), RED)
    assert [len(run.sizes) for run in runs(theatre.parts[0].data)] == [16, 25]


def test_the_end_flushes_the_open_part_and_closes_the_segment() -> None:
    theatre = Theatre()
    theatre.tick(20)
    theatre.finish()
    assert [type(made) for made in theatre.made] == [Part, Part, SegmentEnd]
    assert theatre.parts[-1].duration_ticks == 4 * 3000
    assert len(theatre.film()) == 20


def test_the_end_on_a_boundary_adds_nothing() -> None:
    theatre = Theatre()
    theatre.tick(64)
    made = len(theatre.made)
    theatre.finish()
    assert len(theatre.made) == made


def test_tile_sizes_are_told_for_the_choice_of_layers() -> None:
    theatre = Theatre()
    theatre.enter("ann", RED)
    theatre.tick()
    assert theatre.show.composition.camera_sizes == {"ann": (640, 360)}
    theatre.enter("bob", GREEN)
    theatre.tick()
    assert {width < 320 for width, _ in theatre.show.composition.camera_sizes.values()} == {True}
    assert set(theatre.show.composition.camera_sizes) == {"ann", "bob"}


def test_a_small_picture_stays_above_the_large_one() -> None:
    layout = Layout(name=LayoutName.PICTURE_IN_PICTURE, corner_radius_px=0, show_names=False)
    theatre = Theatre(layout=layout)
    theatre.enter("p0", RED)
    theatre.enter("p1", GREEN)
    theatre.tick(2)
    green, _ = theatre.cameras.pop("p1")
    theatre.tick(20)
    green.mute(is_muted=True)
    theatre.tick(10)
    film = theatre.film()
    assert all(is_colour(middle(frame, 1, 2, layout), GREEN) for frame in film[4:20])
    assert all(is_colour(middle(frame, 0, 2, layout), RED) for frame in film[4:])
    assert not any(is_colour(middle(frame, 1, 2, layout), RED) for frame in film[4:])


def test_who_speaks_keeps_the_tile_that_they_took() -> None:
    theatre = Theatre(layout=Layout(max_tiles=2))
    for identity, colour in (("p0", RED), ("p1", GREEN), ("p2", BLUE)):
        theatre.enter(identity, colour)
    theatre.tick(4)
    theatre.stage.heard(["p2"])
    theatre.tick(60)
    theatre.stage.heard(["p0"])
    theatre.tick(100)
    film = theatre.film()
    assert is_colour(middle(film[3], 1, 2), GREEN)
    assert is_colour(middle(film[40], 1, 2), BLUE)
    assert is_colour(middle(film[-1], 1, 2), BLUE)
    assert all(is_colour(middle(frame, 0, 2), RED) for frame in film[4:])


def test_background_and_gap_are_as_asked_for() -> None:
    theatre = Theatre(layout=Layout(background_color="#c82828", gap_px=40, corner_radius_px=40, show_names=False))
    theatre.enter("p0", GREEN)
    theatre.enter("p1", GREEN)
    theatre.tick(16)
    frame = theatre.film()[-1]
    left = arrange(Layout(gap_px=40), CANVAS, Scene([TileKey("p0"), TileKey("p1")]))[0].rect
    between = frame[left.y : left.y + left.height, left.x + left.width + 4 : left.x + left.width + 16]
    assert is_colour(between.mean(axis=(0, 1)), RED)
    assert is_colour(frame[left.y : left.y + 4, left.x : left.x + 4].mean(axis=(0, 1)), RED)
    assert is_colour(middle(frame, 0, 2), GREEN)
