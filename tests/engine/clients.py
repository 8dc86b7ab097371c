"""The official clients, behind one face, so that each conformance script runs with both."""

import asyncio
import math
import struct
from abc import ABC, abstractmethod
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

from livekit import rtc
from playwright.async_api import Error as PageError
from playwright.async_api import Page

from tests.support.waiting import EventLog

RED = (200, 30, 30)
_WIDTH, _HEIGHT, _FRAMES_PER_S = 320, 240, 15
_SAMPLES_PER_S, _SAMPLES = 48_000, 480

_SOURCE_NAMES = {
    rtc.TrackSource.SOURCE_CAMERA: "camera",
    rtc.TrackSource.SOURCE_MICROPHONE: "microphone",
    rtc.TrackSource.SOURCE_SCREENSHARE: "screen_share",
    rtc.TrackSource.SOURCE_SCREENSHARE_AUDIO: "screen_share_audio",
}
_SOURCE_NUMBERS = {name: number for number, name in _SOURCE_NAMES.items()}


class JoinRefusedError(Exception):
    """The engine did not let this client in."""


@dataclass(frozen=True, slots=True)
class Seen:
    """Something a client saw. `kind` is one of: joined, left, published, unpublished, subscribed, unsubscribed, muted,
    unmuted, frame (the first one decoded), data, speakers, permission, reconnecting, disconnected.
    """

    kind: str
    identity: str = ""
    detail: str = ""
    rgb: tuple[int, int, int] | None = None  # of the middle of the picture


class Client(ABC):
    """One person's client."""

    def __init__(self, identity: str) -> None:
        self.identity = identity
        self.log: EventLog[Seen] = EventLog()

    async def sees(self, kind: str, identity: str = "", detail: str | None = None, *, after: int = 0) -> Seen:
        """Wait until the client has seen that."""

        def matches(one: Seen) -> bool:
            return one.kind == kind and one.identity == identity and detail in {None, one.detail}

        return await self.log.first(matches, after=after, what=f"{self.identity} to see {kind} {identity} {detail}")

    def has_seen(self, kind: str, identity: str = "") -> bool:
        return any(one.kind == kind and one.identity == identity for one in self.log.seen)

    @abstractmethod
    async def join(self, url: str, token: str) -> None:
        """Connect. Raises JoinRefusedError."""

    @abstractmethod
    async def publish(self, source: str) -> str:
        """Publish a moving picture or a sound. Gives the track's id."""

    @abstractmethod
    async def set_muted(self, track_id: str, *, is_muted: bool) -> None:
        """Mute or unmute a track of one's own."""

    @abstractmethod
    async def people(self) -> list[str]:
        """Identities of the others it shows, sorted."""

    @abstractmethod
    async def leave(self) -> None:
        """Disconnect."""


