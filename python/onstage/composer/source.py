"""Reads the stage through the engine, as a hidden participant who only subscribes, with LiveKit's official SDK.

Runs on a thread of its own with its own event loop: the composer's clock never waits for it.
"""

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine
from typing import Any

import structlog
from livekit import rtc

from onstage.composer.audio import CHANNELS, SAMPLE_RATE, TrackBuffer, sound_of_pcm
from onstage.composer.picture import Picture
from onstage.composer.stage import Actor, Feed, Stage

LEVEL_ATTRIBUTE = "onstage.level"
ON_STAGE = "stage"
RETRY_EVERY_S = 0.5
TOKEN_LASTS_S = 50.0
"""Engine tokens live a minute; after that only a new composer gets a new one (design §10.10)."""
SMALL_TILE_SHARE = 0.5
"""Of the canvas' height: tiles up to this are fed with the middle simulcast layer."""
_PICTURE_QUEUE = 2
_log = structlog.get_logger(__name__)

_SOUNDS = (rtc.TrackSource.SOURCE_MICROPHONE, rtc.TrackSource.SOURCE_SCREENSHARE_AUDIO)
_TURNS: dict[int, int] = {
    int(rtc.VideoRotation.VIDEO_ROTATION_90): 1,
    int(rtc.VideoRotation.VIDEO_ROTATION_180): 2,
    int(rtc.VideoRotation.VIDEO_ROTATION_270): 3,
}


