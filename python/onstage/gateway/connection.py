"""One open socket, whatever server it came through: hello, requests, pings, and its end. Idle, it has no task."""

import asyncio
from collections import deque
from collections.abc import Coroutine
from typing import Any, Protocol

import structlog

from onstage.actions.access import ParticipantCaller
from onstage.actions.context import Context
from onstage.errors import ErrorCode, OnstageError
from onstage.gateway import frames
from onstage.gateway.frames import Frame, Hello, Ping, Pong, Request
from onstage.gateway.requests import run_request
from onstage.gateway.session import FAILED, ByeCode, Farewell, GatewaySession, Outlet
from onstage.gateway.timers import SharedTimers, Timer
from onstage.model.ids import random_text
from onstage.model.records import Participant

HELLO_TIMEOUT_S = 10.0
PING_EVERY_S = 15.0
BYE_TIMEOUT_S = 2.0
"""How long the last frame may take to a client that does not read."""
MOST_WAITING = 8
"""Frames that wait for the request before them; then the client's socket is read no further."""
NORMAL_CLOSE, POLICY_CLOSE = 1000, 4000  # RFC 6455 §7.4.1, and one of ours
_log = structlog.get_logger(__name__)


class Wire(Outlet, Protocol):
    """What a connection asks of its socket. Nothing here waits."""

    @property
    def address(self) -> str:
        """The client's IP address."""
        ...

    @property
    def forwarded_for(self) -> str | None:
        """The handshake's `X-Forwarded-For`."""
        ...

    @property
    def origin(self) -> str | None:
        """The page's origin, as the browser tells it (RFC 6455 §10.2)."""
        ...

    def pause_reading(self) -> None:
        """Take no more from the client."""
        ...

    def resume_reading(self) -> None:
        """Go on taking."""
        ...

    def close(self, code: int) -> None:
        """Close after what has been written; nothing is written after it."""
        ...

    def abort(self) -> None:
        """Drop the socket now."""
        ...


