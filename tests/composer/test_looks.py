"""What lies on and around the tiles, and how it moves: on simulated time, read back from the encoded show."""

from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from onstage.composer.layout import Scene, arrange
from onstage.composer.tiles import Rect, TileKey
from onstage.model.layout import Layout, LayoutName
from onstage.model.look import Logo, Look, LowerThird, Theme, Transition, TransitionKind
from onstage.model.presentation import Presentation
from tests.composer.test_show import BLUE, CANVAS, GREEN, RED, STILL, Colour, Theatre, is_colour, middle, picture

EASED = Look()
TICKS = 12
SIDEBAR = Layout(name=LayoutName.SIDEBAR)
BARE = Layout(show_names=False)


def png(colour: tuple[int, ...], size: tuple[int, int] = (64, 36)) -> bytes:
    file = BytesIO()
    Image.new("RGBA" if len(colour) == 4 else "RGB", size, colour).save(file, "PNG")
    return file.getvalue()


def cast(theatre: Theatre, *colours: Colour) -> None:
    for number, colour in enumerate(colours):
        theatre.enter(f"p{number}", colour, hz=300 + 100 * number)


def rects(of: int, layout: Layout = BARE) -> list[Rect]:
    return [tile.rect for tile in arrange(layout, CANVAS, Scene([TileKey(f"p{n}") for n in range(of)]))]


