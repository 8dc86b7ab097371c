"""The order in which a line is painted, beside Rust's unicode-bidi, which passes Unicode's conformance tests."""

from bidi import get_display
from hypothesis import given
from hypothesis import strategies as st

from onstage.composer.bidi import levels, visual_order

MIXED = st.text(alphabet="abאבشعي 12٣٤()[]+-,.:$%!🙂…/中あ", max_size=24)


def painted(text: str) -> str:
    clusters = list(text)
    return "".join(clusters[index] for index in visual_order(levels(clusters)))


@given(MIXED)
def test_a_line_is_painted_in_the_order_of_uax_9(text: str) -> None:
    assert painted(text) == get_display(text)


def test_words_of_both_directions_stay_words() -> None:
    assert painted("Joe אבג") == "Joe גבא"
    assert painted("אבג Joe 12") == "Joe 12 גבא"
    assert painted("אבג (Joe)") == ")Joe( גבא"  # brackets are mirrored by who draws them


def test_marks_go_with_their_letter() -> None:
    assert visual_order(levels(["שׁ", "לּ", "a"])) == [2, 1, 0]


def test_nothing_has_no_order() -> None:
    assert visual_order(levels([])) == []
