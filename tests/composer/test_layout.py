"""Tiles: even, inside the canvas, apart from each other, and where people expect them."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onstage.composer.layout import Scene, arrange
from onstage.composer.tiles import Rect, Tile, TileKey
from onstage.composer.wire import Canvas
from onstage.model.layout import Corner, Fit, Layout, LayoutName

HD, TALL, SQUARE = Canvas(1280, 720), Canvas(720, 1280), Canvas(720, 720)
CANVASES = [HD, Canvas(1920, 1080), TALL, SQUARE, Canvas(640, 360), Canvas(360, 640)]
READY_MADE = [name for name in LayoutName if name is not LayoutName.CUSTOM]
WHOLE = Rect(0, 0, 1280, 720)


def people(count: int) -> list[TileKey]:
    return [TileKey(f"p{n}") for n in range(count)]


def screen(number: int = 0) -> TileKey:
    return TileKey(f"p{number}", is_screen=True)


def placed(name: LayoutName, seats: list[TileKey], *floor: str, canvas: Canvas = HD, **settings: object) -> list[Tile]:
    layout = Layout.model_validate({"name": name, **settings})
    return arrange(layout, canvas, Scene(seats, floor))


@given(
    st.sampled_from(READY_MADE),
    st.sampled_from(CANVASES),
    st.integers(0, 40),
    st.integers(0, 3),
    st.integers(0, 45),
    st.integers(1, 25),
    st.integers(0, 40),
)
def test_tiles_are_even_inside_and_apart(
    name: LayoutName, canvas: Canvas, count: int, screens: int, speaker: int, most: int, gap: int
) -> None:
    seats = [screen(n) for n in range(min(screens, count))] + people(count)
    tiles = placed(name, seats, f"p{speaker}", canvas=canvas, max_tiles=most, gap_px=gap)
    assert len({tile.key for tile in tiles}) == len(tiles) <= max(most, 2)
    assert bool(tiles) == bool(seats)
    for tile in tiles:
        rect = tile.rect
        assert all(value % 2 == 0 for value in (rect.x, rect.y, rect.width, rect.height))
        assert 0 <= rect.x < rect.x + rect.width <= canvas.width
        assert 0 <= rect.y < rect.y + rect.height <= canvas.height
    if name is not LayoutName.PICTURE_IN_PICTURE:
        assert not any(a.rect.overlaps(b.rect) for a, b in combinations(tiles, 2))


@pytest.mark.parametrize("name", READY_MADE)
def test_one_person_fills_the_canvas(name: LayoutName) -> None:
    assert placed(name, people(1)) == [Tile(TileKey("p0"), WHOLE, Fit.COVER)]


@pytest.mark.parametrize(
    ("canvas", "count", "rows"),
    [
        *[(HD, 2, [2]), (HD, 3, [2, 1]), (HD, 4, [2, 2]), (HD, 5, [3, 2]), (HD, 6, [3, 3]), (HD, 9, [3, 3, 3])],
        *[(HD, 16, [4] * 4), (HD, 25, [5] * 5)],
        *[(TALL, 2, [1, 1]), (TALL, 3, [2, 1]), (TALL, 4, [2, 2]), (TALL, 8, [2] * 4), (SQUARE, 4, [2, 2])],
    ],
)
def test_the_grid_fills_row_by_row(canvas: Canvas, count: int, rows: list[int]) -> None:
    tiles = placed(LayoutName.GRID, people(count), canvas=canvas, max_tiles=25)
    ys = sorted({tile.rect.y for tile in tiles})
    assert [sum(tile.rect.y == y for tile in tiles) for y in ys] == rows
    assert [tile.key for tile in tiles] == people(count)
    assert len({(tile.rect.width, tile.rect.height) for tile in tiles}) == 1


def test_on_a_tall_canvas_two_share_nearly_all_of_it() -> None:
    tiles = placed(LayoutName.GRID, people(2), canvas=TALL)
    assert sum(tile.rect.width * tile.rect.height for tile in tiles) > 0.9 * 720 * 1280


def test_more_people_than_tiles_are_pages_and_there_is_none_beyond_the_last() -> None:
    pages = [placed(LayoutName.GRID, people(10), max_tiles=4, page=page) for page in (0, 1, 2, 9)]
    shown = [[tile.key for tile in tiles] for tiles in pages]
    assert shown == [people(10)[:4], people(10)[4:8], people(10)[8:], people(10)[8:]]


def test_gaps_are_as_asked_for_and_grow_with_the_canvas() -> None:
    left, right = placed(LayoutName.GRID, people(2), gap_px=0)
    assert right.rect.x - left.rect.x - left.rect.width == 0
    left, right = placed(LayoutName.GRID, people(2), gap_px=20, canvas=Canvas(1920, 1080))
    assert right.rect.x - left.rect.x - left.rect.width == 30


def test_the_spotlight_is_on_the_speaker_alone() -> None:
    assert placed(LayoutName.SPOTLIGHT, people(4), "p2", "p1") == [Tile(TileKey("p2"), WHOLE, Fit.COVER)]
    assert placed(LayoutName.SPOTLIGHT, people(4))[0].key == TileKey("p0")
    assert placed(LayoutName.SPOTLIGHT, [screen(), *people(4)], "p2")[0].key == screen()


@pytest.mark.parametrize("name", [LayoutName.SPOTLIGHT, LayoutName.SIDEBAR, LayoutName.PICTURE_IN_PICTURE])
def test_who_is_pinned_is_featured_whoever_speaks_or_shares(name: LayoutName) -> None:
    seats = [screen(1), *people(4)]
    assert placed(name, seats, "p2", pins=["gone", "p3", "p0"])[0].key == TileKey("p3")


def test_the_sidebar_features_the_speaker_and_the_others_keep_their_order() -> None:
    tiles = placed(LayoutName.SIDEBAR, people(4), "p2")
    assert [tile.key.identity for tile in tiles] == ["p2", "p0", "p1", "p3"]
    assert tiles[0].rect.width * tiles[0].rect.height > 10 * tiles[1].rect.width * tiles[1].rect.height


def test_a_speaker_who_has_no_place_in_the_strip_takes_the_last() -> None:
    tiles = placed(LayoutName.SIDEBAR, [screen(), *people(20)], "p19")
    assert tiles[-1].key == TileKey("p19")


def test_on_a_tall_canvas_the_strip_lies_below() -> None:
    stage, *strip = placed(LayoutName.SIDEBAR, people(3), canvas=TALL)
    assert strip
    assert all(tile.rect.y >= stage.rect.y + stage.rect.height for tile in strip)


def test_a_picture_lies_in_the_corner_of_another() -> None:
    main, small = placed(LayoutName.PICTURE_IN_PICTURE, [screen(), *people(3)], "p2", corner=Corner.TOP_LEFT)
    assert (main.key, main.rect, small.key) == (screen(), WHOLE, TileKey("p2"))
    assert (small.rect.x, small.rect.y, small.rect.width, small.rect.height) == (24, 24, 320, 180)
    _, small = placed(LayoutName.PICTURE_IN_PICTURE, people(3), corner=Corner.BOTTOM_RIGHT)
    assert (small.rect.x + small.rect.width, small.rect.y + small.rect.height) == (1280 - 24, 720 - 24)


def test_a_shared_screen_is_large_and_whole_and_without_one_there_is_a_grid() -> None:
    tiles = placed(LayoutName.SCREEN_SHARE, [screen(1), *people(2)], "p0", pins=["p0"])
    assert (tiles[0].key, tiles[0].fit, tiles[1].fit) == (screen(1), Fit.CONTAIN, Fit.COVER)
    assert placed(LayoutName.SCREEN_SHARE, people(3)) == placed(LayoutName.GRID, people(3))


def test_cameras_are_fitted_as_asked_for() -> None:
    assert {tile.fit for tile in placed(LayoutName.GRID, people(3), fit="contain")} == {Fit.CONTAIN}
