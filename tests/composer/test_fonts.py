"""Where fonts come from, and what happens on a machine that has none."""

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from fontTools.fontBuilder import FontBuilder
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib.tables.otTables import PaintFormat

from onstage.composer import artwork
from onstage.composer.faces import Face
from onstage.composer.fonts import fonts, forget_fonts, scripts_without_font
from onstage.composer.lettering import line

NAMES = ["Ada", "يوسف", "王小明", "🦄", "क्षि", "\u0301"]
RED, BLUE = (255, 0, 0, 255), (0, 0, 255, 255)


@pytest.fixture
def fresh_fonts() -> Iterator[None]:
    forget_fonts()
    yield
    forget_fonts()


def fontconfig_that_says(folder: Path, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("fc-match", "fc-list"):
        (folder / name).write_text(f"#!/bin/sh\ncat <<'E'\n{said}\nE\n")
        (folder / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")


@pytest.mark.usefixtures("fresh_fonts")
def test_without_fontconfig_plain_letters_are_drawn_and_the_rest_is_boxes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    [run] = line("Ada", 20).runs
    assert all(glyph.number for glyph in run.glyphs)
    assert [glyph.number for run in line("王", 20).runs for glyph in run.glyphs] == [0]
    assert "Arabic" in scripts_without_font()
    for name in NAMES:
        assert artwork.label(name, 640, 360) is not None
        assert artwork.avatar("p", name, 640, 360).size == (640, 360)


@pytest.mark.usefixtures("fresh_fonts")
@pytest.mark.parametrize(
    "said",
    ["", "what?", "a\tb", "{folder}/none.ttf\t0\t20-ffff 1f984", "{folder}/bad.ttf\t0\t20-ffff 1f984", "/\t\t20-7e"],
    ids=["nothing", "noise", "too little", "a font that is gone", "no font", "a folder"],
)
def test_fonts_that_cannot_be_used_fail_nothing(tmp_path: Path, said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "bad.ttf").write_bytes(b"no font at all")
    fontconfig_that_says(tmp_path, said.format(folder=tmp_path), monkeypatch)
    for name in NAMES:
        assert artwork.label(name, 640, 360) is not None
        assert artwork.avatar("p", name, 640, 360).size == (640, 360)


@pytest.mark.usefixtures("fresh_fonts")
def test_a_font_is_used_for_what_it_has_in_the_order_of_fontconfig(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "one.ttf").write_bytes(font({" ": "dot", "a": "square"}, name="One"))
    (tmp_path / "two.ttf").write_bytes(font({"a": "square", "王": "dot"}, name="Two"))
    said = f"{tmp_path}/one.ttf\t0\t20 61\n{tmp_path}/two.ttf\t0\t61 738b"
    fontconfig_that_says(tmp_path, said, monkeypatch)
    assert fonts().face_for("a").name == "One"
    assert fonts().face_for("王").name == "Two"
    assert fonts().has("王")
    assert not fonts().has("명")
    assert fonts().face_for("a\u0301").name == "One"


def test_this_machine_has_a_font_for_every_script_most_written() -> None:
    assert scripts_without_font() == []


@pytest.mark.parametrize("colours", ["COLRv0", "COLRv1"])
def test_layered_colour_fonts_are_painted(colours: str) -> None:
    face = Face(font({"🦄": "square", "a": "dot"}, colours=colours))
    picture = face.picture(face.shaped("🦄", "Zyyy", "und", is_rtl=False)[0].number, 20)
    assert face.has_pictures
    assert picture is not None
    assert picture.size == (20, 20)
    assert (picture.getpixel((4, 4)), picture.getpixel((15, 4)), picture.getpixel((4, 15))) == (BLUE, RED, RED)
    assert face.picture(face.shaped("a", "Latn", "en", is_rtl=False)[0].number, 20) is None


def font(letters: dict[str, str], *, name: str = "Test", colours: str = "") -> bytes:
    """A font of two glyphs: a square, and a smaller one in its left upper quarter."""
    glyphs = {".notdef": square(100), "square": square(1000), "dot": square(500)}
    builder = FontBuilder(1000, isTTF=True)
    builder.setupGlyphOrder(list(glyphs))
    builder.setupCharacterMap({ord(letter): glyph for letter, glyph in letters.items()})
    builder.setupGlyf(glyphs)
    builder.setupHorizontalMetrics(dict.fromkeys(glyphs, (1000, 0)))
    builder.setupHorizontalHeader(ascent=800, descent=-200)
    builder.setupNameTable({"familyName": name, "fullName": name})
    builder.setupOS2()
    builder.setupPost()
    if colours:
        builder.setupCOLR({"square": layers(colours)}, version=int(colours[-1]))
        builder.setupCPAL([[(1, 0, 0, 1), (0, 0, 1, 1)]])
    written = BytesIO()
    builder.save(written)
    return written.getvalue()


def square(side: int) -> Any:
    pen = TTGlyphPen(None)
    pen.moveTo((0, 800 - side))
    for corner in ((0, 800), (side, 800), (side, 800 - side)):
        pen.lineTo(corner)
    pen.closePath()
    return pen.glyph()


def layers(colours: str) -> Any:
    if colours == "COLRv0":
        return [("square", 0), ("dot", 1)]
    plain = [{"Format": PaintFormat.PaintSolid, "PaletteIndex": index, "Alpha": 1} for index in (0, 1)]
    painted = [
        {"Format": PaintFormat.PaintGlyph, "Glyph": glyph, "Paint": paint}
        for glyph, paint in zip(("square", "dot"), plain, strict=True)
    ]
    return {"Format": PaintFormat.PaintColrLayers, "Layers": painted}