class Keeper(Protocol):
    """What a connection asks of the server that keeps it."""

    ctx: Context
    timers: SharedTimers

    def start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Do something that is carried through, whatever becomes of the connection."""
        ...

    async def open(self, connection: "Connection", hello: Hello) -> None:
        """Check the token and begin the session.

        Raises:
            OnstageError: why the client is not served.
        """
        ...

    def bring_up(self, connection: "Connection") -> None:
        """Send what is being gathered for the connection."""
        ...

    def prove(self, connection: "Connection") -> None:
        """The client is somebody, or has gone."""
        ...

    def release(self, connection: "Connection") -> None:
        """The connection is over."""
        ...


class Connection:
    """Told by its socket what happens, it drives a session."""

    __slots__ = (
        "_caller",
        "_is_answering",
        "_is_heard",
        "_is_over",
        "_is_proven",
        "_keeper",
        "_timer",
        "_waiting",
        "_wire",
        "_work",
        "address",
        "participant",
        "session",
    )

    def __init__(self, keeper: Keeper, wire: Wire, address: str) -> None:
        self.address = address
        """The client's, behind our proxies."""
        self._keeper = keeper
        self._wire = wire
        self.session: GatewaySession | None = None
        self.participant: Participant | None = None
        self._caller: ParticipantCaller | None = None
        self._is_heard = True
        self._is_over = False
        self._is_proven = False
        self._is_answering = False
        self._waiting: deque[str] | None = None  # while a request is answered: what came after it
        self._work: asyncio.Task[None] | None = None
        self._timer: Timer = keeper.timers.after(HELLO_TIMEOUT_S, self._on_no_hello)

    # What the socket tells

    def on_text(self, text: str) -> None:
        """A frame came."""
        self._is_heard = True
        if self._is_over:
            return
        if self._waiting is None:
            self._take(text)
            return
        self._waiting.append(text)
        if len(self._waiting) >= MOST_WAITING:
            self._wire.pause_reading()

    def on_bad_frame(self, detail: str) -> None:
        """Something came that is no frame of ours: binary, too large, not UTF-8."""
        self.end(Farewell(ByeCode.PROTOCOL_ERROR, detail))

    def on_room(self) -> None:
        """The socket takes more."""
        if self.session is not None and not self._is_over:
            self.session.on_room()
            self._finish_if_drained()

    def on_lost(self) -> None:
        """The socket is gone."""
        self._is_over = True
        self._timer.cancel()
        self._release()

    # Frames

    def _take(self, text: str) -> None:
        try:
            frame = frames.parse_frame(text)
            if (self.session is None) is not isinstance(frame, Hello):
                raise OnstageError(ErrorCode.MALFORMED, "A hello comes first, and once.", expected='{"type": "hello"}')
        except OnstageError as error:
            self.end(Farewell(ByeCode.PROTOCOL_ERROR, error.detail))
            return
        match frame:
            case Hello() | Request():
                self._waiting = deque()
                self._work = self._keeper.start(self._do(frame))
            case Ping():
                self._send(frames.PONG)
            case Pong():
                pass

    async def _do(self, frame: Hello | Request) -> None:
        """Open the session or answer a request, and then take what came meanwhile."""
        if isinstance(frame, Hello):
            await self._open(frame)
        else:
            await self._answer(frame)
        waiting, self._waiting, self._work = self._waiting or deque(), None, None
        while waiting and not self._is_over:
            if self._waiting is not None:  # the next one is being answered
                self._waiting.extend(waiting)
                return
            self._take(waiting.popleft())
        if not self._is_over:
            self._wire.resume_reading()

    async def _open(self, hello: Hello) -> None:
        try:
            await self._keeper.open(self, hello)
        except OnstageError as error:
            self.end(Farewell.of(error))
        except Exception as error:  # noqa: BLE001 - a bug of ours is said goodbye to as well
            _log.error("gateway_failed", exc_info=error)
            self.end(FAILED)

    async def _answer(self, request: Request) -> None:
        self._is_answering = True
        reply = await self._reply(request)
        self._is_answering = False
        if self.session is not None and not self._is_over:
            self._keeper.bring_up(self)  # what was gathered was before the reply
            self._send(reply)
            self._finish_if_drained()

    async def _reply(self, request: Request) -> Frame:
        assert self._caller is not None, "requests come after the hello"
        try:
            await self._keeper.ctx.rate_limits.count_caller(self._caller)
            data = await run_request(self._keeper.ctx, self._caller, request.name, request.data)
        except OnstageError as error:
            return frames.refusal(request.id, error)
        except Exception as error:  # noqa: BLE001 - one request's bug must not cut the connection
            request_id = random_text(12)
            _log.error("request_failed", request=request.name, request_id=request_id, exc_info=error)
            return frames.refusal(request.id, OnstageError(ErrorCode.INTERNAL, f"request_id: {request_id}"))
        return frames.reply(request.id, data)

    def _send(self, frame: Frame) -> None:
        if self.session is not None:
            self.session.send(frame)

    # The server's side

    @property
    def origin(self) -> str | None:
        """The page's origin."""
        return self._wire.origin

    @property
    def is_over(self) -> bool:
        """Whether it is closed, or being closed."""
        return self._is_over

    def prove(self) -> None:
        """The token is good: this socket no longer counts among its address's unproven ones."""
        if not self._is_proven:
            self._is_proven = True
            self._timer.cancel()
            self._keeper.prove(self)

    def be(self, caller: ParticipantCaller, participant: Participant) -> GatewaySession:
        """Become that participant's connection."""
        self._caller, self.participant = caller, participant
        self.session = GatewaySession(
            participant.id, participant.level, participant.role, self._wire, self._on_session_end
        )
        self._timer = self._keeper.timers.after(PING_EVERY_S, self._on_ping_due)
        return self.session

    def _on_no_hello(self) -> None:
        self.end(Farewell(ByeCode.PROTOCOL_ERROR, f"No hello came within {HELLO_TIMEOUT_S:.0f} s."))

    def _on_ping_due(self) -> None:
        """Ping; a connection that said nothing after the last ping is dead."""
        if self._is_over or self.session is None:
            return
        if not self._is_heard and self._waiting is None:
            self._is_over = True
            self._release()
            self._close(NORMAL_CLOSE)
            return
        self._is_heard = False
        self._timer = self._keeper.timers.after(PING_EVERY_S, self._on_ping_due)
        self._send(frames.PING)

    # The end

    def _on_session_end(self, is_cut: bool) -> None:
        if is_cut:
            self._say_goodbye()
        else:
            self._finish_if_drained()

    def _finish_if_drained(self) -> None:
        """Who leaves gets the reply before the end."""
        session = self.session
        if session is not None and session.farewell is not None and session.is_drained and not self._is_answering:
            self._say_goodbye()

    def end(self, farewell: Farewell) -> None:
        """Close the connection from our side, without sending what waits. Once it is over, nothing happens."""
        if self._is_over:
            return
        if self.session is not None:
            self.session.end(farewell)
        else:
            self._part(farewell)

    def _say_goodbye(self) -> None:
        assert self.session is not None
        assert self.session.farewell is not None
        if not self._is_over:
            self._part(self.session.farewell)

    def _part(self, farewell: Farewell) -> None:
        self._is_over = True
        self._release()
        self._wire.write(frames.bye(farewell.code, farewell.detail))
        self._close(POLICY_CLOSE)

    def _close(self, code: int) -> None:
        self._wire.close(code)
        self._timer.cancel()
        self._timer = self._keeper.timers.after(BYE_TIMEOUT_S, self._wire.abort)

    def _release(self) -> None:
        """Let go of what the server keeps for it."""
        self.prove()
        self._keeper.release(self)
