"""People for the composer to film: the official SDK as publisher of one colour and one tone."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import numpy as np
from livekit import rtc
from PIL import Image

from onstage.composer.overlay import planes_of_image
from onstage.media.engine import Engine, EngineGrant
from onstage.model.role import ALL_SOURCES, Level
from tests.composer.media import tone

Colour = tuple[int, int, int]

WIDTH, HEIGHT, FRAME_RATE = 320, 180, 30
_SAMPLE_RATE = 48_000
_CHUNK = 480


class Performer:
    """Somebody on stage; made by `performing`."""

    def __init__(self, room: rtc.Room) -> None:
        self._room = room
        self._tasks: list[asyncio.Task[None]] = []
        self._camera: rtc.LocalVideoTrack | None = None

    async def show(self, colour: Colour) -> None:
        """Publish a camera."""
        source = rtc.VideoSource(WIDTH, HEIGHT)
        self._camera = rtc.LocalVideoTrack.create_video_track("camera", source)
        options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_CAMERA, simulcast=False)
        await self._room.local_participant.publish_track(self._camera, options)
        self._tasks.append(asyncio.create_task(_film(source, colour)))

    async def speak(self, hz: float) -> None:
        """Publish a microphone."""
        source = rtc.AudioSource(_SAMPLE_RATE, 1)
        track = rtc.LocalAudioTrack.create_audio_track("microphone", source)
        options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)
        await self._room.local_participant.publish_track(track, options)
        self._tasks.append(asyncio.create_task(_sing(source, hz)))

    def mute_camera(self, *, is_muted: bool) -> None:
        assert self._camera is not None
        if is_muted:
            self._camera.mute()
        else:
            self._camera.unmute()

    async def change_camera(self, colour: Colour) -> None:
        """Publish another camera, then take the old one away."""
        old = self._camera
        assert old is not None
        await self.show(colour)
        await self._room.local_participant.unpublish_track(old.sid)

    async def leave(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._room.disconnect()


@asynccontextmanager
async def performing(engine: Engine, url: str, room: str, identity: str) -> AsyncIterator[Performer]:
    """Somebody joins the room on stage, until the block ends."""
    grant = EngineGrant(room, identity, identity.title(), Level.STAGE, "host", ALL_SOURCES)
    connection = rtc.Room()
    await connection.connect(url, engine.access_token(grant), rtc.RoomOptions(auto_subscribe=False))
    performer = Performer(connection)
    try:
        yield performer
    finally:
        with contextlib.suppress(Exception):  # may have left already
            await performer.leave()


async def _film(source: rtc.VideoSource, colour: Colour) -> None:
    planes = planes_of_image(Image.new("RGB", (WIDTH, HEIGHT), colour))
    frame = rtc.VideoFrame(WIDTH, HEIGHT, rtc.VideoBufferType.I420, b"".join(plane.tobytes() for plane in planes))
    while True:
        source.capture_frame(frame)
        await asyncio.sleep(1 / FRAME_RATE)


async def _sing(source: rtc.AudioSource, hz: float) -> None:
    sent = 0
    while True:
        samples = (tone(hz, _CHUNK, start=sent, level=0.2) * 32_767).astype(np.int16)
        await source.capture_frame(rtc.AudioFrame(samples.tobytes(), _SAMPLE_RATE, 1, _CHUNK))
        sent += _CHUNK
