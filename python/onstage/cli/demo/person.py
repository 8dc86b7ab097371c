"""A synthetic person: a moving picture with name and clock, and a tone of their own."""

import asyncio
import contextlib
import time
from dataclasses import dataclass

import numpy as np
from livekit import rtc
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from onstage.cli.demo import clock_code

WIDTH, HEIGHT, FRAME_RATE = 640, 360, 30
ASPECT = WIDTH / HEIGHT
_SAMPLE_RATE = 48_000
_AUDIO_FRAME = _SAMPLE_RATE // 100
_LOUDNESS = 4_000  # of 32 767: audible, and four of them together far from the limit
_VIDEO_BPS = 900_000
_TEXT_WIDTH, _TEXT_HEIGHT, _TEXT_TOP = 320, 96, 132
_BALL = 40


@dataclass(frozen=True, slots=True)
class Look:
    """How a person looks and sounds: BT.709 colour (Y, U, V) and a tone in Hz."""

    name: str
    colour: tuple[int, int, int]
    tone_hz: float


class Painter:
    """Draws a person's frames, as I420."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self._frame: NDArray[np.uint8] = np.empty(WIDTH * HEIGHT * 3 // 2, np.uint8)
        self._luma = self._frame[: WIDTH * HEIGHT].reshape(HEIGHT, WIDTH)
        chroma = WIDTH * HEIGHT // 4
        self._frame[WIDTH * HEIGHT :][:chroma] = look.colour[1]
        self._frame[WIDTH * HEIGHT + chroma :] = look.colour[2]
        shade = np.linspace(-24, 24, HEIGHT).reshape(HEIGHT, 1)
        self._background = np.broadcast_to(np.clip(look.colour[0] + shade, 16, 235), (HEIGHT, WIDTH)).astype(np.uint8)
        self._font = ImageFont.load_default(34)

    def paint(self, time_s: float) -> NDArray[np.uint8]:
        """The frame of that wall time; the same buffer each time."""
        self._luma[:] = self._background
        self._paint_ball(time_s)
        self._paint_text(time_s)
        clock_code.draw(self._luma, time_s)
        return self._frame

    def _paint_ball(self, time_s: float) -> None:
        """Something that moves evenly, so that a lost or repeated picture is seen."""
        x = int((np.sin(time_s * 1.3) + 1) / 2 * (WIDTH - _BALL))
        self._luma[HEIGHT - 2 * _BALL : HEIGHT - _BALL, x : x + _BALL] = 235

    def _paint_text(self, time_s: float) -> None:
        text = Image.new("L", (_TEXT_WIDTH, _TEXT_HEIGHT))
        draw = ImageDraw.Draw(text)
        clock = time.strftime("%H:%M:%S", time.gmtime(time_s)) + f".{int(time_s * 10) % 10}"
        draw.text((_TEXT_WIDTH // 2, 24), self._look.name, 255, self._font, anchor="mm")
        draw.text((_TEXT_WIDTH // 2, 70), clock, 255, self._font, anchor="mm")
        left = (WIDTH - _TEXT_WIDTH) // 2
        area = self._luma[_TEXT_TOP : _TEXT_TOP + _TEXT_HEIGHT, left : left + _TEXT_WIDTH]
        np.maximum(area, np.asarray(text), out=area)


class Person:
    """Publishes a look into a room, from `start` to `stop`."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self._painter = Painter(look)
        self._room: rtc.Room | None = None
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self, url: str, token: str) -> None:
        """Join with the official SDK, and publish."""
        self._room = rtc.Room()
        await self._room.connect(url, token, rtc.RoomOptions(auto_subscribe=False))
        video, audio = rtc.VideoSource(WIDTH, HEIGHT), rtc.AudioSource(_SAMPLE_RATE, 1)
        camera = rtc.LocalVideoTrack.create_video_track("camera", video)
        microphone = rtc.LocalAudioTrack.create_audio_track("microphone", audio)
        encoding = rtc.VideoEncoding(max_framerate=FRAME_RATE, max_bitrate=_VIDEO_BPS)
        as_camera = rtc.TrackPublishOptions(
            source=rtc.TrackSource.SOURCE_CAMERA, video_encoding=encoding, simulcast=False
        )
        as_microphone = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)
        await self._room.local_participant.publish_track(camera, as_camera)
        await self._room.local_participant.publish_track(microphone, as_microphone)
        self._tasks = [asyncio.create_task(self._show(video)), asyncio.create_task(self._sound(audio))]

    async def stop(self) -> None:
        """Leave."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        if self._room is not None:
            with contextlib.suppress(Exception):  # already cut by the server: gone is gone
                await self._room.disconnect()
            self._room = None

    async def _show(self, source: rtc.VideoSource) -> None:
        began, count = time.monotonic(), 0
        while True:
            frame = self._painter.paint(time.time())
            source.capture_frame(rtc.VideoFrame(WIDTH, HEIGHT, rtc.VideoBufferType.I420, frame.tobytes()))
            count = max(count + 1, int((time.monotonic() - began) * FRAME_RATE))
            await asyncio.sleep(began + count / FRAME_RATE - time.monotonic())

    async def _sound(self, source: rtc.AudioSource) -> None:
        turn = 2 * np.pi * self._look.tone_hz / _SAMPLE_RATE
        count = 0
        while True:
            samples = np.sin((np.arange(_AUDIO_FRAME) + count) * turn) * _LOUDNESS
            data = samples.astype(np.int16).tobytes()
            await source.capture_frame(rtc.AudioFrame(data, _SAMPLE_RATE, 1, _AUDIO_FRAME))  # waits when it is full
            count += _AUDIO_FRAME
