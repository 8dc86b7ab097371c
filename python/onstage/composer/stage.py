"""Who is on stage and what they send, as the composer's clock sees it. Filled by `source.py` on another thread."""

import threading
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from onstage.composer.audio import Sound, TrackBuffer
from onstage.composer.layout import TileKey
from onstage.composer.picture import Picture
from onstage.composer.speaker import SpeakerPicker

PICTURES_KEPT = 2
"""Taken in order: with the newest alone, a camera whose phase lies near our tick is skipped and repeated in turn."""
AVATAR_AFTER_S = 3.0
NAME_LIMIT = 60


class Feed:
    """The newest pictures of one camera or screen."""

    def __init__(self) -> None:
        self._pictures: deque[Picture] = deque(maxlen=PICTURES_KEPT)
        self._came_at_s: float | None = None
        self.is_muted = False
        self.taken = 0
        """Pictures shown so far."""

    def put(self, picture: Picture, now_s: float) -> None:
        """Append; the oldest goes when two wait already."""
        self._pictures.append(picture)
        self._came_at_s = now_s

    def take(self) -> Picture | None:
        """The next picture to show; None when the last one stays."""
        try:
            picture = self._pictures.popleft()
        except IndexError:
            return None
        self.taken += 1
        return picture

    def is_dark(self, now_s: float) -> bool:
        """Whether there is nothing to show: muted (at once), or nothing has come for a while."""
        return self.is_muted or self._came_at_s is None or now_s - self._came_at_s > AVATAR_AFTER_S

    def clear(self) -> None:
        """Forget pictures from before a mute."""
        self._pictures.clear()
        self._came_at_s = None


@dataclass(slots=True)
class Actor:
    """Somebody in the engine's room."""

    identity: str
    name: str
    order: tuple[float, str]  # by when they joined, then by identity
    is_staged: bool = False  # by the level the server gave them
    camera: Feed | None = None
    screen: Feed | None = None
    sounds: dict[str, TrackBuffer] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """What stands on their tile. Other people's words: bounded."""
        return (self.name or self.identity)[:NAME_LIMIT]


@dataclass(frozen=True, slots=True)
class Seat:
    """A tile's content: who, and the feed (None: no camera)."""

    key: TileKey
    label: str
    feed: Feed | None


class Stage:
    """The actors, shared by the engine's thread (which changes) and the composer's (which looks)."""

    def __init__(self, now_s: Callable[[], float]) -> None:
        self._lock = threading.Lock()
        self._actors: dict[str, Actor] = {}
        self._speaker = SpeakerPicker()
        self._now_s = now_s

    def change(self, identity: str, how: Callable[[Actor], None], *, name: str = "", joined_at: float = 0.0) -> None:
        """Apply `how` to an actor, who is made if they are new."""
        with self._lock:
            actor = self._actors.setdefault(identity, Actor(identity, name, (joined_at, identity)))
            how(actor)

    def remove(self, identity: str) -> None:
        """They have left."""
        with self._lock:
            self._actors.pop(identity, None)
            self._speaker.left(identity)

    def clear(self) -> None:
        """Everybody is gone: the engine's connection is."""
        with self._lock:
            for identity in self._actors:
                self._speaker.left(identity)
            self._actors.clear()

    def heard(self, identities: Sequence[str]) -> None:
        """Who speaks now, loudest first."""
        with self._lock:
            staged = [one for one in identities if one in self._actors]
            self._speaker.heard(staged, self._now_s())

    def speaker(self) -> str | None:
        """Who has the floor."""
        with self._lock:
            return self._speaker.speaker(self._now_s())

    def seats(self) -> list[Seat]:
        """A seat for every screen and for everybody on stage, in the order they came."""
        with self._lock:
            actors = sorted((one for one in self._actors.values() if _is_shown(one)), key=lambda one: one.order)
            seats = [Seat(TileKey(one.identity), one.label, one.camera) for one in actors]
            screens = [
                Seat(TileKey(one.identity, is_screen=True), one.label, one.screen)
                for one in actors
                if one.screen is not None
            ]
        return [*screens, *seats]

    def sounds(self, samples: int) -> list[Sound]:
        """The next `samples` of every track that has some."""
        with self._lock:
            buffers = [buffer for actor in self._actors.values() for buffer in actor.sounds.values()]
        taken = [buffer.take(samples) for buffer in buffers]
        return [sound for sound in taken if sound is not None]


def _is_shown(actor: Actor) -> bool:
    return actor.is_staged or actor.camera is not None or actor.screen is not None
