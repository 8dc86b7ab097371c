"""Synthetic people in a process of their own: the official SDK publishes their beat, as flashes and beeps.

python -m tests.support.content.people BASE_URL    looks and tokens as JSON in the first line of standard input, then
commands: `join ann`, `leave ann`, `mute ann`, `unmute ann`, `camera ann 480 640`; each is answered when it is done.
"""

import asyncio
import json
import sys
import time
from collections.abc import Callable
from typing import Any

import httpx
import numpy as np
import numpy.typing as npt
from livekit import rtc

from tests.support.content import beat
from tests.support.content.hearing import LOUDNESS, SAMPLE_RATE
from tests.support.content.looks import BRIGHT, DARK, Look

CAMERA = (320, 180)
_SOUND_FRAME = SAMPLE_RATE // 100
_EDGE_S = 0.003  # a tone that begins at once is heard at every other tone, too
_VIDEO = rtc.VideoEncoding(max_framerate=beat.FRAME_RATE, max_bitrate=600_000)


class Person:
    """One of them; everybody has the beat of the process."""

    def __init__(self, look: Look, token: str, began_s: float) -> None:
        self.camera = CAMERA
        self._look = look
        self._token = token
        self._began_s = began_s
        self._room = rtc.Room()
        self._microphone: rtc.LocalAudioTrack | None = None
        self._tasks: list[asyncio.Task[None]] = []

    async def join(self, base_url: str) -> None:
        """Join the show by its API, and publish."""
        async with httpx.AsyncClient(base_url=base_url) as http:
            answer = (await http.post("/v1/join", json={"token": self._token})).raise_for_status()
        engine = answer.json()["engine"]
        self._room = rtc.Room()
        await self._room.connect(engine["url"], engine["token"], rtc.RoomOptions(auto_subscribe=False))
        if self._look.has_camera:
            await self._publish_video(rtc.TrackSource.SOURCE_CAMERA, self._look.chroma)
        if self._look.screen_chroma is not None:
            await self._publish_video(rtc.TrackSource.SOURCE_SCREENSHARE, self._look.screen_chroma)
        if self._look.has_microphone:
            await self._publish_sound()

    async def leave(self) -> None:
        """Stop, and go."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []
        await self._room.disconnect()

    def mute(self, *, is_muted: bool) -> None:
        """Their own microphone."""
        assert self._microphone is not None, "they have one"
        if is_muted:
            self._microphone.mute()
        else:
            self._microphone.unmute()

    async def _publish_video(self, source: rtc.TrackSource.ValueType, chroma: tuple[int, int]) -> None:
        film = rtc.VideoSource(*self.camera)
        track = rtc.LocalVideoTrack.create_video_track(rtc.TrackSource.Name(source), film)
        options = rtc.TrackPublishOptions(source=source, simulcast=False, video_encoding=_VIDEO)
        await self._room.local_participant.publish_track(track, options)
        self._tasks.append(asyncio.create_task(self._film(film, chroma)))

    async def _publish_sound(self) -> None:
        sound = rtc.AudioSource(SAMPLE_RATE, 1, queue_size_ms=0)  # a queue would make the sound late
        self._microphone = rtc.LocalAudioTrack.create_audio_track("microphone", sound)
        options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE, dtx=False)
        await self._room.local_participant.publish_track(self._microphone, options)
        self._tasks.append(asyncio.create_task(self._sing(sound)))

    async def _film(self, film: rtc.VideoSource, chroma: tuple[int, int]) -> None:
        number = self._now(beat.FRAME_RATE)
        while True:
            film.capture_frame(_frame(self.camera, chroma, is_bright=beat.is_flash(number)))
            number = max(number + 1, self._now(beat.FRAME_RATE))
            await asyncio.sleep(self._began_s + number / beat.FRAME_RATE - time.monotonic())

    async def _sing(self, sound: rtc.AudioSource) -> None:
        number = self._now(100)
        while True:
            samples = (_samples(number, self._look.tone_hz) * 32_767).astype(np.int16)
            await sound.capture_frame(rtc.AudioFrame(samples.tobytes(), SAMPLE_RATE, 1, _SOUND_FRAME))
            number += 1
            await asyncio.sleep(self._began_s + number / 100 - time.monotonic())

    def _now(self, rate: int) -> int:
        return int((time.monotonic() - self._began_s) * rate)


def _frame(size: tuple[int, int], chroma: tuple[int, int], *, is_bright: bool) -> rtc.VideoFrame:
    width, height = size
    quarter = width * height // 4
    luma = bytes([BRIGHT if is_bright else DARK]) * (width * height)
    planes = luma + bytes([chroma[0]]) * quarter + bytes([chroma[1]]) * quarter
    return rtc.VideoFrame(width, height, rtc.VideoBufferType.I420, planes)


def _samples(number: int, hz: int) -> npt.NDArray[np.float64]:
    """The sound of ten milliseconds."""
    since_s = beat.beep_at(number)
    if since_s is None:
        return np.zeros(_SOUND_FRAME)
    at = since_s + np.arange(_SOUND_FRAME) / SAMPLE_RATE
    edge = np.clip(np.minimum(at, beat.BEEP_S - at) / _EDGE_S, 0, 1)
    return np.asarray(LOUDNESS * edge * np.sin(2 * np.pi * hz * at))


class People:
    """Everybody, by identity, and what they are told."""

    def __init__(self, base_url: str, cast: list[dict[str, Any]]) -> None:
        began_s = time.monotonic()
        self._base_url = base_url
        looks = [(Look.of(one["look"]), one["token"]) for one in cast]
        self._people = {look.identity: Person(look, token, began_s) for look, token in looks}

    async def do(self, command: str, identity: str, *arguments: str) -> None:
        """One command."""
        person = self._people[identity]
        match command:
            case "join":
                await person.join(self._base_url)
            case "leave":
                await person.leave()
            case "mute" | "unmute":
                person.mute(is_muted=command == "mute")
            case "camera":
                person.camera = (int(arguments[0]), int(arguments[1]))
            case other:
                raise ValueError(f"there is no command {other}")


async def main(base_url: str, read_line: Callable[[], str] = sys.stdin.readline) -> None:
    """Follow commands until the end of file; then the process ends, and everybody with it."""
    people = People(base_url, json.loads(await asyncio.to_thread(read_line)))
    while line := await asyncio.to_thread(read_line):
        await people.do(*line.split())
        print("done", line.strip(), flush=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
