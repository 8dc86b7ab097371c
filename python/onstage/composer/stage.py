"""Who is on stage and what they send, as the composer's clock sees it. Filled by `visit.py` on another thread."""

import threading
from collections import deque
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field

from onstage.composer.audio import Sound, TrackBuffer
from onstage.composer.picture import Picture
from onstage.composer.speaker import SpeakerPicker
from onstage.composer.tiles import TileKey

PICTURES_KEPT = 2
"""Taken in order: with the newest alone, a camera whose phase lies near our tick is skipped and repeated in turn."""
HELD_S = 0.105
"""How long a picture waits before it is shown. Sound comes later than pictures, by its buffer and the AAC encoder's
look-ahead, and lips must fit (docs/adr/0002); it also evens out what comes unevenly."""
CALM_AFTER_TAKES = 300
"""Ten seconds in which more than one picture was due each time: one of them only makes the camera late."""
AVATAR_AFTER_S = 3.0
NAME_LIMIT = 60
_MOST_HELD = 8  # of a camera at 60 pictures a second
ON_STAGE = "stage"
"""The level of those who are shown."""


class Feed:
    """The newest pictures of one camera or screen."""

    def __init__(self, *, is_screen: bool = False) -> None:
        self.is_screen = is_screen
        self._lock = threading.Lock()
        self._pictures: deque[tuple[float, Picture]] = deque(maxlen=_MOST_HELD)
        self._came_at_s: float | None = None
        self._is_muted = False
        self._surplus_takes = 0
        self.shown: Picture | None = None
        """The picture taken last, for a tile that is painted anew before the next one comes."""

    def put(self, picture: Picture, now_s: float) -> None:
        """Append; the oldest goes when there are too many. What still comes after a mute is not for showing."""
        with self._lock:
            if not self._is_muted:
                self._pictures.append((now_s, picture))
                self._came_at_s = now_s

    def take(self, now_s: float) -> Picture | None:
        """The next picture to show; None when the last one stays. Of more than two that are due, the oldest go."""
        with self._lock:
            due = sum(now_s - came_at_s >= HELD_S for came_at_s, _ in self._pictures)
            for _ in range(due - self._kept(due)):
                self._pictures.popleft()
            if due == 0:
                return None
            _, self.shown = self._pictures.popleft()
            return self.shown

    def _kept(self, due: int) -> int:
        """How many of the due pictures may stay, this one included."""
        self._surplus_takes = self._surplus_takes + 1 if due > 1 else 0
        if self._surplus_takes < CALM_AFTER_TAKES:
            return PICTURES_KEPT
        self._surplus_takes = 0
        return 1

    def mute(self, *, is_muted: bool) -> None:
        """Stop showing at once, or go on with the next picture that comes."""
        with self._lock:
            self._is_muted = is_muted
            self._came_at_s = None
            self._pictures.clear()
            self.shown = None

    def is_dark(self, now_s: float) -> bool:
        """Whether there is nothing to show: muted (at once), nothing yet, or no camera's picture for a while.

        A screen on which nothing changes sends nothing either, and stays.
        """
        if self._is_muted or self._came_at_s is None:
            return True
        return not self.is_screen and now_s - self._came_at_s > AVATAR_AFTER_S


@dataclass(slots=True)
class Actor:
    """Somebody in the engine's room."""

    identity: str
    name: str
    level: str | None  # as the server says; None where it says nothing
    role: str | None  # likewise
    joined_at_s: float
    is_backstage: bool = False
    feeds: dict[str, Feed] = field(default_factory=dict)  # by track; the last one counts
    sounds: dict[str, TrackBuffer] = field(default_factory=dict)
    microphones: dict[str, bool] = field(default_factory=dict)  # by track: whether it is on

    @property
    def label(self) -> str:
        """What stands on their tile. Other people's words: bounded."""
        return (self.name or self.identity)[:NAME_LIMIT]

    @property
    def is_shown(self) -> bool:
        """On stage by their level, or, where none is told, by what they send; and not left out until called."""
        is_on_stage = self.level == ON_STAGE if self.level else bool(self.feeds or self.sounds)
        return is_on_stage and not self.is_backstage

    @property
    def is_heard(self) -> bool:
        """Whether they have a microphone, and it is on."""
        return any(self.microphones.values())

    def feed(self, *, is_screen: bool) -> Feed | None:
        """Their camera's or screen's: the newest, while a track is being replaced by another."""
        return next((feed for feed in reversed(self.feeds.values()) if feed.is_screen == is_screen), None)


@dataclass(frozen=True, slots=True)
class Seat:
    """A tile's content: who, and the feed (None: no camera)."""

    key: TileKey
    label: str
    feed: Feed | None
    is_heard: bool = True


@dataclass(frozen=True, slots=True)
class Guest:
    """Media that is played into the show: on stage like a shared screen, but nobody's."""

    key: TileKey
    label: str
    feed: Feed | None  # None: only heard
    take_sound: Callable[[int], Sound | None]
    is_full: bool
    """Whether it covers everybody."""


