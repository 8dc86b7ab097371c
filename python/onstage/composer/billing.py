"""What is written over the picture at this tick: lower thirds for as long as they last, the title, the logo."""

from collections.abc import Iterable, Mapping

from onstage.composer.images import Images
from onstage.composer.signs import LogoSign, LowerThirdSign, Sign, TitleSign
from onstage.composer.style import Palette
from onstage.composer.tiles import Tile
from onstage.model.look import LowerThird
from onstage.model.presentation import Presentation


class Billing:
    """Remembers for how many ticks each lower third has been shown."""

    def __init__(self, frame_rate: int) -> None:
        self._frame_rate = frame_rate
        self._ticks: dict[LowerThird, int] = {}
        self.introduced: frozenset[str] = frozenset()
        """The identities whose lower third is shown: it stands where their name would."""

    def signs(
        self, presentation: Presentation, tiles: Iterable[Tile], names: Mapping[str, str], palette: Palette
    ) -> list[Sign]:
        """All but the logo, in the order they are painted. `names` is by identity."""
        thirds = self._lower_thirds(presentation.look.lower_thirds, tiles, names, palette)
        self.introduced = frozenset(thirds)
        title = [TitleSign(presentation.title, palette)] if presentation.look.show_title else []
        return [*thirds.values(), *title]

    def _lower_thirds(
        self, wanted: tuple[LowerThird, ...], tiles: Iterable[Tile], names: Mapping[str, str], palette: Palette
    ) -> dict[str, LowerThirdSign]:
        if not wanted and not self._ticks:
            return {}
        rects = {tile.key.identity: tile.rect for tile in tiles if not tile.key.is_screen}
        self._ticks = {one: self._ticks.get(one, 0) for one in wanted}
        shown = [one for one in wanted if one.identity in rects and not self._is_over(one)]
        for one in shown:
            self._ticks[one] += 1
        return {
            one.identity: LowerThirdSign(
                rects[one.identity], one.title or names[one.identity], one.subtitle or "", palette
            )
            for one in shown
        }

    def _is_over(self, one: LowerThird) -> bool:
        return one.duration_s is not None and self._ticks[one] >= one.duration_s * self._frame_rate


def logo_of(presentation: Presentation, images: Images) -> list[Sign]:
    """The logo, once its image is here."""
    logo = presentation.look.logo
    image = images.get(logo.image)
    return [] if image is None else [LogoSign(image, logo)]
