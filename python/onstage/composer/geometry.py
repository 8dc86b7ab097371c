"""Rectangles on a canvas: equal cells, a large one with a strip, a small one in a corner. All even."""

from dataclasses import dataclass

from onstage.composer.tiles import Rect
from onstage.composer.wire import Canvas
from onstage.model.layout import Corner

_WIDEST = 16 / 9
_NARROWEST = 4 / 3
_NARROWEST_UPRIGHT = 9 / 16
_STRIP_SHARE = 0.2  # of the canvas' longer side
_CORNER_SHARE = 0.25  # of the canvas' width; of its height when upright, faces being upright too


@dataclass(frozen=True, slots=True)
class Frame:
    """A canvas, and the gap between and around what lies on it, in its own pixels."""

    canvas: Canvas
    gap: int

    @classmethod
    def of(cls, canvas: Canvas, gap_px: int) -> "Frame":
        """`gap_px` is for a shorter side of 720."""
        return cls(canvas, scaled(gap_px, canvas))

    @property
    def is_upright(self) -> bool:
        """Whether the canvas is higher than wide."""
        return self.canvas.height > self.canvas.width

    @property
    def whole(self) -> Rect:
        """All of the canvas."""
        return Rect(0, 0, self.canvas.width, self.canvas.height)


def scaled(length_px: int, canvas: Canvas) -> int:
    """A length that was given for a shorter side of 720, in pixels of the canvas; even."""
    return even(length_px * min(canvas.width, canvas.height) / 720)


def grid(frame: Frame, count: int) -> list[Rect]:
    """`count` equal cells, as large as they can be, row by row; the last row is centred."""
    columns = _columns(frame, count)
    rows = -(-count // columns)
    width, height = _cell(frame, columns, rows)
    top = (frame.canvas.height - rows * height - (rows - 1) * frame.gap) // 2
    rects = []
    for row in range(rows):
        in_row = min(columns, count - row * columns)
        left = (frame.canvas.width - in_row * width - (in_row - 1) * frame.gap) // 2
        y = top + row * (height + frame.gap)
        rects += [Rect(even(left + n * (width + frame.gap)), even(y), width, height) for n in range(in_row)]
    return rects


def _columns(frame: Frame, count: int) -> int:
    if frame.is_upright and count <= 8:
        return 1 if count <= 2 else 2
    return max(range(1, count + 1), key=lambda columns: (_cell_area(frame, columns, count), -columns))


def _cell_area(frame: Frame, columns: int, count: int) -> int:
    width, height = _cell(frame, columns, -(-count // columns))
    return width * height


def _cell(frame: Frame, columns: int, rows: int) -> tuple[int, int]:
    """The largest even size of a cell that is neither too wide nor too narrow for a face."""
    width = (frame.canvas.width - (columns + 1) * frame.gap) / columns
    height = (frame.canvas.height - (rows + 1) * frame.gap) / rows
    narrowest = _NARROWEST_UPRIGHT if frame.is_upright else _NARROWEST
    width = min(width, height * _WIDEST)
    height = min(height, width / narrowest)
    return max(even(width), 2), max(even(height), 2)


def stage_and_strip(frame: Frame, others: int) -> tuple[Rect, list[Rect]]:
    """A large rectangle, and a strip of as many as there is room for: beside it, or below on an upright canvas."""
    if frame.is_upright:
        turned = Frame(Canvas(frame.canvas.height, frame.canvas.width), frame.gap)
        stage, strip = stage_and_strip(turned, others)
        return _turned(stage), [_turned(rect) for rect in strip]
    gap, canvas = frame.gap, frame.canvas
    width = even(canvas.width * _STRIP_SHARE)
    height = even(width / _WIDEST)
    inner_height = canvas.height - 2 * gap
    count = min(others, (inner_height + gap) // (height + gap))
    top = (canvas.height - count * height - (count - 1) * gap) // 2
    x = canvas.width - gap - width
    strip = [Rect(even(x), even(top + n * (height + gap)), width, height) for n in range(count)]
    return Rect(even(gap), even(gap), even(x - 2 * gap), even(inner_height)), strip


def in_corner(frame: Frame, corner: Corner) -> Rect:
    """A small rectangle of the canvas' own shape, twice the gap away from its edges."""
    canvas, inset = frame.canvas, 2 * frame.gap
    width, height = even(canvas.width * _CORNER_SHARE), even(canvas.height * _CORNER_SHARE)
    right, bottom = even(canvas.width - inset - width), even(canvas.height - inset - height)
    x = even(inset) if corner in (Corner.TOP_LEFT, Corner.BOTTOM_LEFT) else right
    y = even(inset) if corner in (Corner.TOP_LEFT, Corner.TOP_RIGHT) else bottom
    return Rect(x, y, width, height)


def of_percent(canvas: Canvas, x: float, y: float, width: float, height: float) -> Rect:
    """A rectangle given in percent of the canvas; at least two pixels wide and high, and within it."""
    left, top = even(canvas.width * x / 100), even(canvas.height * y / 100)
    right, bottom = even(canvas.width * (x + width) / 100), even(canvas.height * (y + height) / 100)
    left, top = min(left, canvas.width - 2), min(top, canvas.height - 2)
    return Rect(left, top, max(right - left, 2), max(bottom - top, 2))


def _turned(rect: Rect) -> Rect:
    return Rect(rect.y, rect.x, rect.height, rect.width)


def even(value: float) -> int:
    """The even number below."""
    return int(value) // 2 * 2
