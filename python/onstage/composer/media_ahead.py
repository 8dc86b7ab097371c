"""Decodes a file ahead of who plays it, on a thread of its own; what waits is bounded in pictures and in sound.

Pictures and sound are read through two handles of the same file: however a file interleaves them, neither waits for the
other. Times here go on over the end of a file that is played in a loop: the second round follows the first.
"""

import threading
from collections import deque
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import av
import structlog

from onstage.composer.media_card import card
from onstage.composer.media_file import MediaError
from onstage.composer.media_pictures import PictureReader, TimedPicture
from onstage.composer.media_sounds import SoundReader, TimedSound
from onstage.composer.picture import Picture
from onstage.composer.threads import start_thread
from onstage.model.media import SAMPLE_RATE

MOST_PICTURES = 12
MOST_SOUND_S = 0.6
_SHORTEST_ROUND_S = 0.1
"""A loop of less would only keep the decoder busy."""
_ENDLESS = float("inf")
_log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Source:
    """The file, and what the show makes of it at most."""

    path: Path
    most: tuple[int, int]
    most_per_s: float
    is_heard_only: bool = False
    title: str = ""


class Ahead:
    """What of a file is decoded already. `lock` guards what is public; who takes from it calls `make_more`."""

    def __init__(self, source: Source, *, at_s: float, is_looping: bool) -> None:
        self.lock = threading.Condition()
        self.pictures: deque[TimedPicture] = deque()
        self.sounds: deque[TimedSound] = deque()
        self.pictures_until_s = at_s
        """Up to when it is known what is seen."""
        self.sound_until_s = at_s
        self.end_s: float | None = None
        """When it is over; None while that is not known, or it never is."""
        self.has_pictures = False
        self.card: Picture | None = None
        """What is seen all the time of a file without pictures that is not only heard."""
        self.error: str | None = None
        self.is_looping = is_looping
        self._source = source
        self._round_s = 0.0  # when this round began
        self._last_s = 0.0  # the end of what is seen or heard last
        self._wanted_s: float | None = at_s
        self._is_stopped = False

    def start(self) -> None:
        """Begin to decode."""
        start_thread("media", self._run)

    def stop(self) -> None:
        """Close the file, soon."""
        with self.lock:
            self._is_stopped = True
            self.lock.notify()

    def seek(self, at_s: float) -> None:
        """Forget what was decoded, and go on from there."""
        with self.lock:
            self._wanted_s = at_s
            self._forget(at_s)
            self.lock.notify()

    def loop(self, *, is_looping: bool) -> None:
        """Whether to begin anew at the end."""
        with self.lock:
            self.is_looping = is_looping
            self.lock.notify()

    def _forget(self, at_s: float) -> None:
        self.pictures.clear()
        self.sounds.clear()
        self.pictures_until_s = self.sound_until_s = at_s
        self.end_s = None
        self._round_s = 0.0
        self._last_s = at_s

    def _run(self) -> None:
        readers = _Readers(self._source)
        try:
            self._read(readers)
        except MediaError as error:
            self._fail(str(error))
        except (av.FFmpegError, OSError, ValueError, MemoryError) as error:
            _log.warning("media_failed", error=repr(error))
            self._fail("it could not be read")
        finally:
            readers.close()

    def _fail(self, why: str) -> None:
        with self.lock:
            self.error = why

    def _read(self, readers: "_Readers") -> None:
        readers.open()
        is_card_seen = not (readers.has_pictures or self._source.is_heard_only)
        # Takes longer than a tick; nothing is ready to be played before it is there.
        shown = card(self._source.path, self._source.title, self._source.most) if is_card_seen else None
        with self.lock:
            self.has_pictures, self.card = readers.has_pictures, shown
        while (work := self._next_work()) is not None:
            work(readers)

    def _next_work(self) -> "_Work | None":
        """What is to be done now, once there is something; None: nothing any more."""
        with self.lock:
            while not self._is_stopped:
                if self._wanted_s is not None:
                    return self._seek
                if self._is_round_over() and (self.end_s is None or self.is_looping):
                    return self._end_round
                if self._wants_pictures() and not (self._wants_sound() and self._is_sound_behind()):
                    return self._read_picture
                if self._wants_sound():
                    return self._read_sound
                self.lock.wait()
            return None

    def _is_round_over(self) -> bool:
        return self.pictures_until_s == self.sound_until_s == _ENDLESS

    def _is_sound_behind(self) -> bool:
        return self.sound_until_s < self.pictures_until_s

    def _wants_pictures(self) -> bool:
        return self.pictures_until_s < _ENDLESS and len(self.pictures) < MOST_PICTURES

    def _wants_sound(self) -> bool:
        waiting = self.sounds[-1].end - self.sounds[0].start if self.sounds else 0
        return self.sound_until_s < _ENDLESS and waiting < MOST_SOUND_S * SAMPLE_RATE

    def _seek(self, readers: "_Readers") -> None:
        with self.lock:
            at_s, self._wanted_s = self._wanted_s or 0.0, None
            self._forget(at_s)
            self._expect(readers, at_s)
        readers.go_to(at_s)

    def _expect(self, readers: "_Readers", at_s: float) -> None:
        self.pictures_until_s = at_s if readers.has_pictures else _ENDLESS
        self.sound_until_s = at_s if readers.has_sound else _ENDLESS

    def _read_picture(self, readers: "_Readers") -> None:
        found = readers.pictures.next()
        with self.lock:
            if self._wanted_s is not None:
                return
            if found is None:
                self.pictures_until_s = _ENDLESS
                return
            moved = replace(found, start_s=self._round_s + found.start_s, end_s=self._round_s + found.end_s)
            self.pictures.append(moved)
            self.pictures_until_s = moved.start_s
            self._last_s = max(self._last_s, moved.end_s)

    def _read_sound(self, readers: "_Readers") -> None:
        found = readers.sounds.next()
        with self.lock:
            if self._wanted_s is not None:
                return
            if found is None:
                self.sound_until_s = _ENDLESS
                return
            moved = replace(found, start=found.start + round(self._round_s * SAMPLE_RATE))
            self.sounds.append(moved)
            self.sound_until_s = moved.end / SAMPLE_RATE
            self._last_s = max(self._last_s, self.sound_until_s)

    def _end_round(self, readers: "_Readers") -> None:
        with self.lock:
            if not self.is_looping or self._last_s - self._round_s < _SHORTEST_ROUND_S:
                self.end_s = self._last_s
                self.is_looping = False
                return
            self._round_s = self._last_s
            self.end_s = None
            self._expect(readers, self._round_s)
        readers.go_to(0.0)


_Work = Callable[["_Readers"], None]


class _Readers:
    """The file's two handles."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._open = ExitStack()
        self._is_fresh = False

    def go_to(self, at_s: float) -> None:
        """Go on from there. To its beginning by opening it anew, as not every file can be wound back.

        Raises:
            MediaError: it is not to be played.
        """
        if at_s > 0:
            self.pictures.seek(at_s)
            self.sounds.seek(at_s)
        elif not self._is_fresh:
            self.open()
        self._is_fresh = False

    def open(self) -> None:
        """Open it, at its beginning.

        Raises:
            MediaError: it is not to be played.
        """
        self.close()
        self._is_fresh = True
        self.pictures = PictureReader(self._source.path, self._source.most, most_per_s=self._source.most_per_s)
        self._open.callback(self.pictures.close)
        self.sounds = SoundReader(self._source.path)
        self._open.callback(self.sounds.close)
        self.has_pictures = self.pictures.has_pictures and not self._source.is_heard_only
        self.has_sound = self.sounds.has_sound
        if not self.has_pictures and not self.has_sound:
            raise MediaError("there is nothing in it to be seen or heard")

    def close(self) -> None:
        """Close both."""
        self._open.close()
