"""Which font draws which character: those of the machine, asked of fontconfig once, opened when first needed.

Without fontconfig there is the face that Pillow brings, which knows ASCII; what no font has is drawn as a box.
"""

import subprocess
from array import array
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

from PIL import ImageFont

from onstage.composer.faces import Face
from onstage.composer.wording import drawn_points, is_picture

# Fonts that are made for each other, those of one script before those that have a few of its letters, before whatever
# else there is; DejaVu for machines that have only that.
_INDIC = ["Devanagari", "Bengali", "Gurmukhi", "Gujarati", "Tamil", "Telugu", "Kannada", "Malayalam", "Sinhala"]
_SANS = ["Arabic", "Hebrew", *_INDIC, "Thai", "Lao", "Khmer", "Myanmar", "Armenian", "Georgian", "Ethiopic"]
_FAMILIES = ",".join(
    ["Noto Sans", *(f"Noto Sans {script}" for script in _SANS), "Noto Sans CJK SC", "DejaVu Sans", "sans"]
)
_FORMAT = "%{file}\t%{index}\t%{charset}\n"
_LONGEST_S = 5.0  # fontconfig's first run on a machine reads every font
_SAMPLES = {
    "Latin": "é",
    "Cyrillic": "ж",
    "Greek": "λ",
    "Arabic": "ب",
    "Hebrew": "א",
    "Devanagari": "क",
    "Thai": "ท",
    "Chinese": "中",
    "Japanese": "あ",
    "Korean": "한",
    "emoji": "🦄",
}


@dataclass(frozen=True)
class Found:
    """A font file of the machine, and the code points that it has."""

    path: Path
    index: int
    starts: "array[int]"
    ends: "array[int]"
    is_bold: bool

    def has(self, point: str) -> bool:
        """Whether fontconfig says that there is a glyph for a code point."""
        at = bisect_right(self.starts, ord(point)) - 1
        return at >= 0 and ord(point) <= self.ends[at]

    @cached_property
    def face(self) -> Face | None:
        """The font, opened; None when it can't be."""
        try:
            return Face(self.path, self.index, is_bold=self.is_bold)
        except (OSError, ValueError):
            return None


class Fonts:
    """All fonts of one weight in the order of preference."""

    def __init__(self, letters: list[Found], pictures: list[Found]) -> None:
        self._letters, self._pictures = letters, pictures
        self._chosen = lru_cache(maxsize=1024)(self._choose)

    def face_for(self, character: str) -> Face:
        """The face that draws a grapheme cluster: one that has all of it, else its letter, else one that has boxes."""
        return self._chosen(character)

    def has(self, character: str) -> bool:
        """Whether some face draws all of it, an emoji in colour."""
        face = self.face_for(character)
        return all(map(face.has, drawn_points(character))) and (face.has_pictures or not is_picture(character))

    @cached_property
    def first(self) -> Face:
        """The face of plain text."""
        return next(self._with([" "], self._letters), None) or _built_in()

    def _choose(self, character: str) -> Face:
        points = drawn_points(character)
        in_order = self._pictures + self._letters if is_picture(character) else self._letters + self._pictures
        for wanted in (points, points[:1]):
            if all(map(self.first.has, wanted)) and not is_picture(character):
                return self.first
            if face := next(self._with(wanted, in_order), None):
                return face
        return self.first

    def _with(self, points: list[str], fonts: list[Found]) -> Iterator[Face]:
        for font in fonts:
            if all(map(font.has, points)) and font.face and all(map(font.face.has, points)):
                yield font.face


@lru_cache(maxsize=2)
def fonts(*, is_bold: bool = False) -> Fonts:
    """The fonts of this machine."""
    weight = "bold" if is_bold else "regular"
    letters = _found(["fc-match", "--sort", "--format", _FORMAT, f"{_FAMILIES}:{weight}"], is_bold=is_bold)
    return Fonts(letters, _pictures())


@lru_cache(maxsize=1)
def _pictures() -> list[Found]:
    return _found(["fc-list", "--format", _FORMAT, ":color=true"], is_bold=False)


def forget_fonts() -> None:
    """Look again at the next text: fonts were added or taken away."""
    fonts.cache_clear()
    _pictures.cache_clear()


def scripts_without_font() -> list[str]:
    """Those of the scripts most written for which this machine has no font."""
    return [script for script, sample in _SAMPLES.items() if not fonts().has(sample)]


def _found(command: list[str], *, is_bold: bool) -> list[Found]:
    try:
        said = subprocess.run(command, capture_output=True, timeout=_LONGEST_S, check=True)
    except (OSError, subprocess.SubprocessError):
        return []
    lines = (line.split("\t") for line in said.stdout.decode(errors="replace").splitlines())
    return [_parsed(*line, is_bold=is_bold) for line in lines if len(line) == 3]


def _parsed(path: str, index: str, charset: str, *, is_bold: bool) -> Found:
    """Of fontconfig's line: the charset is hexadecimal, as in `20-7e a0`."""
    halves = (span.partition("-") for span in charset.split())
    spans = sorted((int(first, 16), int(last or first, 16)) for first, _, last in halves)
    starts, ends = array("I", (first for first, _ in spans)), array("I", (last for _, last in spans))
    return Found(Path(path), int(index or 0), starts, ends, is_bold)


@lru_cache(maxsize=1)
def _built_in() -> Face:
    brought = ImageFont.load_default(16)
    if not isinstance(brought, ImageFont.FreeTypeFont):
        raise OSError("this Pillow was built without FreeType, and fontconfig knows no font")
    return Face(brought.font_bytes)
