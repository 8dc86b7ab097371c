"""Tiles: even, inside the canvas, apart from each other, and where people expect them."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onstage.composer.layout import LAYOUTS, MAX_TILES, Fit, Rect, Tile, TileKey, arrange
from onstage.composer.wire import Canvas

HD = Canvas(1280, 720)
CANVASES = [HD, Canvas(1920, 1080), Canvas(720, 1280), Canvas(720, 720), Canvas(640, 360)]


def people(count: int) -> list[TileKey]:
    return [TileKey(f"p{n}") for n in range(count)]


def overlap(a: Rect, b: Rect) -> bool:
    return a.x < b.x + b.width and b.x < a.x + a.width and a.y < b.y + b.height and b.y < a.y + a.height


@given(
    st.sampled_from(sorted(LAYOUTS)),
    st.sampled_from(CANVASES),
    st.integers(0, 40),
    st.integers(0, 3),
    st.integers(0, 45),
)
def test_tiles_are_even_inside_and_apart(layout: str, canvas: Canvas, count: int, screens: int, speaker: int) -> None:
    seats = people(count) + [TileKey(f"p{n}", is_screen=True) for n in range(min(screens, count))]
    tiles = arrange(layout, canvas, seats, f"p{speaker}")
    assert len(tiles) <= MAX_TILES
    assert len({tile.key for tile in tiles}) == len(tiles)
    for tile in tiles:
        rect = tile.rect
        assert all(value % 2 == 0 for value in (rect.x, rect.y, rect.width, rect.height))
        assert 0 <= rect.x < rect.x + rect.width <= canvas.width
        assert 0 <= rect.y < rect.y + rect.height <= canvas.height
    assert not any(overlap(a.rect, b.rect) for a, b in combinations(tiles, 2))


@pytest.mark.parametrize("layout", sorted(LAYOUTS))
def test_one_person_fills_the_canvas(layout: str) -> None:
    assert arrange(layout, HD, people(1), None) == [Tile(TileKey("p0"), Rect(0, 0, 1280, 720), Fit.COVER)]


@pytest.mark.parametrize(
    ("count", "rows"), [(2, [2]), (3, [2, 1]), (4, [2, 2]), (5, [3, 2]), (6, [3, 3]), (9, [3, 3, 3]), (16, [4] * 4)]
)
def test_the_grid_fills_row_by_row(count: int, rows: list[int]) -> None:
    tiles = arrange("grid", HD, people(count), None)
    ys = sorted({tile.rect.y for tile in tiles})
    assert [sum(tile.rect.y == y for tile in tiles) for y in ys] == rows
    assert [tile.key for tile in tiles] == people(count)
    assert len({(tile.rect.width, tile.rect.height) for tile in tiles}) == 1


def test_people_stay_in_their_order_when_one_speaks() -> None:
    assert arrange("grid", HD, people(4), "p3") == arrange("grid", HD, people(4), None)


def test_a_speaker_who_would_not_be_seen_takes_the_last_place() -> None:
    keys = [tile.key for tile in arrange("grid", HD, people(20), "p18")]
    assert keys == [*people(MAX_TILES - 1), TileKey("p18")]


def test_the_spotlight_is_on_the_speaker_and_the_others_keep_their_order() -> None:
    tiles = arrange("spotlight", HD, people(4), "p2")
    assert [tile.key.identity for tile in tiles] == ["p2", "p0", "p1", "p3"]
    assert tiles[0].rect.width * tiles[0].rect.height > 10 * tiles[1].rect.width * tiles[1].rect.height


def test_the_spotlight_without_a_speaker_is_on_who_came_first() -> None:
    assert arrange("spotlight", HD, people(3), None)[0].key == TileKey("p0")


def test_a_screen_takes_the_spotlight_and_is_shown_whole() -> None:
    tiles = arrange("spotlight", HD, [*people(2), TileKey("p1", is_screen=True)], "p0")
    assert tiles[0].key == TileKey("p1", is_screen=True)
    assert tiles[0].fit is Fit.CONTAIN


def test_on_a_tall_canvas_the_strip_lies_below() -> None:
    stage, *strip = arrange("spotlight", Canvas(720, 1280), people(3), None)
    assert all(tile.rect.y >= stage.rect.y + stage.rect.height for tile in strip)


def test_an_unknown_layout_is_the_grid() -> None:
    assert arrange("mosaic", HD, people(3), None) == arrange("grid", HD, people(3), None)
