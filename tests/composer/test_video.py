"""The painter, checked by known colours at known places."""

import numpy as np
import pytest
from PIL import Image

from onstage.composer import artwork
from onstage.composer.layout import Scene, arrange
from onstage.composer.overlay import planes_of_image
from onstage.composer.picture import Picture, fitted_size
from onstage.composer.style import Style
from onstage.composer.tile_painter import View
from onstage.composer.tiles import Rect, Tile, TileKey
from onstage.composer.video import Painter
from onstage.composer.wire import Canvas
from onstage.model.layout import Fit, Layout

HD = Canvas(1280, 720)
RED, GREEN, BLUE = (200, 40, 40), (40, 160, 60), (50, 60, 200)
Colour = tuple[int, int, int]


def plain(colour: Colour, width: int, height: int) -> Picture:
    even = Image.new("RGB", (width + width % 2, height + height % 2), colour)
    y, u, v = planes_of_image(even)
    data = y[:height, :width].tobytes() + u.tobytes() + v.tobytes()
    return Picture.of_buffer(data, width, height)


def halves(left: Colour, right: Colour, width: int, height: int) -> Picture:
    image = Image.new("RGB", (width, height), left)
    image.paste(right, (width // 2, 0, width, height))
    return Picture.of_buffer(b"".join(plane.tobytes() for plane in planes_of_image(image)), width, height)


def stage(count: int, canvas: Canvas = HD, name: str = "") -> tuple[Painter, list[View]]:
    painter = Painter(canvas, "A show")
    views = [View(tile, name) for tile in arrange(Layout(), canvas, Scene([TileKey(f"p{n}") for n in range(count)]))]
    painter.lay_out(views, Style(), title="A show")
    return painter, views


def pixel(painter: Painter, x: int, y: int) -> np.ndarray:
    return np.asarray(painter.frame.to_image())[y, x].astype(int)


def shows(painter: Painter, x: int, y: int, colour: Colour) -> bool:
    return bool(np.abs(pixel(painter, x, y) - colour).max() <= 6)


def show(painter: Painter, view: View, picture: Picture) -> None:
    painter.tile(view.tile.key).show(picture)
    painter.paint()


def show_avatar(painter: Painter, view: View) -> None:
    painter.tile(view.tile.key).show_avatar()
    painter.paint()


def middle(rect: Rect) -> tuple[int, int]:
    return rect.x + rect.width // 2, rect.y + rect.height // 2


@pytest.mark.parametrize(
    ("width", "height"), [(1280, 720), (640, 360), (720, 1280), (853, 481), (608, 342), (160, 90), (480, 270), (16, 16)]
)
def test_a_picture_of_any_size_covers_its_tile_and_no_more(width: int, height: int) -> None:
    painter, views = stage(4)
    show(painter, views[1], plain(GREEN, width, height))
    rect = views[1].tile.rect
    inside = [middle(rect), (rect.x + 30, rect.y), (rect.x + rect.width - 1, rect.y + 30), (rect.x, rect.y + 200)]
    assert all(shows(painter, x, y, GREEN) for x, y in inside)
    outside = [(rect.x - 3, rect.y + 50), (rect.x + 50, rect.y - 3), (rect.x + 50, rect.y + rect.height + 3)]
    assert all(shows(painter, x, y, artwork.BACKGROUND) for x, y in outside)


def test_each_tile_shows_its_own_picture() -> None:
    painter, views = stage(3)
    for view, colour in zip(views, (RED, GREEN, BLUE), strict=True):
        show(painter, view, plain(colour, 640, 360))
    for view, colour in zip(views, (RED, GREEN, BLUE), strict=True):
        assert shows(painter, *middle(view.tile.rect), colour)


def test_cover_keeps_the_middle() -> None:
    painter, views = stage(4)
    show(painter, views[0], halves(RED, BLUE, 720, 1280))
    x, y = middle(views[0].tile.rect)
    assert shows(painter, x - 20, y, RED)
    assert shows(painter, x + 20, y, BLUE)


def test_a_screen_is_shown_whole_between_bars() -> None:
    painter = Painter(HD, "A show")
    view = View(Tile(TileKey("p0", is_screen=True), Rect(0, 0, 1280, 720), Fit.CONTAIN), "")
    painter.lay_out([view], Style())
    show(painter, view, plain(GREEN, 720, 720))
    assert shows(painter, 640, 360, GREEN)
    assert shows(painter, 284, 5, GREEN)
    assert shows(painter, 100, 360, (0, 0, 0))


def test_corners_are_round_but_not_those_of_the_whole_canvas() -> None:
    painter, views = stage(4)
    show(painter, views[0], plain(RED, 640, 360))
    rect = views[0].tile.rect
    assert shows(painter, rect.x, rect.y, artwork.BACKGROUND)
    alone, (view,) = stage(1)
    show(alone, view, plain(RED, 640, 360))
    assert shows(alone, 0, 0, RED)


def test_the_name_stands_on_the_picture_again_and_again() -> None:
    painter, views = stage(2, name="Ada Lovelace")
    rect = views[0].tile.rect
    for _ in range(3):
        show(painter, views[0], plain(RED, 640, 360))
    label = np.asarray(painter.frame.to_image())[rect.y + rect.height - 40 : rect.y + rect.height - 10, rect.x + 12 :]
    assert label[:, :160].max() > 220  # light letters
    assert label[:, :160, 0].min() < 110  # on a dark pill


def test_an_avatar_shows_initials_on_a_colour_of_ones_own() -> None:
    painter, views = stage(2, name="Ada Lovelace")
    show_avatar(painter, views[0])
    x, y = middle(views[0].tile.rect)
    disc = round(views[0].tile.rect.height * 0.21) - 8
    assert shows(painter, x, y - disc, artwork.colour_of("p0"))
    assert painter.tile(views[0].tile.key).shows_avatar
    show(painter, views[0], plain(RED, 640, 360))
    assert shows(painter, x, y - disc, RED)


def test_an_empty_stage_is_the_slate_with_its_title() -> None:
    painter, _ = stage(0)
    picture = np.asarray(painter.frame.to_image()).astype(int)
    assert np.abs(picture[20, 20] - artwork.BACKGROUND).max() <= 4
    assert picture[290:370].max() > 220
    assert Painter(HD, "").frame.width == 1280


def test_the_slate_comes_back_when_the_stage_empties() -> None:
    painter, views = stage(1)
    show(painter, views[0], plain(RED, 640, 360))
    assert painter.lay_out([], Style())
    assert shows(painter, 20, 20, artwork.BACKGROUND)


def test_the_same_tiles_are_not_cleared() -> None:
    painter, views = stage(2)
    show(painter, views[0], plain(RED, 640, 360))
    assert not painter.lay_out(list(views), Style())
    assert shows(painter, *middle(views[0].tile.rect), RED)


def test_a_phone_held_upright_is_turned() -> None:
    turned = halves(RED, BLUE, 64, 32).turned(1)
    assert (turned.width, turned.height) == (32, 64)
    assert turned.y[0, 0] == halves(RED, BLUE, 64, 32).y[0, 0]
    assert turned.y[-1, 0] == halves(RED, BLUE, 64, 32).y[0, -1]


@pytest.mark.parametrize(("size", "width", "height"), [(10, 16, 16), (600, 20, 21), (0, 0, 0), (1000, 15, 40)])
def test_a_buffer_too_small_is_refused(size: int, width: int, height: int) -> None:
    with pytest.raises(ValueError, match="no I420 picture"):
        Picture.of_buffer(bytes(size), width, height)


@pytest.mark.parametrize("fit", Fit)
@pytest.mark.parametrize("size", [(2, 4000), (4000, 2), (2, 2), (1920, 1080), (853, 480)])
def test_scaled_sizes_are_even_and_cover_or_fit(size: tuple[int, int], fit: Fit) -> None:
    width, height = fitted_size(*size, (608, 342), fit)
    assert width % 2 == height % 2 == 0
    assert (width >= 608 and height >= 342) if fit is Fit.COVER else (2 <= width <= 608 and 2 <= height <= 342)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("Ada", "Ada"),
        ("  Ada \n\t Lovelace ", "Ada Lovelace"),
        ("a\u202eb\u0000c\u200bd", "abcd"),
        ("x" * 41, "x" * 39 + "…"),
        ("e" + "\u0301" * 50, "é" + "\u0301" * 2),
        ("\u0000", ""),
    ],
)
def test_names_are_tidied(name: str, shown: str) -> None:
    assert artwork.tidy(name, 40) == shown


@pytest.mark.parametrize(
    ("name", "letters"), [("Ada Lovelace", "AL"), ("bob", "B"), ("Jean de la Fontaine", "JF"), ("!!!", "?"), ("", "?")]
)
def test_initials_are_of_the_first_and_last_word(name: str, letters: str) -> None:
    assert artwork.initials(name) == letters


@pytest.mark.parametrize(
    "name",
    ["W" * 5000, "\u0000" * 100, "🦄" * 300, "ﷺ" * 90, "\u0301" * 1000],
    ids=["wide", "nul", "emoji", "ligature", "accents"],
)
@pytest.mark.parametrize("size", [(2, 2), (40, 22), (256, 144), (1280, 720)])
def test_hostile_names_never_leave_their_tile(name: str, size: tuple[int, int]) -> None:
    painter = Painter(HD, name)
    view = View(Tile(TileKey(name), Rect(0, 0, *size), Fit.COVER), name)
    other = View(Tile(TileKey("x"), Rect(0, 0, 2, 2), Fit.COVER), "")
    painter.lay_out([view, other], Style())
    show_avatar(painter, view)
    label = artwork.label(name, *size)
    assert label is None or label.width % 2 == label.height % 2 == 0
