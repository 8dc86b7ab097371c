"""Motion: where every tile is at every tick."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from onstage.composer.motion import OPAQUE, Motion, Pose, eased
from onstage.composer.tiles import Rect, Tile, TileKey
from onstage.model.layout import Fit

ANN, BOB, EVE = TileKey("ann"), TileKey("bob"), TileKey("eve")
LEFT, RIGHT, WHOLE = Rect(0, 0, 300, 200), Rect(300, 0, 300, 200), Rect(0, 0, 600, 200)
TICKS = 12
sides = st.integers(1, 400).map(lambda half: 2 * half)
rects = st.builds(Rect, sides, sides, sides, sides)


def motion(before: dict[TileKey, Rect], after: dict[TileKey, Rect]) -> Motion:
    tiles = [Tile(key, rect, Fit.COVER) for key, rect in after.items()]
    return Motion({key: Pose(rect) for key, rect in before.items()}, tiles, TICKS)


def run(of: Motion) -> list[dict[TileKey, Pose]]:
    """The poses at every tick, from the one before the motion to its last."""
    frames = [of.poses()]
    while not of.is_over:
        of.advance()
        frames.append(of.poses())
    return frames


def test_who_stays_moves_and_who_is_new_comes_in_and_who_is_gone_goes_out() -> None:
    frames = run(motion({ANN: WHOLE, EVE: LEFT}, {ANN: LEFT, BOB: RIGHT}))
    assert len(frames) == TICKS + 1
    assert frames[0] == {EVE: Pose(LEFT), ANN: Pose(WHOLE), BOB: Pose(RIGHT, 0)}
    assert frames[-1] == {EVE: Pose(LEFT, 0), ANN: Pose(LEFT), BOB: Pose(RIGHT)}
    assert [frame[ANN].opacity for frame in frames] == [OPAQUE] * (TICKS + 1)
    assert all(one[BOB].opacity < other[BOB].opacity for one, other in pairwise(frames))
    assert all(one[EVE].opacity > other[EVE].opacity for one, other in pairwise(frames))


def test_it_begins_and_ends_slowly() -> None:
    steps = [eased(n / TICKS) for n in range(TICKS + 1)]
    assert (steps[0], steps[TICKS // 2], steps[-1]) == (0, 0.5, 1)
    middle = steps[TICKS // 2 + 1] - steps[TICKS // 2]
    assert steps[1] < middle / 4
    assert steps[-1] - steps[-2] < middle / 4


def test_the_order_of_painting_is_the_same_all_the_way() -> None:
    frames = run(motion({ANN: LEFT, BOB: RIGHT, EVE: WHOLE}, {BOB: WHOLE, ANN: LEFT}))
    assert {tuple(frame) for frame in frames} == {(EVE, BOB, ANN)}


@given(rects, rects)
def test_a_tile_is_always_even_and_between_its_ends(before: Rect, after: Rect) -> None:
    frames = run(motion({ANN: before}, {ANN: after}))
    assert (frames[0][ANN].rect, frames[-1][ANN].rect) == (before, after)
    for frame in frames:
        rect = frame[ANN].rect
        assert all(value % 2 == 0 for value in (rect.x, rect.y, rect.width, rect.height))
        assert min(before.x, after.x) <= rect.x <= max(before.x, after.x)
        right = rect.x + rect.width
        assert right <= max(before.x + before.width, after.x + after.width)
        assert min(rect.width, rect.height) >= 2


@pytest.mark.parametrize("ticks", [0, 1])
def test_the_shortest_is_over_at_once(ticks: int) -> None:
    one = Motion({ANN: Pose(LEFT)}, [Tile(ANN, RIGHT, Fit.COVER)], ticks)
    one.advance()
    assert one.is_over
    assert one.poses() == {ANN: Pose(RIGHT)}


def test_what_is_turned_around_on_its_way_goes_on_from_where_it_is() -> None:
    first = motion({ANN: LEFT}, {ANN: RIGHT, BOB: LEFT})
    for _ in range(4):
        first.advance()
    back = Motion(first.poses(), [Tile(ANN, LEFT, Fit.COVER)], TICKS)
    assert back.poses() == {BOB: first.poses()[BOB], ANN: first.poses()[ANN]}
