"""People who cost little: they send pre-encoded films and tones, with the official SDK, in a process of their own.

python -m bench.cheap_people URL TOKEN…    until SIGTERM; there are four cameras, which people share out in turn

Into the file that SENT_LOG names, if it does, goes a line for each picture: monotonic seconds, whose, its number.

The first one's tone sounds only for a moment after each keyframe of their film: what shows how far sound and
picture are apart in the composition.
"""

import asyncio
import itertools
import os
import signal
import sys
import time
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import TextIO

import numpy as np
import uvloop
from livekit import rtc

from bench.reels import CAMERAS, FRAME_RATE, FRAMES, KEYFRAME_EVERY, Camera, Frame, reel

SENT_LOG = "CHEAP_PEOPLE_SENT_LOG"
TONES_HZ = (1000, *range(400, 1000, 100), *range(1100, 2000, 100))
BEEP_S = 0.2
READY = "publishing"
_RATE = 48_000
_SOUND_FRAME = 480
_LOUDNESS = 5_000
_CODECS = {"h264": rtc.VideoCodec.H264, "vp8": rtc.VideoCodec.VP8}
_PHASE_S = 0.0083  # cameras are not in step with each other


class CheapPerson:
    """Publishes one film and one tone."""

    def __init__(
        self, camera: Camera, film: list[Frame], tone_hz: int, *, beeps: bool, note_sent: Callable[[int], None]
    ) -> None:
        self._camera = camera
        self._reel = film
        self._tone_hz = tone_hz
        self._beeps = beeps
        self._note_sent = note_sent
        self._beep_until_s = 0.0
        self._room = rtc.Room()
        self._tasks: list[asyncio.Task[None]] = []

    async def start(self, url: str, token: str) -> None:
        """Join and publish."""
        await self._room.connect(url, token, rtc.RoomOptions(auto_subscribe=False))
        film = rtc.EncodedVideoSource(self._camera.width, self._camera.height)
        sound = rtc.AudioSource(_RATE, 1, queue_size_ms=0)
        await self._room.local_participant.publish_track(
            rtc.LocalVideoTrack.create_video_track("camera", film),
            rtc.TrackPublishOptions(
                source=rtc.TrackSource.SOURCE_CAMERA,
                video_codec=_CODECS[self._camera.codec],
                video_encoder=rtc.VideoEncoderBackend.ENCODER_BACKEND_PRE_ENCODED,
                simulcast=False,
            ),
        )
        await self._room.local_participant.publish_track(
            rtc.LocalAudioTrack.create_audio_track("microphone", sound),
            rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE, dtx=False),
        )
        self._tasks = [asyncio.create_task(self._show(film)), asyncio.create_task(self._play(sound))]

    async def stop(self) -> None:
        """Leave."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._room.disconnect()

    async def _show(self, film: rtc.EncodedVideoSource) -> None:
        began, sent, number = time.monotonic(), 0, 0
        while True:
            if film.take_feedback().keyframe_requested:
                number = -(-number // KEYFRAME_EVERY) * KEYFRAME_EVERY % FRAMES  # as a camera's encoder would
            self._send(film, number)
            self._note_sent(number)
            number = (number + 1) % FRAMES
            sent += 1
            await asyncio.sleep(began + sent / FRAME_RATE - time.monotonic())

    def _send(self, film: rtc.EncodedVideoSource, number: int) -> None:
        frame = self._reel[number]
        if frame.is_key:
            self._beep_until_s = time.monotonic() + BEEP_S
        kind = rtc.EncodedFrameType.ENCODED_FRAME_KEY if frame.is_key else rtc.EncodedFrameType.ENCODED_FRAME_DELTA
        film.capture_frame(
            rtc.EncodedVideoFrame(
                data=frame.data,
                width=self._camera.width,
                height=self._camera.height,
                codec=_CODECS[self._camera.codec],
                frame_type=kind,
                timestamp_us=time.monotonic_ns() // 1000,
            )
        )

    async def _play(self, sound: rtc.AudioSource) -> None:
        began, count = time.monotonic(), 0
        turn = 2 * np.pi * self._tone_hz / _RATE
        while True:
            is_heard = not self._beeps or time.monotonic() < self._beep_until_s
            wave = np.sin((np.arange(_SOUND_FRAME) + count) * turn) * (_LOUDNESS if is_heard else 0)
            await sound.capture_frame(rtc.AudioFrame(wave.astype(np.int16).tobytes(), _RATE, 1, _SOUND_FRAME))
            count += _SOUND_FRAME
            await asyncio.sleep(began + count / _RATE - time.monotonic())


def _sent_log() -> TextIO:
    return Path(os.environ.get(SENT_LOG, os.devnull)).open("w", buffering=1)  # as long as we live


async def play(url: str, tokens: list[str]) -> None:
    """Everybody publishes until SIGTERM."""
    told = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, told.set)
    with ProcessPoolExecutor(2) as pool:
        reels = list(pool.map(reel, CAMERAS))
    log = _sent_log()

    def note_sent(whose: int, number: int) -> None:
        log.write(f"{time.monotonic()} {whose} {number}\n")

    people = [
        CheapPerson(camera, reel, hz, beeps=index == 0, note_sent=partial(note_sent, index))
        for index, (camera, reel, hz, _) in enumerate(
            zip(itertools.cycle(CAMERAS), itertools.cycle(reels), TONES_HZ, tokens, strict=False)
        )
    ]
    for person, token in zip(people, tokens, strict=True):
        await person.start(url, token)
        await asyncio.sleep(_PHASE_S)
    print(READY, flush=True)
    await told.wait()
    await asyncio.gather(*(person.stop() for person in people))


if __name__ == "__main__":
    uvloop.run(play(sys.argv[1], sys.argv[2:]))