class PythonClient(Client):
    """The `livekit` package."""

    def __init__(self, identity: str) -> None:
        super().__init__(identity)
        self._room = rtc.Room()
        self._tasks: list[asyncio.Task[None]] = []
        self._tracks: dict[str, rtc.LocalAudioTrack | rtc.LocalVideoTrack] = {}
        self._listen()

    async def join(self, url: str, token: str) -> None:
        try:
            await self._room.connect(url, token)
        except rtc.ConnectError as error:
            raise JoinRefusedError(error.message) from error
        for who in self._room.remote_participants.values():
            self._tell("joined", who)
            for publication in who.track_publications.values():
                self._tell("published", who, publication)

    async def publish(self, source: str) -> str:
        track: rtc.LocalAudioTrack | rtc.LocalVideoTrack
        if source == "microphone":
            audio = rtc.AudioSource(_SAMPLES_PER_S, 1)
            track = rtc.LocalAudioTrack.create_audio_track(source, audio)
            self._run(_sound(audio))
        else:
            video = rtc.VideoSource(_WIDTH, _HEIGHT)
            track = rtc.LocalVideoTrack.create_video_track(source, video)
            self._run(_picture(video))
        options = rtc.TrackPublishOptions(source=_SOURCE_NUMBERS[source], simulcast=False)
        publication = await self._room.local_participant.publish_track(track, options)
        self._tracks[publication.sid] = track
        return publication.sid

    async def set_muted(self, track_id: str, *, is_muted: bool) -> None:
        track = self._tracks[track_id]
        if is_muted:
            track.mute()
        else:
            track.unmute()

    async def people(self) -> list[str]:
        return sorted(self._room.remote_participants)

    async def leave(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._room.disconnect()

    async def media_paths(self) -> list[list[str]]:
        """Ours and the engine's address of each path that media takes."""
        stats = await self._room.get_rtc_stats()
        reports = [*stats.publisher_stats, *stats.subscriber_stats]
        ends = {
            one.local_candidate.rtc.id or one.remote_candidate.rtc.id: one.local_candidate.candidate.address
            or one.remote_candidate.candidate.address
            for one in reports
            if one.WhichOneof("stats") in {"local_candidate", "remote_candidate"}
        }
        pairs = [one.candidate_pair.candidate_pair for one in reports if one.WhichOneof("stats") == "candidate_pair"]
        used = [pair for pair in pairs if pair.nominated and pair.bytes_received]
        return sorted([ends.get(pair.local_candidate_id, ""), ends.get(pair.remote_candidate_id, "")] for pair in used)

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        self._tasks.append(asyncio.create_task(work))

    def _tell(
        self,
        kind: str,
        who: rtc.Participant | None = None,
        publication: rtc.TrackPublication | None = None,
        detail: str = "",
    ) -> None:
        source = _SOURCE_NAMES.get(publication.source, "unknown") if publication is not None else detail
        self.log.add(Seen(kind, who.identity if who is not None else "", source))

    def _listen(self) -> None:
        room = self._room
        room.on("participant_connected", lambda who: self._tell("joined", who))
        room.on("participant_disconnected", lambda who: self._tell("left", who))
        room.on("track_published", lambda publication, who: self._tell("published", who, publication))
        room.on("track_unpublished", lambda publication, who: self._tell("unpublished", who, publication))
        room.on("track_muted", lambda who, publication: self._tell("muted", who, publication))
        room.on("track_unmuted", lambda who, publication: self._tell("unmuted", who, publication))
        room.on("track_subscribed", self._on_subscribed)
        room.on("track_unsubscribed", lambda _track, publication, who: self._tell("unsubscribed", who, publication))
        room.on("active_speakers_changed", self._on_speakers)
        room.on("data_received", self._on_data)
        room.on("participant_permissions_changed", self._on_permissions)
        room.on("reconnecting", lambda: self._tell("reconnecting"))
        room.on("disconnected", self._on_disconnected)

    def _on_subscribed(
        self, track: rtc.RemoteTrack, publication: rtc.RemoteTrackPublication, who: rtc.RemoteParticipant
    ) -> None:
        self._tell("subscribed", who, publication)
        if isinstance(track, rtc.RemoteVideoTrack):
            self._run(self._watch(track, who.identity))

    async def _watch(self, track: rtc.RemoteVideoTrack, identity: str) -> None:
        stream = rtc.VideoStream(track, format=rtc.VideoBufferType.RGB24)
        async for event in stream:
            frame = event.frame
            middle = 3 * (frame.height // 2 * frame.width + frame.width // 2)
            red, green, blue = frame.data[middle : middle + 3]
            self.log.add(Seen("frame", identity, f"{frame.width}x{frame.height}", (red, green, blue)))
            break
        await stream.aclose()

    def _on_speakers(self, speakers: list[rtc.Participant]) -> None:
        self._tell("speakers", detail=",".join(one.identity for one in speakers))

    def _on_data(self, packet: rtc.DataPacket) -> None:
        self._tell("data", packet.participant, detail=f"{packet.topic}:{packet.data.decode()}")

    def _on_permissions(self, who: rtc.Participant, permissions: Any) -> None:
        if who.identity == self.identity:
            self._tell("permission", who, detail="publish" if permissions.can_publish else "listen")

    def _on_disconnected(self, reason: rtc.DisconnectReason.ValueType) -> None:
        self._tell("disconnected", detail=rtc.DisconnectReason.Name(reason).lower())


class BrowserClient(Client):
    """The npm package `livekit-client` in Chromium."""

    def __init__(self, identity: str, page: Page) -> None:
        super().__init__(identity)
        self._page = page

    @classmethod
    async def opened(cls, identity: str, page: Page, url: str) -> "BrowserClient":
        """A client on its own page, served by the engine's origin."""
        client = cls(identity, page)

        def take(_source: object, seen: dict[str, Any]) -> None:
            client.log.add(Seen(seen["kind"], seen["identity"], seen["detail"], tuple(seen["rgb"] or ()) or None))

        await page.expose_binding("report", take)
        await page.goto(f"{url}/client")
        return client

    async def join(self, url: str, token: str) -> None:
        try:
            await self._page.evaluate("([url, token]) => join(url, token)", [url, token])
        except PageError as error:
            raise JoinRefusedError(error.message) from error

    async def publish(self, source: str) -> str:
        return str(await self._page.evaluate("(source) => publish(source)", source))

    async def set_muted(self, track_id: str, *, is_muted: bool) -> None:
        await self._page.evaluate("([sid, isMuted]) => setMuted(sid, isMuted)", [track_id, is_muted])

    async def people(self) -> list[str]:
        return list(await self._page.evaluate("() => seen()"))

    async def leave(self) -> None:
        await self._page.evaluate("() => leave()")


async def _picture(source: rtc.VideoSource) -> None:
    """A plain red picture at a camera's pace, for as long as it is not cancelled."""
    frame = rtc.VideoFrame(_WIDTH, _HEIGHT, rtc.VideoBufferType.RGBA, bytes((*RED, 255)) * (_WIDTH * _HEIGHT))
    while True:
        source.capture_frame(frame)
        await asyncio.sleep(1 / _FRAMES_PER_S)


async def _sound(source: rtc.AudioSource) -> None:
    """A loud tone. `capture_frame` keeps the pace."""
    wave = [int(16_000 * math.sin(2 * math.pi * 500 * n / _SAMPLES_PER_S)) for n in range(_SAMPLES)]
    frame = rtc.AudioFrame(struct.pack(f"<{_SAMPLES}h", *wave), _SAMPLES_PER_S, 1, _SAMPLES)
    while True:
        await source.capture_frame(frame)