class Stage:
    """The actors, shared by the engine's thread (which changes) and the composer's (which looks).

    What is said of somebody who is not here (any more) changes nothing: the engine's events may come late.
    """

    def __init__(self, now_s: Callable[[], float]) -> None:
        self._lock = threading.Lock()
        self._actors: dict[str, Actor] = {}
        self._guests: dict[str, Guest] = {}
        self._speaker = SpeakerPicker()
        self._now_s = now_s

    def enter(
        self,
        identity: str,
        *,
        name: str,
        level: str | None,
        joined_at_s: float,
        role: str | None = None,
        is_backstage: bool = False,
    ) -> None:
        """Somebody is here, or has another name, level or role now, or was called or sent backstage."""
        with self._lock:
            actor = self._actors.setdefault(identity, Actor(identity, name, level, role, joined_at_s))
            actor.name, actor.level, actor.role, actor.is_backstage = name, level, role, is_backstage

    def leave(self, identity: str) -> None:
        """They have left."""
        with self._lock:
            self._actors.pop(identity, None)
            self._speaker.left(identity)

    def clear(self) -> None:
        """Everybody is gone: the engine's connection is. Guests stay, whom it did not bring."""
        for identity in list(self._actors):
            self.leave(identity)

    def welcome(self, name: str, guest: Guest) -> None:
        """Media comes in."""
        with self._lock:
            self._guests[name] = guest

    def see_off(self, name: str) -> None:
        """It goes, if it is there."""
        with self._lock:
            self._guests.pop(name, None)

    def cover(self) -> TileKey | None:
        """What has the whole canvas: the media that came last of those that are to have it."""
        with self._lock:
            return next((one.key for one in reversed(self._guests.values()) if one.is_full), None)

    def add_feed(self, identity: str, track: str, *, is_screen: bool) -> Feed:
        """A camera or screen; the feed to put its pictures into."""
        feed = Feed(is_screen=is_screen)
        with self._lock:
            if actor := self._actors.get(identity):
                actor.feeds[track] = feed
        return feed

    def add_sound(self, identity: str, track: str, *, is_screen: bool = False) -> TrackBuffer:
        """A microphone, or a screen's sound; the buffer to put it into."""
        buffer = TrackBuffer()
        with self._lock:
            if actor := self._actors.get(identity):
                actor.sounds[track] = buffer
                if not is_screen:
                    actor.microphones[track] = True
        return buffer

    def mute(self, identity: str, track: str, *, is_muted: bool) -> None:
        """A camera, screen or microphone was muted or unmuted. Muted sound is silence anyway."""
        with self._lock:
            actor = self._actors.get(identity)
            feed = actor.feeds.get(track) if actor else None
            if feed is not None:
                feed.mute(is_muted=is_muted)
            elif actor is not None and track in actor.microphones:
                actor.microphones[track] = not is_muted

    def drop(self, identity: str, track: str) -> None:
        """A track is gone."""
        with self._lock:
            if actor := self._actors.get(identity):
                actor.feeds.pop(track, None)
                actor.sounds.pop(track, None)
                actor.microphones.pop(track, None)

    def heard(self, identities: Sequence[str]) -> None:
        """Who speaks now, loudest first."""
        with self._lock:
            self._speaker.heard([one for one in identities if one in self._actors], self._now_s())

    def floor(self) -> list[str]:
        """Who has the floor, and who had it before them, the latest first."""
        with self._lock:
            return self._speaker.floor(self._now_s())

    def speaking(self) -> frozenset[str]:
        """Who is heard at this moment."""
        with self._lock:
            return self._speaker.speaking

    def roles(self) -> dict[str, str]:
        """By identity, of those whose role is known."""
        with self._lock:
            return {one.identity: one.role for one in self._actors.values() if one.role is not None}

    def seats(self) -> list[Seat]:
        """A seat for all media, every screen and everybody on stage, in the order they came."""
        with self._lock:
            guests = [Seat(one.key, one.label, one.feed) for one in self._guests.values() if one.feed is not None]
            actors = self._shown()
            seats = [Seat(TileKey(one.identity), one.label, one.feed(is_screen=False), one.is_heard) for one in actors]
            screens = [(one, screen) for one in actors if (screen := one.feed(is_screen=True)) is not None]
            shared = [Seat(TileKey(one.identity, is_screen=True), one.label, screen) for one, screen in screens]
            return guests + shared + seats

    def sounds(self, samples: int, *, muted: Collection[str] = ()) -> list[Sound]:
        """The next `samples` of all tracks and media that have some, but for those of identities that are `muted`.

        Theirs pass unheard, so that what is heard of them later is of that moment.
        """
        with self._lock:
            heard = {one.identity for one in self._shown()}.difference(muted)
            buffers = [(one.identity, buffer) for one in self._in_order() for buffer in one.sounds.values()]
            guests = list(self._guests.values())
        taken = [(identity, buffer.take(samples)) for identity, buffer in buffers]
        of_people = [sound for identity, sound in taken if identity in heard]
        return [one for one in (*of_people, *(guest.take_sound(samples) for guest in guests)) if one is not None]

    def _shown(self) -> list[Actor]:
        return [one for one in self._in_order() if one.is_shown]

    def _in_order(self) -> list[Actor]:
        return sorted(self._actors.values(), key=lambda one: (one.joined_at_s, one.identity))
