"""Lines of text in any script, and in several at once: shaped, in visual order, of fonts that have it."""

from bisect import bisect_right
from dataclasses import dataclass
from itertools import groupby

from PIL import Image

from onstage.composer import bidi
from onstage.composer.faces import Face, Glyph, Outlines, script_of
from onstage.composer.fonts import fonts
from onstage.composer.wording import characters, shortened

Colour = tuple[int, int, int]

_HALF_A_CAPITAL = 0.357  # em, of Noto Sans: what is centred has the middle of its capitals in the middle
_COMMON = "Zyyy"  # ISO 15924
_LANGUAGES = {"Hira": "ja", "Kana": "ja", "Hang": "ko"}


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbours of one face, script and direction, from left to right."""

    text: str
    face: Face
    is_rtl: bool
    glyphs: list[Glyph]

    @property
    def width(self) -> float:
        """How far it moves the pen, in em."""
        return sum(glyph.advance for glyph in self.glyphs)


@dataclass(frozen=True, slots=True)
class Line:
    """One line, laid out: its runs from left to right, its font size in pixels."""

    runs: list[Run]
    size: float

    @property
    def width(self) -> float:
        """In pixels."""
        return sum(run.width for run in self.runs) * self.size

    def draw_centred(self, image: Image.Image, x: float, y: float, ink: Colour) -> None:
        """Paint it on an RGB or RGBA image, the middle of the line and of its capitals at a point."""
        outlines, pen, baseline = Outlines(), x - self.width / 2, y + _HALF_A_CAPITAL * self.size
        for run in self.runs:
            for glyph in run.glyphs:
                left, base = pen + glyph.x * self.size, baseline + glyph.y * self.size
                if not (run.face.has_pictures and self._paint(image, run.face, glyph.number, left, base)):
                    outlines.add(run.face, glyph.number, left, base, self.size)
            pen += run.width * self.size
        if drawn := outlines.mask():
            mask, left, top = drawn
            image.paste((*ink, 255)[: len(image.getbands())], (left, top), mask)

    def _paint(self, image: Image.Image, face: Face, number: int, x: float, y: float) -> bool:
        box, picture = face.box(number), face.picture(number, self.size)
        if box is None or picture is None:
            return False
        left, top = round(x + box.x * self.size), round(y + box.y * self.size)
        area = (left, top, left + picture.width, top + picture.height)
        ground = image.crop(area).convert("RGBA")
        ground.alpha_composite(picture)
        image.paste(ground.convert(image.mode), (left, top))
        return True


def line(text: str, size: float, *, is_bold: bool = False) -> Line:
    """Lay out a tidied text at a font size in pixels."""
    clusters = characters(text)
    scripts = _scripts(clusters)
    language = _language(scripts)
    levels = bidi.levels(clusters)
    faces = [fonts(is_bold=is_bold).face_for(cluster) for cluster in clusters]
    parts = list(zip(clusters, faces, scripts, levels, strict=True))
    runs, run_levels = [], []
    for (face, script, level), group in groupby(parts, key=lambda part: part[1:]):
        said = "".join(part[0] for part in group)
        is_rtl = level % 2 == 1
        runs.append(Run(said, face, is_rtl, face.shaped(said, script, language, is_rtl=is_rtl)))
        run_levels.append(level)
    return Line([runs[index] for index in bidi.visual_order(run_levels)], size)


def fitted(text: str, size: float, room: float, *, is_bold: bool = False) -> Line | None:
    """As many characters of a text as there is room for, in pixels, with an ellipsis for the rest; None for none."""
    whole = line(text, size, is_bold=is_bold)
    if whole.width <= room:
        return whole if whole.runs else None
    counts = range(len(characters(text)))
    count = bisect_right(counts, room, key=lambda count: line(shortened(text, count), size, is_bold=is_bold).width) - 1
    return line(shortened(text, count), size, is_bold=is_bold) if count > 0 else None


def _scripts(clusters: list[str]) -> list[str]:
    """The script of each character; what all scripts share goes with what is before it, else after it."""
    found = [script_of(cluster[0]) for cluster in clusters]
    current = next(filter(None, found), _COMMON)
    scripts = []
    for script in found:
        current = script or current
        scripts.append(current)
    return scripts


def _language(scripts: list[str]) -> str:
    """Han characters look as people write them where the rest of the line is from."""
    return next((_LANGUAGES[script] for script in scripts if script in _LANGUAGES), "zh-hans")
