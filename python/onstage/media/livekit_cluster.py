"""The engine that is a LiveKit server or cluster, reached by its API, its webhooks and one observer per watched room.

One class for both ways to run: an outside server (`ONSTAGE_LIVEKIT_URL`), or our own child (`LiveKitServer`).
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from onstage.clock import Clock
from onstage.errors import ErrorCode, OnstageError
from onstage.media import livekit_webhook
from onstage.media.engine import EngineEvent, EngineGrant, EngineParticipant, service_grant
from onstage.media.livekit_calls import LiveKitCalls
from onstage.media.livekit_facts import token_of
from onstage.media.livekit_reports import LiveKitReports
from onstage.media.livekit_server import LiveKitServer
from onstage.media.observer import Observer


@dataclass(frozen=True, slots=True)
class LiveKitAccess:
    """Where a LiveKit server is, and the key pair to it."""

    url: str  # http(s)://… or ws(s)://…
    api_key: str
    api_secret: str

    def __repr__(self) -> str:
        return f"LiveKitAccess(url={self.url!r}, api_key={self.api_key!r}, api_secret=…)"

    @property
    def http_url(self) -> str:
        """For calls."""
        return self.url.replace("ws", "http", 1) if self.url.startswith("ws") else self.url

    @property
    def ws_url(self) -> str:
        """For participants."""
        return self.http_url.replace("http", "ws", 1)


class LiveKitEngine:
    """`Engine` on LiveKit. Findings on which it rests: docs/adr/0001-engine-seam.md."""

    def __init__(self, access: LiveKitAccess, clock: Clock, *, server: LiveKitServer | None = None) -> None:
        self._access = access
        self._clock = clock
        self._server = server
        self._calls_or_none: LiveKitCalls | None = None
        self._observers: dict[str, Observer] = {}
        self._reports = LiveKitReports(
            list_participants=self.list_participants, check=lambda: self._calls.check(), clock=clock
        )

    @classmethod
    def with_own_server(cls, server: LiveKitServer, clock: Clock) -> "LiveKitEngine":
        """An engine that starts `server` at its own start and ends it at its stop."""
        return cls(LiveKitAccess(server.url, server.api_key.key, server.api_key.secret), clock, server=server)

    @property
    def internal_url(self) -> str:
        """See `Engine`."""
        return self._access.ws_url

    @property
    def proxy_target(self) -> str | None:
        """See `Engine`."""
        return self._access.http_url

    @property
    def can_unhide_live(self) -> bool:
        """See `Engine`. True of livekit-server 1.13.5, by the conformance suite."""
        return True

    async def start(self) -> None:
        """See `Engine`. An outside server that does not answer is no obstacle: `EngineDown` tells of it."""
        if self._server is not None:
            self._server.on_down = self._reports.went_down
            self._server.on_up = self._reports.came_up
            await self._server.start()
        self._calls_or_none = LiveKitCalls(self._access.http_url, self._access.api_key, self._access.api_secret)
        self._reports.start()

    async def stop(self) -> None:
        """See `Engine`."""
        await asyncio.gather(*(self.unwatch(room) for room in list(self._observers)))
        await self._reports.stop()
        if self._calls_or_none is not None:
            await self._calls_or_none.close()
        if self._server is not None:
            await self._server.stop()

    def access_token(self, grant: EngineGrant) -> str:
        """See `Engine`."""
        return token_of(grant, self._access.api_key, self._access.api_secret)

    async def update_permission(self, grant: EngineGrant) -> None:
        """See `Engine`."""
        await self._calls.update_permission(grant)

    async def mute(self, room: str, identity: str, track_id: str) -> None:
        """See `Engine`."""
        await self._calls.mute(room, identity, track_id)

    async def remove(self, room: str, identity: str) -> None:
        """See `Engine`."""
        await self._calls.remove(room, identity)

    async def list_participants(self, room: str) -> list[EngineParticipant]:
        """See `Engine`."""
        return await self._calls.list_participants(room)

    async def end_room(self, room: str) -> None:
        """See `Engine`."""
        await self.unwatch(room)
        await self._calls.end_room(room)

    async def send_data(
        self, room: str, payload: bytes, *, topic: str, identities: Sequence[str] | None = None
    ) -> None:
        """See `Engine`."""
        await self._calls.send_data(room, payload, topic=topic, identities=identities)

    def look_at(self, room: str) -> None:
        """See `Engine`."""
        self._reports.saw_change(room)

    async def watch(self, room: str) -> None:
        """See `Engine`. Returns before the observer is in; it reports what it missed."""
        known = self._observers.get(room)
        if known is None or known.is_over:
            grant = service_grant(room, "observer")
            self._observers[room] = Observer(
                room,
                url=self.internal_url,
                token=lambda: self.access_token(grant),
                sightings=self._reports,
                clock=self._clock,
            )

    async def unwatch(self, room: str) -> None:
        """See `Engine`."""
        if observer := self._observers.pop(room, None):
            await observer.stop()

    def events(self) -> AsyncIterator[EngineEvent]:
        """See `Engine`."""
        return self._reports.events()

    async def receive_webhook(self, body: bytes, authorization: str) -> None:
        """Take one webhook of LiveKit's: the request's body and its `Authorization` header.

        Raises:
            OnstageError: `credentials_invalid`, `body_not_json`.
        """
        event = livekit_webhook.verified(
            body, authorization, api_key=self._access.api_key, api_secret=self._access.api_secret
        )
        await self._reports.tell(lambda roster: livekit_webhook.tell(roster, event))

    @property
    def _calls(self) -> LiveKitCalls:
        if self._calls_or_none is None:
            raise OnstageError(ErrorCode.ENGINE_UNAVAILABLE, "The media engine was not started.")
        return self._calls_or_none
