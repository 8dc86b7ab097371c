"""A watched show, decoded: what is seen and heard of whom, and when."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import av
import numpy as np

from onstage.composer.picture import Picture
from onstage.composer.tiles import Tile
from tests.support.content import hearing
from tests.support.content.beat import Presence, offsets_s, presence
from tests.support.content.looks import Look
from tests.support.content.sight import Chroma, Sight, fills, flashes_s, sight
from tests.support.content.viewer import Viewer


@dataclass(frozen=True, slots=True)
class Expected:
    """A tile and the colour that belongs there."""

    tile: Tile
    chroma: Chroma


class Film:
    """Times are seconds of the show's own timeline, but for wall times, which `at` translates."""

    def __init__(self, viewer: Viewer, colours: Sequence[Chroma], tiles: Sequence[Expected]) -> None:
        """Decode everything once, and look for all colours, and whether the tiles are filled, in each picture."""
        self.times_s: list[float] = []
        self._sights: dict[Chroma, list[Sight]] = {colour: [] for colour in colours}
        self._filled: dict[Expected, list[bool]] = {one: [] for one in tiles}
        with av.open(io.BytesIO(viewer.video.data), "r") as container:
            for frame in container.decode(video=0):
                self._look(frame)
        self._sound, self._sound_began_s = _sound(viewer.audio.data)
        assert viewer.video.began is not None, "a show says when it began"
        self._wall_s = viewer.video.began.timestamp() - self.times_s[0]

    def _look(self, frame: av.VideoFrame) -> None:
        assert frame.time is not None, "pictures of a show have a time"
        picture = Picture.of_frame(frame)
        self.times_s.append(frame.time)
        for colour, sights in self._sights.items():
            sights.append(sight(picture, colour))
        for one, filled in self._filled.items():
            filled.append(fills(picture, one.tile.rect, one.chroma))

    def at(self, wall: datetime) -> float:
        """When something of that wall time is in the picture."""
        return wall.timestamp() - self._wall_s

    @property
    def end_s(self) -> float:
        """When the last picture ends."""
        return self.times_s[-1] + 1 / 30

    def seen(self, chroma: Chroma, since_s: float, until_s: float) -> Presence:
        """The flashes of a colour, wherever it was."""
        return presence(flashes_s(self.times_s, self._sights[chroma]), since_s, until_s)

    def heard(self, look: Look, since_s: float, until_s: float) -> Presence:
        """Somebody's beeps."""
        return presence(self._beeps_s(look), since_s, until_s)

    def loudest(self, look: Look, since_s: float, until_s: float) -> float:
        """The greatest amplitude of somebody's tone."""
        return hearing.loudest(hearing.cut(self._sound, self._sound_began_s, since_s, until_s), look.tone_hz)

    def shares(self, chroma: Chroma, since_s: float, until_s: float) -> list[float]:
        """How much of the canvas has that colour, picture by picture."""
        return [
            one.share for at, one in zip(self.times_s, self._sights[chroma], strict=True) if since_s <= at < until_s
        ]

    def filled(self, one: Expected, since_s: float, until_s: float) -> float:
        """The share of pictures in which a tile shows what it should."""
        inside = [is_ for at, is_ in zip(self.times_s, self._filled[one], strict=True) if since_s <= at < until_s]
        return sum(inside) / len(inside) if inside else 0.0

    def offset_ms(self, look: Look, share: float, since_s: float, until_s: float) -> float:
        """How far apart somebody's sound and picture are, for that share of beats; infinite when never both there."""
        seen = [at for at in flashes_s(self.times_s, self._sights[look.chroma]) if since_s <= at < until_s]
        heard = [at for at in self._beeps_s(look) if since_s <= at < until_s]
        offsets = [abs(offset) * 1000 for offset in offsets_s(seen, heard)]
        return float(np.percentile(offsets, share * 100)) if offsets else float("inf")

    def _beeps_s(self, look: Look) -> list[float]:
        return hearing.beeps_s(self._sound, look.tone_hz, began_s=self._sound_began_s)


def _sound(data: bytes) -> tuple[hearing.Sound, float]:
    """One channel, and when it begins."""
    with av.open(io.BytesIO(data), "r") as container:
        frames = list(container.decode(audio=0))
    assert frames[0].time is not None, "sound of a show has a time"
    return np.concatenate([frame.to_ndarray()[0] for frame in frames]), frames[0].time
