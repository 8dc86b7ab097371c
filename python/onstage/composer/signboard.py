"""Keeps signs above the tiles: what is under each is saved before it is hung, and put back before tiles are painted."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from onstage.composer.ground import Planes
from onstage.composer.motion import OPAQUE
from onstage.composer.overlay import Overlay
from onstage.composer.picture import Plane
from onstage.composer.signs import Sign
from onstage.composer.wire import Canvas


@dataclass(slots=True)
class _Hung:
    """A sign that is seen, or on its way in or out."""

    whole: Overlay | None
    opacity: int = 0
    seen: Overlay | None = None
    under: list[Plane] = field(default_factory=list)


class Signboard:
    """Every tick: `lift`, then the tiles are painted, then `hang`. Without a sign, neither does anything."""

    def __init__(self, canvas: Canvas, planes: Planes) -> None:
        self._canvas = canvas
        self._planes = planes
        self._hung: dict[Sign, _Hung] = {}

    @property
    def signs(self) -> list[Sign]:
        """Those that are seen, coming and going included."""
        return list(self._hung)

    def lift(self) -> None:
        """Put the picture back as it was without signs."""
        for one in reversed(self._hung.values()):
            if one.seen is not None and one.under:
                for plane, saved in zip(one.seen.region(self._planes), one.under, strict=True):
                    plane[:] = saved
            one.under = []

    def hang(self, wanted: Sequence[Sign], ticks: int) -> None:
        """Blend the signs, in this order; those that come or go take so many ticks."""
        gone = {sign: one for sign, one in self._hung.items() if sign not in wanted}
        come = {sign: self._hung.get(sign) or _Hung(sign.drawn(self._canvas)) for sign in wanted}
        step = OPAQUE if ticks == 0 else max(OPAQUE // ticks, 1)
        for one in gone.values():
            _fade(one, max(one.opacity - step, 0))
        for one in come.values():
            _fade(one, min(one.opacity + step, OPAQUE))
        self._hung = {sign: one for sign, one in gone.items() if one.opacity > 0} | come
        for one in self._hung.values():
            self._blend(one)

    def _blend(self, one: _Hung) -> None:
        if one.seen is not None:
            one.under = [plane.copy() for plane in one.seen.region(self._planes)]
            one.seen.blend(self._planes)


def _fade(one: _Hung, opacity: int) -> None:
    if one.whole is not None and opacity != one.opacity:
        one.seen = one.whole if opacity == OPAQUE else one.whole.faded(opacity)
    one.opacity = opacity
