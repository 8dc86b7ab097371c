"""One connection to the engine's room: its events, as changes of the stage.

The SDK is forgiving in ways one has to know: it leaves out `track_unsubscribed` when the publication or its participant
went first, so a track is dropped by whichever of the three is heard; and the old track of a camera that is published
anew may go after the new one came, so tracks are told apart by their ids, never by their source.
"""

import asyncio
import time
from collections.abc import Callable, Coroutine, Mapping
from typing import Any

import structlog
from livekit import rtc

from onstage.composer.stage import Stage
from onstage.composer.tracks import read_pictures, read_sound

LEVEL_ATTRIBUTE = "onstage.level"
ROLE_ATTRIBUTE = "onstage.role"
BACKSTAGE_ATTRIBUTE = "onstage.backstage"
_SCREEN = rtc.TrackSource.SOURCE_SCREENSHARE
_SOUNDS = (rtc.TrackSource.SOURCE_MICROPHONE, rtc.TrackSource.SOURCE_SCREENSHARE_AUDIO)
_log = structlog.get_logger(__name__)

TileSizes = Mapping[str, tuple[int, int]]
"""By identity: width and height of the tile their camera is shown in."""


class Visit:
    """Keeps a stage like the room, from `join` until `gone` is set; then `leave`."""

    def __init__(self, stage: Stage, sizes: TileSizes, *, has_pictures: bool = True) -> None:
        """Prepare, on the event loop that will run it.

        Args:
            stage: What to keep. Only one visit at a time may have it.
            sizes: How large people are shown now, to choose layers by.
            has_pictures: Whether to receive cameras and screens, or sound alone.
        """
        self.gone = asyncio.Event()
        self.token = ""
        """What the engine gave to come back with, newer than the one we joined with; empty until it gives one."""
        self._stage = stage
        self._sizes = sizes
        self._has_pictures = has_pictures
        self._subscribes_by_itself = has_pictures  # of the two, who chooses: the engine for everything, or we
        self._room = rtc.Room()
        self._readers: dict[tuple[str, str], asyncio.Task[None]] = {}
        self._has_left = False
        self._listen()

    async def join(self, url: str, token: str) -> None:
        """Connect, and show who is there.

        Raises:
            rtc.ConnectError: The engine is not there, or does not take the token.
        """
        await self._room.connect(url, token, rtc.RoomOptions(auto_subscribe=self._subscribes_by_itself))
        for person in self._room.remote_participants.values():
            self._on_person(person)
        self._choose_tracks()

    async def leave(self) -> None:
        """Stop reading, empty the stage, disconnect."""
        self._has_left = True
        for reader in self._readers.values():
            reader.cancel()
        self._readers.clear()
        self._stage.clear()
        await self._room.disconnect()

    def fit_layers(self, sizes: TileSizes) -> None:
        """Ask for the layers that fit tiles of these sizes."""
        self._sizes = sizes
        for person in self._room.remote_participants.values():
            for publication in person.track_publications.values():
                self._ask_for_layer(publication, person.identity)

    def take_pictures(self, *, are_wanted: bool) -> None:
        """Receive cameras and screens from now on, or none of them."""
        self._has_pictures = are_wanted
        for person in self._room.remote_participants.values():
            for publication in person.track_publications.values():
                publication.set_subscribed(self._is_wanted(publication))

    def _choose_tracks(self) -> None:
        """Have what is wanted sent, where it is not by itself, and the rest not."""
        if not (self._subscribes_by_itself and self._has_pictures):
            self.take_pictures(are_wanted=self._has_pictures)

    def _is_wanted(self, publication: rtc.RemoteTrackPublication) -> bool:
        return self._has_pictures or publication.kind != rtc.TrackKind.KIND_VIDEO

    def _listen(self) -> None:
        handlers: dict[rtc.room.EventTypes, Callable[..., None]] = {
            "participant_connected": self._on_person,
            "participant_disconnected": self._on_person_left,
            "participant_attributes_changed": lambda _changed, person: self._on_person(person),
            "participant_name_changed": lambda person, *_names: self._on_person(person),
            "track_published": lambda _publication, _person: self._choose_tracks(),
            "track_subscribed": self._on_subscribed,
            "track_unsubscribed": lambda _track, publication, person: self._drop(person.identity, publication.sid),
            "track_unpublished": lambda publication, person: self._drop(person.identity, publication.sid),
            "track_muted": lambda person, track: self._stage.mute(person.identity, track.sid, is_muted=True),
            "track_unmuted": lambda person, track: self._stage.mute(person.identity, track.sid, is_muted=False),
            "active_speakers_changed": lambda people: self._stage.heard([one.identity for one in people]),
            "token_refreshed": self._on_token,
            "disconnected": lambda *_reason: self.gone.set(),
        }
        for event, handler in handlers.items():
            self._room.on(event, self._unless_left(handler))

    def _unless_left(self, handler: Callable[..., None]) -> Callable[..., None]:
        """The SDK may go on telling of a room we have left; the stage is the next visit's then."""

        def handle(*args: Any) -> None:
            if not self._has_left:
                handler(*args)

        return handle

    def _on_token(self) -> None:
        self.token = self._room._token or ""  # nothing public tells the token that this event announces

    def _on_person(self, person: rtc.Participant) -> None:
        if isinstance(person, rtc.LocalParticipant):
            return
        joined_at_s = person.joined_at.timestamp() if person.joined_at is not None else time.time()
        level = person.attributes.get(LEVEL_ATTRIBUTE)
        role = person.attributes.get(ROLE_ATTRIBUTE)
        self._stage.enter(
            person.identity,
            name=person.name,
            level=level,
            joined_at_s=joined_at_s,
            role=role,
            is_backstage=bool(person.attributes.get(BACKSTAGE_ATTRIBUTE)),
        )

    def _on_person_left(self, person: rtc.RemoteParticipant) -> None:
        for identity, track in list(self._readers):
            if identity == person.identity:
                self._drop(identity, track)
        self._stage.leave(person.identity)

    def _on_subscribed(
        self, track: rtc.Track, publication: rtc.RemoteTrackPublication, person: rtc.RemoteParticipant
    ) -> None:
        self._on_person(person)  # the track may come before their joining is told
        if not self._is_wanted(publication):
            publication.set_subscribed(False)
            return
        if publication.kind == rtc.TrackKind.KIND_VIDEO:
            feed = self._stage.add_feed(person.identity, publication.sid, is_screen=publication.source == _SCREEN)
            feed.mute(is_muted=publication.muted)
            self._ask_for_layer(publication, person.identity)
            self._read(person.identity, publication.sid, read_pictures(track, feed))
        elif publication.source in _SOUNDS:
            is_screen = publication.source == rtc.TrackSource.SOURCE_SCREENSHARE_AUDIO
            buffer = self._stage.add_sound(person.identity, publication.sid, is_screen=is_screen)
            self._stage.mute(person.identity, publication.sid, is_muted=publication.muted)
            self._read(person.identity, publication.sid, read_sound(track, buffer))

    def _read(self, identity: str, track: str, reading: Coroutine[Any, Any, None]) -> None:
        reader = asyncio.create_task(reading)
        reader.add_done_callback(_tell_failure)
        self._readers[identity, track] = reader

    def _drop(self, identity: str, track: str) -> None:
        reader = self._readers.pop((identity, track), None)
        if reader is not None:
            reader.cancel()
        self._stage.drop(identity, track)

    def _ask_for_layer(self, publication: rtc.RemoteTrackPublication, identity: str) -> None:
        is_camera = publication.source == rtc.TrackSource.SOURCE_CAMERA
        if is_camera and publication.subscribed and publication.simulcasted:
            size = (publication.width, publication.height)
            publication.set_video_quality(fitting_quality(size, self._sizes.get(identity)))


def fitting_quality(full: tuple[int, int], tile: tuple[int, int] | None) -> rtc.VideoQuality.ValueType:
    """The smallest simulcast layer (a quarter, half or all of `full`) that covers a tile without being enlarged much.

    A tile whose size is not known yet gets everything; enlarging by a tenth is not seen.
    """
    if tile is None or min(full) <= 0:
        return rtc.VideoQuality.VIDEO_QUALITY_HIGH
    share = max(tile[0] / full[0], tile[1] / full[1])
    if share <= 0.25 * 1.1:
        return rtc.VideoQuality.VIDEO_QUALITY_LOW
    return rtc.VideoQuality.VIDEO_QUALITY_MEDIUM if share <= 0.5 * 1.1 else rtc.VideoQuality.VIDEO_QUALITY_HIGH


def _tell_failure(reader: asyncio.Task[None]) -> None:
    """One track that can't be read is an avatar or silence, and a line in the log; the show goes on."""
    if not reader.cancelled() and (error := reader.exception()):
        _log.error("track_reader_failed", error=repr(error))
