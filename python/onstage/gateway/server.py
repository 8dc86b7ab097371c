"""The gateway's WebSocket endpoint: moves frames between a client and its session."""

import asyncio
import contextlib
from collections.abc import Coroutine
from typing import Any, Protocol

import structlog
from pydantic import BaseModel
from starlette.websockets import WebSocket, WebSocketDisconnect, WebSocketState

from onstage.actions.access import ParticipantCaller, authenticate_participant
from onstage.actions.context import Context
from onstage.actions.snapshot import present_participant, take_snapshot
from onstage.clock import Clock
from onstage.errors import ErrorCode, OnstageError
from onstage.gateway import frames
from onstage.gateway.feed import FeedEvent, Feeds, read_after
from onstage.gateway.frames import Hello, Ping, Pong, Request
from onstage.gateway.requests import run_request
from onstage.gateway.send_queue import MOST_DROPPABLE, SendQueue
from onstage.gateway.session import REPLACED, STOPPING, ByeCode, Farewell, GatewaySession, is_connection_of
from onstage.model.ids import random_text
from onstage.model.records import Participant

HELLO_TIMEOUT_S = 10.0
PING_EVERY_S = 15.0
BYE_TIMEOUT_S = 2.0
"""How long the last frame may take to a client that does not read."""
MOST_MISSED = MOST_DROPPABLE
"""Events a resume sends at most, so that none of them is dropped; who missed more gets a snapshot."""
_POLICY_CLOSE = 4000
_log = structlog.get_logger(__name__)


class Presence(Protocol):
    """Who is told that somebody is here (design §10.5)."""

    def gateway_connected(self, participant: Participant, connection_id: str) -> None:
        """A connection of the participant is up."""
        ...

    def gateway_disconnected(self, participant: Participant, connection_id: str) -> None:
        """It is down."""
        ...


class GatewayServer:
    """Every gateway connection of this server."""

    def __init__(self, ctx: Context, presence: Presence) -> None:
        self._ctx = ctx
        self._presence = presence
        self._feeds = Feeds(ctx)
        self._connections: dict[str, _Connection] = {}

    async def endpoint(self, socket: WebSocket) -> None:
        """One client, from its hello to its end."""
        await socket.accept()
        try:
            hello = await self._hello(socket)
            caller = authenticate_participant(self._ctx, hello.token)
            participant = await present_participant(self._ctx, caller)
        except OnstageError as error:
            await _close(self._ctx.clock, socket, Farewell.of(error))
            return
        except WebSocketDisconnect:
            return
        await self._serve(socket, caller, participant, hello)

    async def _hello(self, socket: WebSocket) -> Hello:
        receiving = asyncio.ensure_future(_receive(socket))
        waiting = asyncio.ensure_future(self._ctx.clock.sleep(HELLO_TIMEOUT_S))
        try:
            await asyncio.wait({receiving, waiting}, return_when=asyncio.FIRST_COMPLETED)
            if not receiving.done():
                raise OnstageError(ErrorCode.MALFORMED, "No hello came.", expected=f"within {HELLO_TIMEOUT_S:.0f} s")
            frame = frames.parse_frame(receiving.result())
        finally:
            receiving.cancel()
            waiting.cancel()
        if not isinstance(frame, Hello):
            raise OnstageError(ErrorCode.MALFORMED, "The first frame is not a hello.", expected='{"type": "hello", …}')
        return frame

    async def _serve(
        self, socket: WebSocket, caller: ParticipantCaller, participant: Participant, hello: Hello
    ) -> None:
        session = GatewaySession(participant.id, participant.level, participant.role, SendQueue())
        connection = _Connection(self._ctx, socket, caller, session)
        replaced = self._connections.get(participant.id)
        if replaced is not None:
            replaced.end(REPLACED)
        self._connections[participant.id] = connection
        self._presence.gateway_connected(participant, session.connection_id)
        try:
            await self._feeds.attach(caller.room_id, session)
            await self._begin(session, caller, hello)
            await connection.run()
        except OnstageError as error:
            await _close(self._ctx.clock, socket, Farewell.of(error))
        except Exception as error:  # noqa: BLE001 - a bug of ours is said goodbye to as well
            _log.error("gateway_failed", participant=participant.id, exc_info=error)
            await _close(self._ctx.clock, socket, Farewell(ByeCode.INTERNAL, "Something broke on our side."))
        finally:
            self._presence.gateway_disconnected(participant, session.connection_id)
            if self._connections.get(participant.id) is connection:
                del self._connections[participant.id]
            await self._feeds.detach(caller.room_id, session)

    async def _begin(self, session: GatewaySession, caller: ParticipantCaller, hello: Hello) -> None:
        if hello.resume is not None and is_connection_of(hello.resume.connection_id, session.participant_id):
            missed = await self._missed(caller.room_id, hello.resume.seq)
            if missed is not None:
                first = frames.resumed(session.connection_id, hello.resume.seq)
                session.begin(first, hello.resume.seq, missed)
                return
        snapshot = await take_snapshot(self._ctx, caller)
        session.begin(frames.welcome(session.connection_id, snapshot), snapshot.seq, [])

    async def _missed(self, room_id: str, seq: int) -> list[FeedEvent] | None:
        """The room's events behind `seq`; None when there are too many for a resume, or `seq` never was."""
        missed: list[FeedEvent] = []
        batch = await read_after(self._ctx, room_id, seq - 1)
        if seq > 0 and (not batch or batch.pop(0).row.seq != seq):
            return None
        while batch:
            missed += batch
            if len(missed) > MOST_MISSED:
                return None
            batch = await read_after(self._ctx, room_id, missed[-1].row.seq)
        return missed

    def stop(self) -> None:
        """Say goodbye to every client."""
        for connection in self._connections.values():
            connection.end(STOPPING)