def columns_of(frame: np.ndarray, colour: Colour) -> int:
    """How wide a colour is, along the middle of the picture."""
    row = frame[CANVAS.height // 2 - 2 : CANVAS.height // 2 + 2].mean(axis=0)
    return int((np.abs(row - colour).max(axis=1) < 40).sum())


def test_tiles_move_to_another_layout_in_the_time_it_takes_and_no_longer() -> None:
    theatre = Theatre(layout=BARE, look=EASED)
    cast(theatre, RED, GREEN)
    theatre.tick(20)
    theatre.show.present(Presentation("A show", SIDEBAR, look=EASED))
    theatre.tick(28)
    widths = [columns_of(frame, RED) for frame in theatre.film()]
    first, last = widths[19], widths[-1]
    assert last > first + 150
    assert widths[20] < first + 20  # slowly at first
    moving = widths[20 : 20 + TICKS]
    assert moving == sorted(moving)
    assert len(set(moving)) > 8
    assert max(abs(width - last) for width in widths[19 + TICKS :]) <= 4


def test_a_switched_off_transition_is_a_cut() -> None:
    theatre = Theatre(layout=BARE, look=STILL)
    cast(theatre, RED, GREEN)
    theatre.tick(4)
    theatre.show.present(Presentation("A show", SIDEBAR, look=STILL))
    theatre.tick(12)
    widths = [columns_of(frame, RED) for frame in theatre.film()]
    assert max(abs(width - widths[-1]) for width in widths[4:]) <= 4


def test_who_comes_fades_in_and_who_goes_fades_out() -> None:
    theatre = Theatre(layout=BARE, look=EASED)
    cast(theatre, RED)
    theatre.tick(20)
    theatre.enter("p1", (200, 200, 200), hz=900)
    theatre.tick(20)
    theatre.stage.leave("p1")
    del theatre.cameras["p1"]
    theatre.tick(24)
    right = rects(2)[1]
    film = theatre.film()
    inner = (slice(right.y + 20, right.y + 40), slice(right.x + right.width - 30, right.x + right.width - 10))
    brightness = [frame[inner].mean() for frame in film]
    assert is_colour(film[38][inner].mean(axis=(0, 1)), (200, 200, 200))
    assert len({round(one / 12) for one in brightness[20:32]}) > 4
    assert is_colour(film[-1][60:80, 560:600].mean(axis=(0, 1)), RED)
    assert sum(40 < np.abs(frame[inner].mean(axis=(0, 1)) - RED).max() < 140 for frame in film[40:52]) > 2


def test_a_transition_is_the_same_however_late_its_ticks_are() -> None:
    films = []
    for pause_s in (0.0, 0.02):
        theatre = Theatre(layout=BARE, look=EASED)
        cast(theatre, RED, GREEN, BLUE)
        for _ in range(20):
            theatre.tick()
        theatre.show.present(Presentation("A show", SIDEBAR, look=EASED))
        for _ in range(12):
            theatre.tick()
            theatre.now_s += pause_s
        films.append(theatre.film())
    assert all(np.array_equal(one, other) for one, other in zip(*films, strict=True))


def test_cameras_go_on_while_their_tiles_move() -> None:
    theatre = Theatre(layout=BARE, look=EASED)
    cast(theatre, RED, GREEN)
    theatre.tick(20)
    theatre.cameras["p0"] = theatre.cameras["p0"][0], BLUE
    theatre.show.present(Presentation("A show", SIDEBAR, look=EASED))
    theatre.tick(12)
    frame = theatre.film()[26]
    assert is_colour(frame[170:190, 60:100].mean(axis=(0, 1)), BLUE)


def test_a_background_image_is_seen_between_tiles_and_behind_their_corners() -> None:
    look = STILL.model_copy(update={"background_image": "img_1"})
    theatre = Theatre(layout=Layout(gap_px=40, corner_radius_px=40, show_names=False), look=look)
    theatre.show.composition.images.put("img_1", png(BLUE))
    cast(theatre, RED, GREEN)
    theatre.tick(16)
    frame = theatre.film()[-1]
    left = rects(2, Layout(gap_px=40))[0]
    assert is_colour(frame[2:10, 2:10].mean(axis=(0, 1)), BLUE)
    assert is_colour(frame[left.y : left.y + 3, left.x : left.x + 3].mean(axis=(0, 1)), BLUE)
    assert is_colour(middle(frame, 0, 2), RED)


def test_the_empty_stage_shows_its_background_too() -> None:
    theatre = Theatre(look=STILL.model_copy(update={"background_image": "img_1"}))
    theatre.show.composition.images.put("img_1", png(GREEN))
    theatre.tick(16)
    assert is_colour(theatre.film()[-1][5:25, 5:25].mean(axis=(0, 1)), GREEN)


def test_an_image_that_comes_late_is_shown_when_it_comes() -> None:
    theatre = Theatre(look=STILL.model_copy(update={"background_image": "img_1"}))
    theatre.tick(8)
    theatre.show.composition.images.put("img_1", png(GREEN))
    theatre.show.composition.images.put("img_2", b"no image at all")
    theatre.tick(8)
    film = theatre.film()
    assert not is_colour(film[7][5:25, 5:25].mean(axis=(0, 1)), GREEN)
    assert is_colour(film[8][5:25, 5:25].mean(axis=(0, 1)), GREEN)


@pytest.mark.parametrize(
    ("corner", "rows", "columns"),
    [
        ("top_left", slice(24, 40), slice(24, 40)),
        ("top_right", slice(24, 40), slice(600, 616)),
        ("bottom_left", slice(320, 336), slice(24, 40)),
        ("bottom_right", slice(320, 336), slice(600, 616)),
    ],
)
def test_a_logo_lies_in_its_corner_and_pictures_go_on_below_it(corner: str, rows: slice, columns: slice) -> None:
    logo = Logo.model_validate(
        {"image": "img_1", "corner": corner, "height_percent": 10, "opacity": 0.5, "margin_px": 40}
    )
    theatre = Theatre(layout=BARE, look=STILL.model_copy(update={"logo": logo}))
    theatre.show.composition.images.put("img_1", png((255, 255, 255, 255), (40, 40)))
    cast(theatre, RED)
    theatre.tick(8)
    theatre.cameras["p0"] = theatre.cameras["p0"][0], GREEN
    theatre.tick(24)
    film = theatre.film()
    assert is_colour(film[7][rows, columns].mean(axis=(0, 1)), (228, 148, 148))
    assert is_colour(film[-1][rows, columns].mean(axis=(0, 1)), (148, 208, 158))  # half of each, not more each tick
    assert is_colour(film[-1][150:200, 300:340].mean(axis=(0, 1)), GREEN)


def test_a_lower_third_comes_stays_and_goes_by_itself() -> None:
    third = LowerThird(identity="p1", title="Ada Lovelace", subtitle="CEO, Example", duration_s=1)
    theatre = Theatre(layout=BARE, look=STILL.model_copy(update={"lower_thirds": (third,)}))
    cast(theatre, RED, GREEN)
    theatre.tick(48)
    film = theatre.film()
    left, right = ([frame[r.y : r.y + r.height, r.x : r.x + r.width] for frame in film] for r in rects(2))
    letters = [tile[-60:-12, 12:160].max() for tile in right]
    assert min(letters[2:30]) > 200
    assert max(letters[32:]) < 200
    assert max(tile[-60:-12, 12:160].max() for tile in left) < 230
    assert is_colour(right[-1][-60:-12, 12:160].mean(axis=(0, 1)), GREEN)


def test_a_lower_third_fades_with_transitions_and_needs_its_person() -> None:
    third = LowerThird(identity="p1", title="Ada")
    theatre = Theatre(layout=BARE, look=EASED.model_copy(update={"lower_thirds": (third,)}))
    cast(theatre, RED)
    theatre.tick(20)
    assert len(theatre.show.composition.signs) == 0
    theatre.enter("p1", GREEN)
    theatre.tick(30)
    assert [type(sign).__name__ for sign in theatre.show.composition.signs] == ["LowerThirdSign"]
    theatre.show.present(Presentation("A show", BARE, look=EASED))
    theatre.tick(4)
    assert len(theatre.show.composition.signs) == 1  # on its way out
    theatre.tick(12)
    assert len(theatre.show.composition.signs) == 0


def test_the_title_is_shown_on_demand_and_changes_live() -> None:
    look = STILL.model_copy(update={"show_title": True, "theme": Theme(accent_color="#00ff00")})
    theatre = Theatre(layout=BARE, look=STILL)
    cast(theatre, RED)
    theatre.tick(8)
    theatre.show.present(Presentation("The title", BARE, look=look))
    theatre.tick(8)
    theatre.show.present(Presentation("\u202e\u0000", BARE, look=look))
    theatre.tick(16)
    film = theatre.film()
    strips = [frame[4:24, 20:200] for frame in film]
    assert is_colour(strips[7].mean(axis=(0, 1)), RED)
    assert strips[14].max() > 220
    assert strips[14][:, :, 1].max() > 150
    assert is_colour(strips[-1].mean(axis=(0, 1)), RED)  # a title in which there is nothing to see


def test_who_speaks_has_a_ring_and_who_is_muted_a_badge() -> None:
    look = STILL.model_copy(update={"theme": Theme(speaking_color="#ffffff")})
    theatre = Theatre(layout=Layout(show_names=False, corner_radius_px=0), look=look)
    cast(theatre, RED, GREEN)
    theatre.stage.heard(["p1"])
    theatre.tick(8)
    theatre.stage.heard([])
    theatre.stage.mute("p0", "mic-p0", is_muted=True)
    theatre.tick(24)
    film = theatre.film()
    left, right = rects(2)
    edges = [frame[right.y : right.y + 2, right.x + 40 : right.x + 200].mean(axis=(0, 1)) for frame in film]
    assert is_colour(edges[7], (255, 255, 255))
    assert is_colour(edges[-1], GREEN)
    badges = [frame[left.y + 10 : left.y + 30, left.x + left.width - 30 : left.x + left.width - 10] for frame in film]
    assert is_colour(badges[7].mean(axis=(0, 1)), RED)
    assert badges[-1].mean(axis=2).min() < 60
    assert is_colour(film[7][left.y : left.y + 2, left.x + 40 : left.x + 200].mean(axis=(0, 1)), RED)


def test_an_audio_only_show_is_avatars_though_cameras_run() -> None:
    look = STILL.model_copy(update={"audio_only": True, "avatars": {"p1": "img_1"}})
    theatre = Theatre(layout=BARE, look=look)
    theatre.show.composition.images.put("img_1", png(BLUE))
    cast(theatre, RED, GREEN)
    screen = theatre.stage.add_feed("p0", "screen", is_screen=True)
    screen.put(picture(RED), theatre.now_s)
    theatre.tick(16)
    frame = theatre.film()[-1]
    assert not theatre.show.composition.has_pictures
    assert theatre.show.composition.shown == {"p0": 0, "p1": 0}
    assert columns_of(frame, RED) == columns_of(frame, GREEN) == 0
    assert is_colour(middle(frame, 1, 2, BARE), BLUE)


@pytest.mark.parametrize("text", ["W" * 120, "ﷺ" * 60, "🦄" * 40, "e" + "\u0301" * 100, "محمد 田中 Zoë"])
def test_hostile_and_foreign_words_stay_in_their_place(text: str) -> None:
    third = LowerThird.model_construct(identity="p0", title=text, subtitle=text, duration_s=None)
    look = STILL.model_copy(update={"lower_thirds": (third,), "show_title": True})
    theatre = Theatre(layout=BARE, look=look)
    theatre.show.present(Presentation(text, BARE, look=look))
    cast(theatre, RED, GREEN)
    theatre.tick(16)
    frame = theatre.film()[-1]
    left, right = rects(2)
    assert is_colour(frame[right.y + 60 : right.y + right.height, right.x + 20 : right.x + 40].mean(axis=(0, 1)), GREEN)
    assert is_colour(frame[left.y + 60 : left.y + 90, left.x + 20 : left.x + 200].mean(axis=(0, 1)), RED)


def test_the_same_lasts_as_long_at_any_duration() -> None:
    look = Look(transition=Transition(kind=TransitionKind.EASE, duration_ms=200))
    theatre = Theatre(layout=BARE, look=look)
    cast(theatre, RED, GREEN)
    theatre.tick(16)
    theatre.show.present(Presentation("A show", SIDEBAR, look=look))
    theatre.tick(16)
    widths = [columns_of(frame, RED) for frame in theatre.film()]
    assert len(set(widths[16:22])) > 3
    assert max(abs(width - widths[-1]) for width in widths[22:]) <= 4