class Source:
    """Keeps a `Stage` like the engine's room, from `start` to `stop`."""

    def __init__(self, url: str, token: str, stage: Stage, on_lost: Callable[[str], None]) -> None:
        """Prepare.

        Args:
            url: The engine's WebSocket URL.
            token: To join with; used again while it is valid.
            stage: What to keep.
            on_lost: Called once, on our thread, when the engine can't be reached with this token any more.
        """
        self._url = url
        self._token = token
        self._stage = stage
        self._on_lost = on_lost
        self._began_s = time.monotonic()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="engine", daemon=True)
        self._room: rtc.Room | None = None
        self._readers: dict[str, asyncio.Task[None]] = {}
        self._gone = asyncio.Event()
        self._wants_small = False

    def start(self) -> None:
        """Join, on our own thread."""
        self._thread.start()

    def stop(self) -> None:
        """Leave, as far as that goes quickly."""
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(timeout=1.0)

    def fit_layers(self, *, small: bool) -> None:
        """Ask for the middle layer of every camera when tiles are small, else for the best."""
        if small != self._wants_small:
            self._wants_small = small
            self._loop.call_soon_threadsafe(self._ask_for_layers)

    def _run(self) -> None:
        self._loop.create_task(self._stay())
        self._loop.run_forever()

    async def _stay(self) -> None:
        """Join, and join again when the connection is lost, while the token is valid."""
        reason = "the engine could not be reached"
        while time.monotonic() - self._began_s < TOKEN_LASTS_S or self._room is not None:
            try:
                await self._join()
                await self._gone.wait()
                reason = "the engine's connection was lost"
            except rtc.ConnectError as error:
                _log.warning("engine_join_failed", error=type(error).__name__)
            self._leave()
            await asyncio.sleep(RETRY_EVERY_S)
        self._on_lost(reason)

    async def _join(self) -> None:
        self._gone.clear()
        room = rtc.Room(loop=self._loop)
        self._room = room
        room.on("participant_connected", self._on_participant)
        room.on("participant_disconnected", lambda person: self._stage.remove(person.identity))
        room.on("participant_attributes_changed", lambda _changed, person: self._on_participant(person))
        room.on("participant_name_changed", lambda person, *_names: self._on_participant(person))
        room.on("track_subscribed", self._on_subscribed)
        room.on("track_unsubscribed", self._on_unsubscribed)
        room.on("track_muted", lambda person, publication: self._on_mute(person, publication, muted=True))
        room.on("track_unmuted", lambda person, publication: self._on_mute(person, publication, muted=False))
        room.on("active_speakers_changed", lambda people: self._stage.heard([one.identity for one in people]))
        room.on("disconnected", lambda *_reason: self._gone.set())
        await room.connect(self._url, self._token, rtc.RoomOptions(auto_subscribe=True))
        for person in room.remote_participants.values():
            self._on_participant(person)

    def _leave(self) -> None:
        for reader in self._readers.values():
            reader.cancel()
        self._readers.clear()
        self._room = None
        self._stage.clear()

    def _change(self, person: rtc.Participant, how: Callable[[Actor], None]) -> None:
        joined_at = person.joined_at.timestamp() if person.joined_at is not None else time.time()
        self._stage.change(person.identity, how, name=person.name, joined_at=joined_at)

    def _on_participant(self, person: rtc.Participant) -> None:
        if person is self._local:
            return

        def update(actor: Actor) -> None:
            actor.name = person.name
            actor.is_staged = person.attributes.get(LEVEL_ATTRIBUTE) == ON_STAGE

        self._change(person, update)

    @property
    def _local(self) -> rtc.Participant | None:
        return None if self._room is None else self._room.local_participant

    def _on_subscribed(
        self, track: rtc.Track, publication: rtc.RemoteTrackPublication, person: rtc.RemoteParticipant
    ) -> None:
        self._on_participant(person)
        if isinstance(track, rtc.RemoteVideoTrack):
            feed = Feed()
            feed.is_muted = publication.muted
            is_screen = publication.source == rtc.TrackSource.SOURCE_SCREENSHARE
            self._change(person, lambda actor: _set_feed(actor, feed, is_screen=is_screen))
            self._ask_for_layer(publication)
            self._read(publication.sid, _read_pictures(track, feed))
        elif publication.source in _SOUNDS:
            buffer = TrackBuffer()
            self._change(person, lambda actor: actor.sounds.__setitem__(publication.sid, buffer))
            self._read(publication.sid, _read_sound(track, buffer))

    def _read(self, sid: str, reading: Coroutine[Any, Any, None]) -> None:
        self._readers[sid] = self._loop.create_task(reading)

    def _on_unsubscribed(
        self, track: rtc.Track, publication: rtc.RemoteTrackPublication, person: rtc.RemoteParticipant
    ) -> None:
        reader = self._readers.pop(publication.sid, None)
        if reader is not None:
            reader.cancel()
        if isinstance(track, rtc.RemoteVideoTrack):
            is_screen = publication.source == rtc.TrackSource.SOURCE_SCREENSHARE
            self._change(person, lambda actor: _set_feed(actor, None, is_screen=is_screen))
        else:
            self._change(person, lambda actor: _drop_sound(actor, publication.sid))

    def _on_mute(self, person: rtc.Participant, publication: rtc.TrackPublication, *, muted: bool) -> None:
        def mute(actor: Actor) -> None:
            is_screen = publication.source == rtc.TrackSource.SOURCE_SCREENSHARE
            feed = actor.screen if is_screen else actor.camera
            if publication.kind == rtc.TrackKind.KIND_VIDEO and feed is not None:
                feed.clear()
                feed.is_muted = muted

        self._change(person, mute)

    def _ask_for_layers(self) -> None:
        people = [] if self._room is None else self._room.remote_participants.values()
        for person in people:
            for publication in person.track_publications.values():
                self._ask_for_layer(publication)

    def _ask_for_layer(self, publication: rtc.RemoteTrackPublication) -> None:
        is_camera = publication.source == rtc.TrackSource.SOURCE_CAMERA
        if is_camera and publication.subscribed and publication.simulcasted:
            wanted = rtc.VideoQuality.VIDEO_QUALITY_MEDIUM if self._wants_small else rtc.VideoQuality.VIDEO_QUALITY_HIGH
            publication.set_video_quality(wanted)


def _set_feed(actor: Actor, feed: Feed | None, *, is_screen: bool) -> None:
    if is_screen:
        actor.screen = feed
    else:
        actor.camera = feed


def _drop_sound(actor: Actor, sid: str) -> None:
    actor.sounds.pop(sid, None)


async def _read_pictures(track: rtc.Track, feed: Feed) -> None:
    stream = rtc.VideoStream(track, capacity=_PICTURE_QUEUE, format=rtc.VideoBufferType.I420)
    try:
        async for event in stream:
            picture = Picture.of_buffer(event.frame.data, event.frame.width, event.frame.height)
            feed.put(picture.turned(_TURNS.get(int(event.rotation), 0)), time.monotonic())
    finally:
        await stream.aclose()


async def _read_sound(track: rtc.Track, buffer: TrackBuffer) -> None:
    stream = rtc.AudioStream(track, sample_rate=SAMPLE_RATE, num_channels=CHANNELS)
    try:
        async for event in stream:
            buffer.put(sound_of_pcm(event.frame.data.tobytes(), event.frame.num_channels))
    finally:
        await stream.aclose()
