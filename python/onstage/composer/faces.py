"""One font file: which glyphs a text needs and what they look like. HarfBuzz shapes and draws, the file stays on disk.

All lengths are in em (the font size is 1), x to the right, y down, from the pen on the baseline.
"""

from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from pathlib import Path

import uharfbuzz as hb
from PIL import Image, PngImagePlugin

_BOLD = 700


@dataclass(frozen=True, slots=True)
class Glyph:
    """One glyph of a shaped text, its place, how far it moves the pen. Number 0 is the box for what is missing."""

    number: int
    x: float
    y: float
    advance: float


@dataclass(frozen=True, slots=True)
class Box:
    """What a glyph covers."""

    x: float
    y: float
    width: float
    height: float


class Face:
    """A face of a font file, mapped into memory, so that only what is looked at is read.

    Raises:
        ValueError: It is no OpenType font.
        OSError: It can't be read.
    """

    def __init__(self, source: Path | bytes, index: int = 0, *, is_bold: bool = False) -> None:
        blob = hb.Blob(source) if isinstance(source, bytes) else _mapped(source)
        face = hb.Face(blob, index & 0xFFFF)  # the upper half is a named instance: FT_Open_Face
        if not face.glyph_count:
            raise ValueError(f"no OpenType font: {source!r:.200}")
        self.name: str = face.get_name(hb.OTNameIdPredefined.FULL_NAME) or ""
        self.has_pictures = bool(face.has_color_png or face.has_color_paint or face.has_color_layers)
        self._font = hb.Font(face)
        self._em: int = face.upem
        if is_bold and face.has_var_data:
            self._font.set_variations({"wght": _BOLD})

    def has(self, point: str) -> bool:
        """Whether there is a glyph for a code point."""
        return self._font.get_nominal_glyph(ord(point)) is not None

    def shaped(self, text: str, script: str, language: str, *, is_rtl: bool) -> list[Glyph]:
        """The glyphs of a text of one direction and one script (ISO 15924), from left to right."""
        buffer = hb.Buffer()
        buffer.add_str(text)
        buffer.direction, buffer.script, buffer.language = "rtl" if is_rtl else "ltr", script, language
        hb.shape(self._font, buffer)
        glyphs, pen = [], 0.0
        for info, place in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
            x, y, advance = pen + place.x_offset, -place.y_offset, place.x_advance
            glyphs.append(Glyph(info.codepoint, x / self._em, y / self._em, advance / self._em))
            pen += advance
        return glyphs

    def box(self, number: int) -> Box | None:
        """What a glyph covers; None when it covers nothing."""
        found = self._font.get_glyph_extents(number)
        if found is None or not (found.width and found.height):
            return None
        return Box(*(value / self._em for value in (found.x_bearing, -found.y_bearing, found.width, -found.height)))

    def outline(self, into: "hb.RasterDraw", number: int, x: float, y: float, size: float) -> None:
        """Add a glyph with its pen at a place in pixels, at a font size in pixels."""
        scale = size / self._em
        into.transform = (scale, 0, 0, -scale, x, y)
        into.draw_glyph(self._font, number)

    def picture(self, number: int, size: float) -> Image.Image | None:
        """A glyph in its own colours, as large as its `box` at that font size in pixels; None when it has none."""
        box = self.box(number)
        if box is None:
            return None
        width, height = max(1, round(box.width * size)), max(1, round(box.height * size))
        png = self._font.get_glyph_color_png(number).data
        if png:
            with PngImagePlugin.PngImageFile(BytesIO(png)) as stored:
                # Through premultiplied alpha: what is transparent is not to shine through at the edges.
                small = stored.convert("RGBA").convert("RGBa").resize((width, height), Image.Resampling.BOX)
            return small.convert("RGBA")
        return self._painted(number, box, size)

    def _painted(self, number: int, box: Box, size: float) -> Image.Image | None:
        scale = size / self._em
        paint = hb.RasterPaint()
        paint.transform = (scale, 0, 0, -scale, -box.x * size, -box.y * size)
        paint.extents = hb.RasterExtents(0, 0, max(1, round(box.width * size)), max(1, round(box.height * size)))
        if not paint.paint_glyph_or_fail(self._font, number):
            return None
        return _image(paint.render(), "RGBa", "BGRa", 4)


class Outlines:
    """Draws the outlines of glyphs, of several faces, as one mask."""

    def __init__(self) -> None:
        self._draw = hb.RasterDraw()

    def add(self, face: Face, number: int, x: float, y: float, size: float) -> None:
        """Add a glyph with its pen at a place in pixels, at a font size in pixels."""
        face.outline(self._draw, number, x, y, size)

    def mask(self) -> tuple[Image.Image, int, int] | None:
        """What was drawn, and where its left upper corner is; None when there is nothing to see."""
        drawn = self._draw.render()
        image = _image(drawn, "L", "L", 1) if drawn else None
        return (image, drawn.extents.x_origin, drawn.extents.y_origin) if image else None


@lru_cache(maxsize=1024)
def script_of(character: str) -> str | None:
    """The script of a character (ISO 15924); None for what all scripts share."""
    buffer = hb.Buffer()
    buffer.add_str(character)
    buffer.guess_segment_properties()
    found: str | None = buffer.script
    return found


def _mapped(path: Path) -> "hb.Blob":
    try:
        return hb.Blob.from_file_path(str(path))
    except hb.HarfBuzzError as error:
        raise OSError(f"can't read {path}: {error}") from error


def _image(drawn: "hb.RasterImage", mode: str, raw: str, bytes_a_pixel: int) -> Image.Image | None:
    extents = drawn.extents
    if not (extents.width and extents.height):
        return None
    padded = (extents.stride // bytes_a_pixel, extents.height)
    image = Image.frombuffer(mode, padded, drawn.buffer, "raw", raw, extents.stride, 1)
    return image.crop((0, 0, extents.width, extents.height)).convert("RGBA" if mode == "RGBa" else mode)
