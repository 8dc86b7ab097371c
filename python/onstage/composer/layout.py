"""Where each tile stands on the canvas. Pure: who is there and who speaks in, rectangles out.

All coordinates are even, because a chroma sample covers two by two pixels.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from onstage.composer.wire import Canvas

MAX_TILES = 16
MARGIN = 12
GAP = 12

_WIDEST = 16 / 9
_NARROWEST = 4 / 3
_STRIP_SHARE = 0.2  # of the canvas' longer side


class TileKey(NamedTuple):
    """What a tile shows: somebody's camera, or their screen."""

    identity: str
    is_screen: bool = False


class Fit(Enum):
    """How a picture of another shape fills its tile."""

    COVER = "cover"  # fill it, lose the edges: faces
    CONTAIN = "contain"  # show all of it, leave bars: screens


@dataclass(frozen=True, slots=True)
class Rect:
    """Pixels of the canvas."""

    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class Tile:
    """One place of the picture."""

    key: TileKey
    rect: Rect
    fit: Fit


def arrange(layout: str, canvas: Canvas, seats: Sequence[TileKey], speaker: str | None) -> list[Tile]:
    """Place `seats` (in their stable order) by the layout called `layout`; an unknown name is the grid."""
    ordered = sorted(seats, key=lambda seat: not seat.is_screen)  # stable: screens first, people as they came
    if not ordered:
        return []
    if len(ordered) == 1:
        return _tiles(ordered, [Rect(0, 0, canvas.width, canvas.height)])
    return LAYOUTS.get(layout, grid)(canvas, ordered, speaker)


def grid(canvas: Canvas, seats: Sequence[TileKey], speaker: str | None) -> list[Tile]:
    """Equal tiles, as large as they can be. Who speaks takes the last place when there are more than we show."""
    shown = _within(seats, MAX_TILES, speaker)
    return _tiles(shown, _grid_rects(canvas, len(shown)))


def spotlight(canvas: Canvas, seats: Sequence[TileKey], speaker: str | None) -> list[Tile]:
    """One large tile (a screen, else who speaks, else who came first) and a strip of the others."""
    featured = _featured(seats, speaker)
    others = [seat for seat in seats if seat != featured]
    stage, strip = _spotlight_rects(canvas, len(others))
    shown = _within(others, len(strip), speaker)
    return _tiles([featured, *shown], [stage, *strip])


Layout = Callable[[Canvas, Sequence[TileKey], str | None], list[Tile]]
LAYOUTS: dict[str, Layout] = {"grid": grid, "spotlight": spotlight}


def _tiles(seats: Sequence[TileKey], rects: Sequence[Rect]) -> list[Tile]:
    return [
        Tile(seat, rect, Fit.CONTAIN if seat.is_screen else Fit.COVER) for seat, rect in zip(seats, rects, strict=True)
    ]


def _featured(seats: Sequence[TileKey], speaker: str | None) -> TileKey:
    if seats[0].is_screen:
        return seats[0]
    return next((seat for seat in seats if seat.identity == speaker), seats[0])


def _within(seats: Sequence[TileKey], limit: int, speaker: str | None) -> list[TileKey]:
    shown, hidden = list(seats[:limit]), seats[limit:]
    for seat in hidden:
        if seat.identity == speaker and not seat.is_screen:
            shown[-1] = seat
    return shown


def _grid_rects(canvas: Canvas, count: int) -> list[Rect]:
    columns = max(range(1, count + 1), key=lambda n: (_cell_area(canvas, n, count), -n))
    rows = -(-count // columns)
    width, height = _cell(canvas, columns, rows)
    top = (canvas.height - rows * height - (rows - 1) * GAP) // 2
    rects = []
    for row in range(rows):
        in_row = min(columns, count - row * columns)
        left = (canvas.width - in_row * width - (in_row - 1) * GAP) // 2
        y = top + row * (height + GAP)
        rects += [Rect(_even(left + n * (width + GAP)), _even(y), width, height) for n in range(in_row)]
    return rects


def _cell_area(canvas: Canvas, columns: int, count: int) -> int:
    width, height = _cell(canvas, columns, -(-count // columns))
    return width * height


def _cell(canvas: Canvas, columns: int, rows: int) -> tuple[int, int]:
    width = (canvas.width - 2 * MARGIN - (columns - 1) * GAP) / columns
    height = (canvas.height - 2 * MARGIN - (rows - 1) * GAP) / rows
    return _shaped(width, height)


def _shaped(width: float, height: float) -> tuple[int, int]:
    """The largest even size within `width` x `height` that is neither too wide nor too narrow for a face."""
    width = min(width, height * _WIDEST)
    height = min(height, width / _NARROWEST)
    return max(_even(width), 2), max(_even(height), 2)


def _spotlight_rects(canvas: Canvas, others: int) -> tuple[Rect, list[Rect]]:
    if canvas.width < canvas.height:
        stage, strip = _spotlight_rects(Canvas(canvas.height, canvas.width), others)
        return _turned(stage), [_turned(rect) for rect in strip]
    width = _even(canvas.width * _STRIP_SHARE)
    height = _even(width / _WIDEST)
    inner_height = canvas.height - 2 * MARGIN
    count = min(others, (inner_height + GAP) // (height + GAP))
    top = (canvas.height - count * height - (count - 1) * GAP) // 2
    x = canvas.width - MARGIN - width
    strip = [Rect(_even(x), _even(top + n * (height + GAP)), width, height) for n in range(count)]
    return Rect(MARGIN, MARGIN, _even(x - GAP - MARGIN), _even(inner_height)), strip


def _turned(rect: Rect) -> Rect:
    return Rect(rect.y, rect.x, rect.height, rect.width)


def _even(value: float) -> int:
    return int(value) // 2 * 2
