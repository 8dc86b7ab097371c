"""What is not as promised in a film: sentences, none when all is well."""

from collections.abc import Sequence
from dataclasses import dataclass

from tests.support.content.beat import Presence
from tests.support.content.film import Expected, Film
from tests.support.content.hearing import SILENT
from tests.support.content.looks import Look
from tests.support.content.sight import LEAST_SHARE


@dataclass(frozen=True, slots=True)
class Bars:
    """What is asked for: how many of the beats must be there, and how many of those together within how much."""

    presence: float
    offset_ms: float
    together: float


PROMISED = Bars(presence=0.99, offset_ms=45.0, together=0.95)
"""What we hold ourselves to, on a machine that has nothing else to do."""
ON_ANY_MACHINE = Bars(presence=0.6, offset_ms=150.0, together=0.5)
"""Of a few seconds on a machine that stalls now and then: everything is there, in its place, and of its moment."""


class Complaints:
    """What is not as promised, in a film."""

    def __init__(self, film: Film, bars: Bars) -> None:
        self.film = film
        self._bars = bars
        self.all: list[str] = []

    def whole(self, look: Look, since_s: float, until_s: float) -> None:
        """All that they send is there, and together."""
        self.seen(look, since_s, until_s)
        self.heard(look, since_s, until_s)
        if look.has_camera:
            self.together(look, since_s, until_s)

    def seen(self, look: Look, since_s: float, until_s: float) -> None:
        """All their flashes are seen, and those of their screen."""
        for chroma in filter(None, (look.chroma if look.has_camera else None, look.screen_chroma)):
            self._present(f"flashes of {look.identity}", self.film.seen(chroma, since_s, until_s))

    def heard(self, look: Look, since_s: float, until_s: float) -> None:
        """All their beeps are heard."""
        self._present(f"beeps of {look.identity}", self.film.heard(look, since_s, until_s))

    def together(self, look: Look, since_s: float, until_s: float) -> None:
        """Their sound and picture are."""
        offset_ms = self.film.offset_ms(look, self._bars.together, since_s, until_s)
        self._expect(
            offset_ms <= self._bars.offset_ms, f"sound and picture of {look.identity} are {offset_ms:.0f} ms apart"
        )

    def silent(self, look: Look, since_s: float, until_s: float) -> None:
        """Nothing is heard of them."""
        level = self.film.loudest(look, since_s, until_s)
        self._expect(level < SILENT, f"{look.identity}, who is muted, is heard with {level:.3f}")

    def unseen(self, look: Look, since_s: float, until_s: float) -> None:
        """Nothing is seen of them."""
        share = max(self.film.shares(look.chroma, since_s, until_s), default=1.0)
        self._expect(share < LEAST_SHARE, f"{look.identity}, who is not there, has {share:.1%} of the picture")

    def in_tiles(self, tiles: Sequence[Expected], since_s: float, until_s: float) -> None:
        """Each tile shows who belongs there."""
        for one in tiles:
            share = self.film.filled(one, since_s, until_s)
            self._expect(share >= self._bars.presence, f"{one.tile.key} is in its tile in {share:.1%} of the pictures")

    def _present(self, what: str, found: Presence) -> None:
        is_whole = found.share >= self._bars.presence and found.strange <= (1 - self._bars.presence) * found.due
        self._expect(is_whole, f"{what}: {found}")

    def _expect(self, is_so: bool, sentence: str) -> None:
        if not is_so:
            self.all.append(sentence)