class _Connection:
    """One open socket: reads requests, writes what the session queues."""

    def __init__(self, ctx: Context, socket: WebSocket, caller: ParticipantCaller, session: GatewaySession) -> None:
        self._ctx = ctx
        self._socket = socket
        self._caller = caller
        self._session = session
        self._heard = True
        self._running: asyncio.Task[BaseModel] | None = None  # the request that is being answered

    async def run(self) -> None:
        """Serve until either side ends it. A request that was begun is carried through in any case."""
        loops: list[Coroutine[Any, Any, None]] = [self._read(), self._write(), self._ping(), self._until_cut()]
        tasks = [asyncio.create_task(loop) for loop in loops]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                error = task.exception()
                if error is not None and not isinstance(error, WebSocketDisconnect):
                    _log.error("gateway_connection_failed", participant=self._session.participant_id, exc_info=error)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, *([self._running] if self._running else []), return_exceptions=True)
        await _close(self._ctx.clock, self._socket, self._session.farewell)

    def end(self, farewell: Farewell) -> None:
        """Close the connection from our side."""
        self._session.end(farewell)

    async def _until_cut(self) -> None:
        await self._session.queue.cut.wait()

    async def _read(self) -> None:
        while True:
            try:
                frame = frames.parse_frame(await _receive(self._socket))
            except OnstageError as error:
                self.end(Farewell(ByeCode.PROTOCOL_ERROR, error.detail))
                return
            self._heard = True
            await self._on_frame(frame)

    async def _on_frame(self, frame: Hello | Request | Ping | Pong) -> None:
        match frame:
            case Request():
                self._session.on_control(await self._answer(frame))
            case Ping():
                self._session.on_control(frames.PONG)
            case Hello():
                self.end(Farewell(ByeCode.PROTOCOL_ERROR, "A hello comes once."))
            case Pong():
                pass

    async def _answer(self, request: Request) -> str:
        # A task of its own: a client that cuts the connection must not stop a change between its commit and
        # what follows from it.
        self._running = asyncio.create_task(run_request(self._ctx, self._caller, request.name, request.data))
        try:
            data = await asyncio.shield(self._running)
        except OnstageError as error:
            return frames.refusal(request.id, error)
        except Exception as error:  # noqa: BLE001 - one request's bug must not cut the connection
            request_id = random_text(12)
            _log.error("request_failed", request=request.name, request_id=request_id, exc_info=error)
            return frames.refusal(request.id, OnstageError(ErrorCode.INTERNAL, f"request_id: {request_id}"))
        finally:
            if self._running.done():
                self._running = None
        return frames.reply(request.id, data)

    async def _write(self) -> None:
        session = self._session
        # Who leaves gets the reply before the end.
        while session.farewell is None or not session.queue.is_empty or self._running is not None:
            await session.queue.wait()
            if session.gather_s:
                await self._gather(session.gather_s)
            frame = session.next_frame()
            if frame is not None:
                await self._socket.send_text(frame)

    async def _gather(self, seconds: float) -> None:
        """Wait for more, unless something urgent is there or comes."""
        waits = [
            asyncio.ensure_future(self._ctx.clock.sleep(seconds)),
            asyncio.ensure_future(self._session.queue.wait_urgent()),
        ]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()

    async def _ping(self) -> None:
        """Ping, and end a connection that says nothing after a ping."""
        await self._ctx.clock.sleep(PING_EVERY_S)
        while self._heard:
            self._heard = False
            self._session.on_control(frames.PING)
            await self._ctx.clock.sleep(PING_EVERY_S)


async def _receive(socket: WebSocket) -> str:
    """The next frame's text.

    Raises:
        OnstageError: `malformed` for a binary frame.
        WebSocketDisconnect: the client has gone.
    """
    message = await socket.receive()
    if message["type"] == "websocket.disconnect":
        raise WebSocketDisconnect(message.get("code", 1005))
    text: str | None = message.get("text")
    if text is None:
        raise OnstageError(ErrorCode.MALFORMED, "Frames are text.", expected="JSON text")
    return text


async def _close(clock: Clock, socket: WebSocket, farewell: Farewell | None) -> None:
    """Say goodbye and close; a client that reads nothing is not waited for."""
    if socket.client_state is not WebSocketState.CONNECTED or socket.application_state is not WebSocketState.CONNECTED:
        return
    waits = [asyncio.ensure_future(_say_goodbye(socket, farewell)), asyncio.ensure_future(clock.sleep(BYE_TIMEOUT_S))]
    try:
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for wait in waits:
            wait.cancel()
        await asyncio.gather(*waits, return_exceptions=True)


async def _say_goodbye(socket: WebSocket, farewell: Farewell | None) -> None:
    with contextlib.suppress(WebSocketDisconnect, RuntimeError):
        if farewell is not None:
            await socket.send_text(frames.bye(farewell.code, farewell.detail))
        await socket.close(_POLICY_CLOSE if farewell is not None else 1000)
