"""Lines in any script: the right fonts, shaped, in the right order, in the room there is.

Needs the fonts that `make setup-dev` installs.
"""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from onstage.composer.fonts import fonts
from onstage.composer.lettering import Line, fitted, line
from onstage.composer.wording import shortened

WHITE = (255, 255, 255)
FAMILY = "👨‍👩‍👧‍👦"
ENGLAND = "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"


def glyphs(text: str) -> list[int]:
    return [glyph.number for run in line(text, 20).runs for glyph in run.glyphs]


def faces(text: str) -> list[str]:
    return [run.face.name for run in line(text, 20).runs]


def ink(text: str, size: float = 40) -> NDArray[np.uint8]:
    drawn = line(text, size)
    image = Image.new("RGB", (round(drawn.width) + 40, round(size * 2)))
    drawn.draw_centred(image, image.width / 2, image.height / 2, WHITE)
    return np.asarray(image)


def columns(drawn: Line) -> list[str]:
    return [run.text for run in drawn.runs]


@pytest.mark.parametrize("is_bold", [False, True])
@pytest.mark.parametrize(
    "name",
    [
        "Zoë Nguyễn Łukasz",
        "Пётр Їжак",
        "Ελένη Παπά",
        "يوسف الحسن",
        "محمد پژمان ٹ",
        "שרה כהן",
        "क्षितिज शर्मा",
        "ราตรี น้ำผึ้ง",
        "வணக்கம்",
        "王小明 龍",
        "山田 さくら カナ",
        "김철수",
        "ខ្មែរ ລາວ မြန်မာ",
        "አማርኛ გიორგი Հայկ",
    ],
)
def test_every_script_has_a_font_that_has_all_its_glyphs(name: str, is_bold: bool) -> None:
    drawn = line(name, 20, is_bold=is_bold)
    assert all(glyph.number for run in drawn.runs for glyph in run.glyphs)
    assert ("Bold" in drawn.runs[0].face.name) == is_bold


@pytest.mark.parametrize(
    ("text", "face"),
    [
        ("Ada", "Noto Sans Regular"),
        ("يوسف", "Noto Sans Arabic Regular"),
        ("שרה", "Noto Sans Hebrew Regular"),
        ("क्षि", "Noto Sans Devanagari Regular"),
        ("น้ำ", "Noto Sans Thai Regular"),
        ("王", "Noto Sans CJK SC"),
        ("🦄", "Noto Color Emoji"),
    ],
)
def test_a_script_is_drawn_in_the_font_made_for_it(text: str, face: str) -> None:
    assert faces(text) == [face]


def test_what_no_font_has_is_a_box() -> None:
    nobody = "\U0010fffd"
    assert glyphs(f"a{nobody}b")[1] == 0
    assert line(nobody, 20).width > 0


def test_arabic_letters_join() -> None:
    letters = "يوسف"
    assert set(glyphs(letters)).isdisjoint(glyphs("\u200c".join(letters)))


def test_devanagari_and_thai_are_shaped() -> None:
    assert len(glyphs("क्ष")) == 1
    before_its_consonant, alone = glyphs("कि"), glyphs("क")
    assert before_its_consonant[-1] == alone[0]
    raised = line("ที่", 20).runs[0].glyphs
    assert [glyph.advance == 0 for glyph in raised] == [False, True, True]


def test_han_characters_look_as_the_rest_of_the_line_wants() -> None:
    chinese, japanese, korean = (glyphs(text)[0] for text in ("直", "直さ", "直한"))
    assert len({chinese, japanese}) == 2
    assert glyphs("骨한")[0] != glyphs("骨")[0]
    assert all((chinese, japanese, korean))


def test_a_right_to_left_line_begins_at_its_right_edge() -> None:
    light = ink("سسسسا")[:, :, 0] > 128
    tall_alif = light[: light.shape[0] * 2 // 5].any(axis=0).nonzero()[0]
    assert tall_alif.size
    assert tall_alif.max() < light.shape[1] / 2


@pytest.mark.parametrize(
    ("text", "from_the_left"),
    [
        ("Joe يوسف", ["Joe ", "يوسف"]),
        ("يوسف Joe", ["Joe", " ", "يوسف"]),
        ("שרה 12", ["12", " ", "שרה"]),
        ("שרה 🦄 Zoë", ["Zoë", " ", "🦄", " ", "שרה"]),
        ("a🦄ب", ["a", "🦄", "ب"]),
    ],
)
def test_runs_stand_in_visual_order(text: str, from_the_left: list[str]) -> None:
    assert columns(line(text, 20)) == from_the_left


def test_brackets_are_mirrored_in_a_right_to_left_line() -> None:
    [opening] = {run.glyphs[0].number for run in line("א(", 20).runs if run.text == "("}
    assert opening == glyphs("a)")[-1]


@pytest.mark.parametrize("emoji", ["🦄", "👩🏽‍🚀", "👩🏽", "🇩🇪", ENGLAND, "1️⃣", "☺️", "❤️"], ids=ascii)
def test_an_emoji_is_one_glyph_in_colour(emoji: str) -> None:
    [number] = glyphs(emoji)
    drawn = ink(emoji).astype(int)
    assert number != 0
    assert (drawn.max(axis=2) - drawn.min(axis=2)).max() > 60


def test_a_family_is_one_glyph() -> None:
    [number] = glyphs(FAMILY)
    assert number != 0
    assert ink(FAMILY).any()


def test_letters_are_in_the_ink_s_colour_and_skins_in_their_own() -> None:
    assert (ink("Ada").std(axis=2) == 0).all()
    assert not np.array_equal(ink("👩🏿"), ink("👩🏻"))


def test_capitals_are_in_the_middle_whatever_else_the_line_has() -> None:
    for text in ("HHH", "HHH يوسف", "HHH 王 🦄", "HHH ក្សេត្រ"):
        light = ink(text, 80)[:, :90, 0] > 128
        rows = light.any(axis=1).nonzero()[0]
        assert abs((rows.min() + rows.max() + 1) / 2 - light.shape[0] / 2) <= 1


@pytest.mark.parametrize("text", ["Ada Lovelace", "يوسف الحسن بن علي", "👩🏽‍🚀" * 6, "क्षितिज शर्मा", "王小明王小明"])
def test_what_does_not_fit_ends_in_an_ellipsis_between_characters(text: str) -> None:
    whole = line(text, 20).width
    for room in (whole * 0.5, whole * 0.7, whole * 0.9):
        short = fitted(text, 20, room)
        assert short is not None
        lines = [line(shortened(text, count), 20) for count in range(len(text))]
        assert short.runs == max((one for one in lines if one.width <= room), key=lambda one: one.width).runs


def test_the_ellipsis_is_where_reading_ends() -> None:
    left_to_right, right_to_left = fitted("Ada Lovelace", 20, 80), fitted("يوسف الحسن", 20, 60)
    assert left_to_right is not None
    assert right_to_left is not None
    assert left_to_right.runs[-1].text.endswith("…")
    assert right_to_left.runs[0].text == "…"


def test_nothing_fits_in_no_room() -> None:
    assert fitted("Ada", 20, 1) is None
    assert fitted("Ada", 20, -5) is None
    assert fitted("", 20, 100) is None


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=20))
def test_any_text_can_be_drawn(text: str) -> None:
    image = Image.new("RGBA", (40, 20))
    line(text, 16).draw_centred(image, 20, 10, WHITE)
    assert image.size == (40, 20)


def test_fonts_are_opened_once() -> None:
    assert fonts().face_for("ب") is fonts().face_for("ت")
    assert fonts(is_bold=True).face_for("ب") is not fonts().face_for("ب")
