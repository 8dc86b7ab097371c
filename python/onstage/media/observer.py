"""One hidden participant per watched room that sees what webhooks do not tell: mutes and who speaks.

LiveKit tells who speaks only to those who subscribe to the speaker, so it takes the microphones (0.005 core each, in
the SDK's own threads) and nothing else. What it sees of comings and goings is only a hint to look again: after a
reconnect the SDK tells everybody as gone and come.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import Protocol

import structlog
from livekit import rtc

from onstage.clock import Clock

CONNECT_TIMEOUT_S = 5.0
LEAVE_TIMEOUT_S = 2.0
_RETRY_DELAYS_S = (0.2, 0.5, 1.0, 2.0, 5.0)

log = structlog.get_logger(__name__)

# The SDK writes errors for what is normal when a room ends; what fails here is raised, and logged by us.
_SDK_LOG = logging.getLogger("livekit")

# After these there is nothing left to observe; a new `watch` starts again.
_FINAL = frozenset({rtc.DisconnectReason.ROOM_DELETED, rtc.DisconnectReason.ROOM_CLOSED})


class Sightings(Protocol):
    """Who gets what the observer sees. Called on the event loop; must not block."""

    def saw_mute(self, room: str, identity: str, track_id: str, *, is_muted: bool) -> None:
        """A track is muted, or not any more."""
        ...

    def saw_speakers(self, room: str, identities: tuple[str, ...]) -> None:
        """These speak now, loudest first."""
        ...

    def saw_change(self, room: str) -> None:
        """Somebody, or some track, came or went."""
        ...


class Observer:
    """Watches one room until `stop`, through reconnects."""

    def __init__(self, room: str, *, url: str, token: Callable[[], str], sightings: Sightings, clock: Clock) -> None:
        self._room_name = room
        self._url = url
        self._token = token  # asked anew for each connection: tokens live a minute
        self._sightings = sightings
        self._clock = clock
        self._connected = asyncio.Event()
        _SDK_LOG.setLevel(logging.CRITICAL)
        self._task = asyncio.create_task(self._run(), name=f"observer of {room}")

    @property
    def is_over(self) -> bool:
        """Whether its room ended, so that it watches nothing any more."""
        return self._task.done()

    async def connected(self) -> None:
        """Return once it sees the room."""
        await self._connected.wait()

    async def stop(self) -> None:
        """Leave the room."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        failures = 0
        while True:
            try:
                if await self._observe() in _FINAL:
                    return
                failures = 0
            except rtc.ConnectError as error:
                log.warning("observer_not_connected", room=self._room_name, error=str(error))
                failures += 1
            await self._clock.sleep(_RETRY_DELAYS_S[min(failures, len(_RETRY_DELAYS_S) - 1)])

    async def _observe(self) -> int:
        """One connection, to its end. Returns LiveKit's disconnect reason."""
        room = rtc.Room()
        ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self._listen(room, ended)
        options = rtc.RoomOptions(auto_subscribe=False, connect_timeout=CONNECT_TIMEOUT_S)
        connecting = asyncio.ensure_future(room.connect(self._url, self._token(), options))
        try:
            # Shielded: the SDK goes on connecting when it is cancelled, and would leave somebody in the room.
            await asyncio.shield(connecting)
            self._report_all(room)
            self._connected.set()
            return await ended
        finally:
            self._connected.clear()
            await _leave(room, connecting)

    def _listen(self, room: rtc.Room, ended: asyncio.Future[int]) -> None:
        def on_disconnected(reason: int) -> None:
            if not ended.done():
                ended.set_result(reason)

        def on_change(*_: object) -> None:
            self._sightings.saw_change(self._room_name)

        room.on("disconnected", on_disconnected)
        room.on("track_muted", lambda who, publication: self._report_mute(who, publication, is_muted=True))
        room.on("track_unmuted", lambda who, publication: self._report_mute(who, publication, is_muted=False))
        room.on("active_speakers_changed", self._report_speakers)
        room.on("reconnected", lambda: self._report_all(room))
        room.on("track_published", lambda publication, _who: _listen_to(publication))
        for event in _CHANGES:
            room.on(event, on_change)

    def _report_all(self, room: rtc.Room) -> None:
        """What happened while we were not looking."""
        for who in room.remote_participants.values():
            for publication in who.track_publications.values():
                self._report_mute(who, publication, is_muted=publication.muted)
                _listen_to(publication)
        self._sightings.saw_change(self._room_name)

    def _report_mute(self, who: rtc.Participant, publication: rtc.TrackPublication, *, is_muted: bool) -> None:
        self._sightings.saw_mute(self._room_name, who.identity, publication.sid, is_muted=is_muted)

    def _report_speakers(self, speakers: list[rtc.Participant]) -> None:
        self._sightings.saw_speakers(self._room_name, tuple(one.identity for one in speakers))


_CHANGES: tuple[rtc.room.EventTypes, ...] = (
    "participant_connected",
    "participant_disconnected",
    "track_published",
    "track_unpublished",
)


def _listen_to(publication: rtc.RemoteTrackPublication) -> None:
    if publication.kind == rtc.TrackKind.KIND_AUDIO and not publication.subscribed:
        publication.set_subscribed(True)


async def _leave(room: rtc.Room, connecting: asyncio.Future[None]) -> None:
    await asyncio.wait([connecting], timeout=LEAVE_TIMEOUT_S)
    if room.isconnected():
        leaving = asyncio.ensure_future(room.disconnect())
        await asyncio.wait([leaving], timeout=LEAVE_TIMEOUT_S)
