"""Names that look like what they are; chat that keeps every byte that can be shown."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onstage.model import plain_text

NAMES = [
    "Anna",
    "Zoë O'Brien-Łuków",
    "王小明",
    "محمد",
    "שרה",
    "मैत्रेयी",
    "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",  # Persian: the ZWNJ parts two letters
    "ශ්\u200dරී",  # Sinhala: the ZWJ joins two letters
    "👩\u200d👩\u200d👧 Family",
    "🏳️\u200d🌈",
    "7 <b>bold</b> & 'quoted'",
]
REFUSED = {
    "only a zero width space": "\u200b",
    "a zero width space within": "An\u200bna",
    "right-to-left override": "\u202eannA",
    "left-to-right isolate": "\u2066Anna",
    "right-to-left mark": "Anna\u200f",
    "byte order mark": "\ufeffAnna",
    "soft hyphen": "An\u00adna",
    "a joiner between Latin letters": "ad\u200dmin",
    "a joiner at the end": "Anna\u200d",
    "a joiner at the beginning": "\u200dAnna",
    "two joiners": "👩\u200d\u200d👧",
    "line separator": "Anna\u2028Bob",
    "a tag character": "Anna\U000e0041",
    "next line": "Anna\u0085Bob",
    "bell": "Anna\u0007",
    "half a pair": "Anna\ud83d",
    "Hangul filler": "\u3164",
    "half-width filler": "\uffa0 \u1160",
    "empty braille": "\u2800\u2800",
    "only marks": "\u0301\u0302",
    "only spaces": "\u00a0\u2003",
    "variation selectors": "\ufe0f\ufe0f",
}


@pytest.mark.parametrize("name", NAMES)
def test_names_of_all_scripts_are_taken(name: str) -> None:
    assert plain_text.name(name) == unicodedata.normalize("NFC", name)


@pytest.mark.parametrize("name", REFUSED.values(), ids=REFUSED.keys())
def test_names_that_hide_something_are_refused(name: str) -> None:
    with pytest.raises(ValueError, match="see"):
        plain_text.name(name)


def test_one_name_is_one_text_however_it_was_typed() -> None:
    assert plain_text.name("Zoe\u0308") == plain_text.name("Zo\u00eb") == "Zo\u00eb"


def test_a_name_is_as_short_once_composed() -> None:
    grows = "\u0958"  # NFC makes two of it
    with pytest.raises(ValueError, match="longer"):
        plain_text.name(grows * plain_text.LONGEST_NAME)


@given(st.text(max_size=40))
def test_a_name_that_was_taken_is_taken_again_and_holds_nothing_invisible(text: str) -> None:
    try:
        name = plain_text.name(text)
    except ValueError:
        return
    assert plain_text.name(name) == name
    invisible = [char for char in name if unicodedata.category(char) in ("Cc", "Cf", "Cs")]
    assert set(invisible) <= {"\u200c", "\u200d"}


CARRIED = [
    "  spaces around  ",
    "several\nlines\r\n\tindented",
    "zero\u200bwidth and \ufeff",
    "\u202eoverride\u202c",
    "z" + "\u0301" * 200,
    "👩\u200d👩\u200d👧\u200d👦",
    "e\u0301",  # not composed: every byte stays
    "\U000e0041\ue000\uffff",
    "\U0001fae8",  # an emoji of Unicode 15: new to some Pythons
]


@pytest.mark.parametrize("text", CARRIED)
def test_chat_is_carried_as_it_was_typed(text: str) -> None:
    assert plain_text.message(text) is text


@pytest.mark.parametrize("text", ["a\x00b", "bell\x07", "\x1b[31mred", "del\x7f", "c1\x9b", "half\ud800", "\udc00"])
def test_chat_that_no_client_can_show_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="control character"):
        plain_text.message(text)


INVISIBLE = ["\u200b", " \ufeff\u2060", "\u3164\u2800", "\ufe0f\u200d"]


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "\u2003", *INVISIBLE])
def test_chat_of_nothing_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="nothing to read"):
        plain_text.message(text)
