"""How tiles get from one arrangement to the next: eased, counted in ticks, the same on every run. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from onstage.composer.geometry import even
from onstage.composer.tiles import Rect, Tile, TileKey

OPAQUE = 256


@dataclass(frozen=True, slots=True)
class Pose:
    """Where a tile is at a moment, and how much of it is seen, of `OPAQUE`."""

    rect: Rect
    opacity: int = OPAQUE


class Motion:
    """From where tiles are to where they belong: who stays moves, who is new comes in, who is gone goes out."""

    def __init__(self, before: Mapping[TileKey, Pose], after: Sequence[Tile], ticks: int) -> None:
        """`before` and `after` are in the order they are painted; who goes out lies below everybody else."""
        self._after = {tile.key: tile.rect for tile in after}
        self._before = before
        self._order = [*(key for key in before if key not in self._after), *self._after]
        self._ticks = max(ticks, 1)
        self._tick = 0

    @property
    def is_over(self) -> bool:
        """Whether everybody is where they belong."""
        return self._tick >= self._ticks

    @property
    def share(self) -> float:
        """How far it is, eased: 0 at the beginning, 1 at the end."""
        return eased(min(self._tick / self._ticks, 1.0))

    def advance(self) -> None:
        """One tick more."""
        self._tick += 1

    def poses(self) -> dict[TileKey, Pose]:
        """Everybody's pose at this tick, in the order they are painted, the same throughout."""
        return {key: _pose(self._before.get(key), self._after.get(key), self.share) for key in self._order}


def eased(share: float) -> float:
    """Slow, fast, slow: the cubic with no speed at either end."""
    return share * share * (3 - 2 * share)


def _pose(before: Pose | None, after: Rect | None, share: float) -> Pose:
    if before is None:
        assert after is not None, "a tile is before, after, or both"
        return Pose(after, round(OPAQUE * share))
    if after is None:
        return Pose(before.rect, round(before.opacity * (1 - share)))
    opacity = round(before.opacity + (OPAQUE - before.opacity) * share)
    return Pose(_between(before.rect, after, share), opacity)


def _between(one: Rect, other: Rect, share: float) -> Rect:
    """Between two rectangles; its far edges are moved, not its size, so that what stays at an edge stays there."""
    left, top = _mixed(one.x, other.x, share), _mixed(one.y, other.y, share)
    right = _mixed(one.x + one.width, other.x + other.width, share)
    bottom = _mixed(one.y + one.height, other.y + other.height, share)
    return Rect(left, top, max(right - left, 2), max(bottom - top, 2))


def _mixed(one: int, other: int, share: float) -> int:
    return even(one + (other - one) * share + 1)
