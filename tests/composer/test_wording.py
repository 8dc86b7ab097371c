"""What is left of other people's words before they are drawn."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onstage.composer.wording import characters, initials, is_picture, tidy

FAMILY = "👨‍👩‍👧‍👦"
ENGLAND = "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"
ZWJ, ZWNJ = "\u200d", "\u200c"
DIRECTION_CONTROLS = "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"


@pytest.mark.parametrize(
    "emoji", [FAMILY, ENGLAND, "👩🏽‍🚀", "🇩🇪", "1️⃣", "☺️", "❤️‍🔥", "🏳️‍🌈", "🧑🏿‍🤝‍🧑🏻", "😀\ufe0e"], ids=ascii
)
def test_an_emoji_keeps_all_its_parts_and_is_one_character(emoji: str) -> None:
    assert tidy(emoji, 40) == emoji
    assert characters(emoji) == [emoji]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        (f"a{ZWJ}b{ZWNJ}c", "abc"),
        (f"👩{ZWJ}{ZWJ}🚀", "👩🚀"),
        (f"{ZWJ}👩{ZWJ}", "👩"),
        ("x\ufe0f", "x"),
        ("x" + ENGLAND[1:], "x"),
        (f"👩\u202e{ZWJ}🚀", "👩🚀"),
        ("\u3164\u115fx\u00ad", "x"),
        ("a\u2028b\u2029c", "a b c"),
        ("\ue000\U000f0000x", "x"),
    ],
    ids=ascii,
)
def test_what_is_not_seen_goes(name: str, shown: str) -> None:
    assert tidy(name, 40) == shown


@pytest.mark.parametrize("control", DIRECTION_CONTROLS, ids=ascii)
def test_nobody_turns_the_direction_of_a_line(control: str) -> None:
    assert tidy(f"a{control}b👩{control}ש{control}", 40) == "ab👩ש"


@pytest.mark.parametrize("name", ["می‌خواهم", "ශ්‍රී", "葛\U000e0100城", "क्‍ष"], ids=ascii)
def test_what_spelling_needs_stays(name: str) -> None:
    assert tidy(name, 40) == name


@pytest.mark.parametrize(
    "letter", ["בּׁ֑", "ကြွေး", "ใจน้ำ", "Ṩ\u0302", "شَّ"], ids=["hebrew", "burmese", "thai", "latin", "arabic"]
)
def test_the_marks_that_words_have_stay(letter: str) -> None:
    assert tidy(letter, 40) == unicodedata.normalize("NFC", letter)


@pytest.mark.parametrize("mark", ["\u0301", "\u0336", "\u0e47", "\u0651", "\u20dd", "\u0489"], ids=ascii)
def test_towers_of_marks_are_cut(mark: str) -> None:
    left = tidy("e" + mark * 50, 40)
    assert sum(unicodedata.category(point).startswith("M") for point in left) <= 4


def test_a_name_is_cut_between_characters_at_its_logical_end() -> None:
    assert tidy("👩🏽‍🚀" * 9, 4) == "👩🏽‍🚀" * 3 + "…"
    assert tidy("क्षि" * 5, 3) == "क्षि" * 2 + "…"
    assert tidy("אבגדה", 3) == "אב…"
    assert tidy("👨‍👩‍👧‍👦" * 4, 4) == "👨‍👩‍👧‍👦" * 4


@given(st.text(alphabet="aא😀🏽🏴\u0301 \n\ufe0f1\u20e3🇩\u202e" + ZWJ + ZWNJ + ENGLAND[1] + ENGLAND[-1]))
def test_tidied_words_are_tidy(text: str) -> None:
    once = tidy(text, 10)
    assert tidy(once, 10) == once
    assert len(characters(once)) <= 10


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("王小明", "王"),
        ("क्षितिज शर्मा", "क्षिश"),
        ("🦄 Ann", "A"),
        ("🦄 👩🏽‍🚀", "🦄"),
        ("გიორგი", "გ"),
        ("élan Vital", "ÉV"),
        ("e\u0301lan", "É"),
        ("ann 1️⃣", "A"),
    ],
    ids=ascii,
)
def test_initials_are_whole_characters(name: str, shown: str) -> None:
    assert initials(name) == shown


def test_arabic_initials_do_not_join() -> None:
    assert initials("يوسف علي") == f"ي{ZWNJ}ع"


def test_an_emoji_is_a_picture_unless_asked_for_as_text() -> None:
    shown = ["☺", "☺️", "😀", "😀\ufe0e", "🇩🇪", "1", "1️⃣", "©", "❤", "❤️", "✌🏽", FAMILY, "a"]
    assert [one for one in shown if is_picture(one)] == ["☺️", "😀", "🇩🇪", "1️⃣", "❤️", "✌🏽", FAMILY]
