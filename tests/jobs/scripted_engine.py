"""An engine that does what the test says: for the days a real one does not have on demand."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from datetime import UTC, datetime

from onstage.errors import ErrorCode, OnstageError
from onstage.media.engine import EngineEvent, EngineGrant, EngineParticipant
from onstage.model.role import Level

_JOINED_AT = datetime(2026, 1, 1, tzinfo=UTC)


class ScriptedEngine:
    """Implements `onstage.media.engine.Engine`: writes every call down, and tells what it is given to tell."""

    internal_url = "ws://engine.test"
    proxy_target = None
    can_unhide_live = True

    def __init__(self) -> None:
        self.calls: list[tuple[str, str]] = []  # what, to whom; also those that failed
        self.grants: list[EngineGrant] = []  # every permission that was set
        self.connected: dict[str, list[str]] = {}  # identities by room
        self.is_away = False
        self.is_slow = False  # answers only to `answer`
        self._waiting: list[asyncio.Future[None]] = []
        self._is_awaited = False
        self._events: asyncio.Queue[EngineEvent] = asyncio.Queue()

    def tell(self, *events: EngineEvent) -> None:
        """Let the reader hear of these."""
        for event in events:
            self._events.put_nowait(event)

    @property
    def is_read(self) -> bool:
        """Whether the reader has done with all it was told."""
        return self._is_awaited and self._events.empty()

    def connect(self, room: str, *identities: str) -> None:
        """From now on they are in, as far as calls go."""
        self.connected.setdefault(room, []).extend(identities)

    def answer(self) -> None:
        """Answer the call that has waited longest."""
        self._waiting.pop(0).set_result(None)

    def asked(self, what: str) -> list[str]:
        """To whom that was done, call by call."""
        return [whom for call, whom in self.calls if call == what]

    async def _answer(self, what: str, whom: str) -> None:
        self.calls.append((what, whom))
        if self.is_slow:
            self._waiting.append(asyncio.get_running_loop().create_future())
            await self._waiting[-1]
        if self.is_away:
            raise OnstageError(ErrorCode.ENGINE_UNAVAILABLE)

    def access_token(self, grant: EngineGrant) -> str:
        return f"token of {grant.name}"

    async def update_permission(self, grant: EngineGrant) -> None:
        await self._answer("update_permission", grant.identity)
        if grant.identity not in self.connected.get(grant.room, []):
            raise OnstageError(ErrorCode.PARTICIPANT_NOT_FOUND)
        self.grants.append(grant)

    async def mute(self, room: str, identity: str, track_id: str) -> None:
        await self._answer("mute", identity)

    async def remove(self, room: str, identity: str) -> None:
        await self._answer("remove", identity)
        if identity in self.connected.get(room, []):
            self.connected[room].remove(identity)

    async def list_participants(self, room: str) -> list[EngineParticipant]:
        await self._answer("list_participants", room)
        return [in_engine(room, identity) for identity in self.connected.get(room, [])]

    async def end_room(self, room: str) -> None:
        await self._answer("end_room", room)
        self.connected.pop(room, None)

    async def send_data(
        self, room: str, payload: bytes, *, topic: str, identities: Sequence[str] | None = None
    ) -> None:
        await self._answer("send_data", room)

    def look_at(self, room: str) -> None:
        self.calls.append(("look_at", room))

    async def watch(self, room: str) -> None:
        await self._answer("watch", room)

    async def unwatch(self, room: str) -> None:
        await self._answer("unwatch", room)

    async def events(self) -> AsyncIterator[EngineEvent]:
        while True:
            self._is_awaited = True
            event = await self._events.get()
            self._is_awaited = False
            yield event

    async def start(self) -> None:
        """Nothing to start."""

    async def stop(self) -> None:
        """Nothing to stop."""


def in_engine(room: str, identity: str, level: Level = Level.STAGE) -> EngineParticipant:
    """Somebody as the engine has them."""
    return EngineParticipant(
        room=room,
        identity=identity,
        connection_id=f"connection of {identity}",
        name=identity,
        level=level,
        role="guest",
        is_hidden=level is not Level.STAGE,
        joined_at=_JOINED_AT,
    )
