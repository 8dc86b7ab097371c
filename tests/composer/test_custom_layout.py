"""Custom layouts: who comes into which tile, and where that is."""

from typing import Any

from onstage.composer.layout import Scene, arrange
from onstage.composer.tiles import Rect, TileKey
from onstage.composer.wire import Canvas
from onstage.model.layout import Fit, Layout

HD = Canvas(1280, 720)
ANNA, BEN, GUS, VIC = (TileKey(name) for name in ("anna", "ben", "gus", "vic"))
SCREEN = TileKey("ben", is_screen=True)
ROLES = {"anna": "host", "ben": "host", "gus": "guest", "vic": "guest"}


def cast(
    *who: dict[str, Any], seats: tuple[TileKey, ...] = (ANNA, BEN, GUS, VIC), floor: tuple[str, ...] = ()
) -> list[TileKey]:
    """Who is shown in tiles beside each other, from left to right."""
    share = 100 / len(who)
    tiles = [{"x": n * share, "y": 0, "width": share - 0.01, "height": 100, "who": one} for n, one in enumerate(who)]
    placed = arrange(Layout.model_validate({"name": "custom", "tiles": tiles}), HD, Scene(seats, floor, ROLES))
    return [tile.key for tile in sorted(placed, key=lambda tile: tile.rect.x)]


NEXT = {"type": "next"}


def identity(name: str) -> dict[str, Any]:
    return {"type": "participant", "identity": name}


def role(name: str, index: int = 0) -> dict[str, Any]:
    return {"type": "role", "role": name, "index": index}


def speaker(index: int = 0) -> dict[str, Any]:
    return {"type": "speaker", "index": index}


def test_people_are_found_by_identity_role_screen_and_turn() -> None:
    assert cast(identity("gus"), NEXT, NEXT) == [GUS, ANNA, BEN]
    assert cast(role("guest"), role("guest", 1), role("host", 1), role("host")) == [GUS, VIC, BEN, ANNA]
    assert cast(NEXT, {"type": "screen_share"}, seats=(SCREEN, ANNA, BEN)) == [ANNA, SCREEN]


def test_who_is_named_is_not_taken_by_who_speaks_or_comes_next() -> None:
    assert cast(NEXT, speaker(), identity("anna"), floor=("anna", "gus")) == [BEN, GUS, ANNA]


def test_speakers_stand_in_the_order_of_their_turns_and_others_fill_in() -> None:
    assert cast(speaker(0), speaker(1), speaker(2), floor=("vic", "ben")) == [VIC, BEN, ANNA]


def test_a_place_that_nobody_fits_stays_empty() -> None:
    assert cast(identity("nobody"), {"type": "screen_share"}, role("host", 2), NEXT) == [ANNA]
    assert cast(NEXT, seats=()) == []


def test_places_are_in_percent_and_painted_from_the_lowest() -> None:
    tiles = [
        {"x": 70, "y": 70, "width": 25, "height": 25, "z": 2, "who": identity("ben"), "fit": "contain"},
        {"x": 0, "y": 0, "width": 100, "height": 100, "who": identity("anna")},
    ]
    main, small = arrange(Layout.model_validate({"name": "custom", "tiles": tiles}), HD, Scene([ANNA, BEN]))
    assert (main.key, main.rect, main.fit) == (ANNA, Rect(0, 0, 1280, 720), Fit.COVER)
    assert (small.key, small.rect, small.fit) == (BEN, Rect(896, 504, 320, 180), Fit.CONTAIN)


def test_the_smallest_place_still_has_pixels() -> None:
    tile = {"x": 99.99, "y": 99.99, "width": 0.01, "height": 0.01, "who": NEXT}
    [placed] = arrange(Layout.model_validate({"name": "custom", "tiles": [tile]}), Canvas(640, 360), Scene([ANNA]))
    assert placed.rect == Rect(638, 358, 2, 2)
