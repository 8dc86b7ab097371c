"""Everybody keeps their place until it is needed."""

from hypothesis import given
from hypothesis import strategies as st

from onstage.composer.seating import seated
from onstage.composer.tiles import TileKey


def keys(names: str) -> list[TileKey]:
    return [TileKey(name) for name in names]


def order(before: str, present: str, *, pins: str = "", floor: str = "", limit: int = 4) -> str:
    seats = seated(keys(before), keys(present), pins=list(pins), floor=list(floor), limit=limit)
    return "".join(key.identity for key in seats)


def test_who_comes_sits_behind_the_others() -> None:
    assert order("", "abc") == "abc"
    assert order("abc", "abcd") == "abcd"
    assert order("bca", "abcd") == "bcad"


def test_who_goes_leaves_their_tile_to_the_first_who_waits() -> None:
    assert order("abcdef", "acdef") == "aecdf"


def test_when_nobody_waits_the_others_close_up() -> None:
    assert order("abcd", "acd") == "acd"


def test_who_speaks_and_is_not_seen_takes_the_tile_of_who_was_silent_for_longest() -> None:
    assert order("abcdef", "abcdef", floor="f") == "abcfed"
    assert order("abcdef", "abcdef", floor="fdb") == "abfdec"


def test_nobody_moves_for_a_speaker_who_is_seen_and_none_moves_back_after() -> None:
    assert order("abcfed", "abcdef", floor="af") == "abcfed"


def test_pinned_people_sit_in_front_and_are_not_displaced() -> None:
    assert order("abcdef", "abcdef", pins="fe") == "feabcd"
    assert order("feabcd", "abcdef", pins="fe", floor="d") == "feadcb"


def test_screens_come_first() -> None:
    screen = TileKey("c", is_screen=True)
    assert seated(keys("abc"), [*keys("abc"), screen], pins=["b"], floor=[], limit=4) == [screen, *keys("bac")]


@given(
    st.permutations("abcdefgh"),
    st.sets(st.sampled_from("abcdefghij")),
    st.integers(1, 12),
    st.permutations("abcdefghij"),
)
def test_everybody_has_one_place_and_who_speaks_is_seen(
    before: list[str], present: set[str], limit: int, floor: list[str]
) -> None:
    heard = [one for one in floor if one in present]
    seats = seated(keys("".join(before)), keys("".join(sorted(present))), pins=[], floor=heard, limit=limit)
    assert sorted(key.identity for key in seats) == sorted(present)
    assert not heard or TileKey(heard[0]) in seats[:limit]
    assert seated(seats, keys("".join(sorted(present))), pins=[], floor=heard, limit=limit) == seats
