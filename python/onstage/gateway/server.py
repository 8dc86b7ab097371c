"""Every gateway connection of this server, whatever socket it came through."""

import asyncio
from collections.abc import Coroutine
from typing import Any, Protocol

import structlog

from onstage.actions.access import ParticipantCaller
from onstage.actions.authentication import authenticate_participant
from onstage.actions.context import Context
from onstage.actions.revoking import hold_token
from onstage.actions.snapshot import Present, present_participant
from onstage.gateway import frames
from onstage.gateway.batch import FeedEvent
from onstage.gateway.connection import Connection, Wire
from onstage.gateway.feed import Feeds, read_after
from onstage.gateway.frames import Hello, Resume
from onstage.gateway.lobby import Lobby
from onstage.gateway.send_queue import MOST_DROPPABLE
from onstage.gateway.session import REPLACED, STOPPING, GatewaySession, is_connection_of
from onstage.gateway.timers import SharedTimers
from onstage.gateway.welcomes import Welcomes
from onstage.model.records import Participant

MOST_MISSED = MOST_DROPPABLE
"""Events a resume sends at most; who missed more gets a snapshot."""
MOST_UNPROVEN = 256
"""Sockets of one address whose client has not said who it is, unless set otherwise."""
_OPENED_AT_A_TIME = 32
"""Hellos that read the store at once. After a restart everybody comes back in one second."""
_log = structlog.get_logger(__name__)


class Presence(Protocol):
    """Who is told that somebody is here (design §10.5)."""

    def gateway_connected(self, participant: Participant, connection_id: str) -> None:
        """A connection of the participant is up."""
        ...

    def gateway_disconnected(self, connection_id: str) -> None:
        """It is down."""
        ...


class GatewayServer:
    """Takes sockets, and keeps their connections until they are over."""

    def __init__(self, ctx: Context, presence: Presence, *, most_unproven: int = MOST_UNPROVEN) -> None:
        self.ctx = ctx
        self.timers = SharedTimers(ctx.clock)
        self._presence = presence
        self._lobby = Lobby(most_unproven)
        self._feeds = Feeds(ctx, self.timers)
        self._welcomes = Welcomes(ctx)
        self._all: set[Connection] = set()
        self._of_participant: dict[str, Connection] = {}
        self._work: set[asyncio.Task[None]] = set()
        self._opening = asyncio.Semaphore(_OPENED_AT_A_TIME)

    def take(self, wire: Wire) -> Connection | None:
        """Begin with a socket; None when its address has too many whose clients have said nothing yet."""
        address = self._address_of(wire)
        if not self._lobby.enter(address):
            return None
        connection = Connection(self, wire, address)
        self._all.add(connection)
        return connection

    def may_stay(self, connection: Connection, wire: Wire) -> bool:
        """For a socket that was taken before its headers came: count it where it says that it comes from, if it may."""
        address = self._address_of(wire)
        if address != connection.address:
            if not self._lobby.enter(address):
                return False
            self._lobby.leave(connection.address)
            connection.address = address
        return True

    def _address_of(self, wire: Wire) -> str:
        return self.ctx.rate_limits.address_of(wire.address, wire.forwarded_for)

    def start(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        """Do something that is carried through: a client that cuts must not stop a change half-way."""
        task = asyncio.create_task(work)
        self._work.add(task)
        task.add_done_callback(self._work.discard)
        return task

    def prove(self, connection: Connection) -> None:
        """The client is somebody, or has gone."""
        self._lobby.leave(connection.address)

    async def open(self, connection: Connection, hello: Hello) -> None:
        """Check the token and begin the session.

        Raises:
            OnstageError: why the client is not served.
        """
        async with self._opening:
            caller = await self._authenticate(connection, hello.token)
            connection.prove()
            held = None if hello.resume is None else hello.resume.connection_id
            present = await present_participant(self.ctx, caller, connection_id=held)
            await hold_token(self.ctx, caller, present.participant)
            if connection.is_over:
                return
            session = self._settle(connection, caller, present.participant)
            await self._feeds.attach(caller.room_id, session)
            try:
                resume = hello.resume if _is_possible(hello.resume, present) else None
                await self._begin(connection, session, caller, resume)
            finally:
                if connection.is_over:  # it may have ended before it was attached
                    self._feeds.detach(caller.room_id, session)

    async def _authenticate(self, connection: Connection, token: str) -> ParticipantCaller:
        limits = self.ctx.rate_limits
        await limits.count_address(connection.address)
        async with limits.counting_failures(connection.address):
            return await authenticate_participant(self.ctx, token, connection.origin)

    def _settle(self, connection: Connection, caller: ParticipantCaller, participant: Participant) -> GatewaySession:
        session = connection.be(caller, participant)
        self.replace(participant.id, session.connection_id)
        self._of_participant[participant.id] = connection
        self._presence.gateway_connected(participant, session.connection_id)
        return session

    async def _begin(
        self, connection: Connection, session: GatewaySession, caller: ParticipantCaller, resume: Resume | None
    ) -> None:
        missed: list[FeedEvent] | None = None
        if resume is not None:
            seq = resume.seq
            missed = await self._missed(caller.room_id, seq)
            first = frames.resumed(session.connection_id, seq)
        if missed is None:
            snapshot = await self._welcomes.snapshot(caller)
            seq, missed = snapshot.seq, []
            session.level, session.role = snapshot.own.me.level, snapshot.own.me.role  # they may just have changed
            first = frames.welcome(session.connection_id, snapshot)
        if not connection.is_over:
            session.begin(first, seq, missed)
            self._feeds.bring_up(caller.room_id, session)

    async def _missed(self, room_id: str, seq: int) -> list[FeedEvent] | None:
        """The room's events behind `seq`; None when there are too many for a resume, or that one is not kept."""
        missed: list[FeedEvent] = []
        batch = await read_after(self.ctx, room_id, seq - 1)
        if not batch or batch.pop(0).seq != seq:
            return None
        while batch:
            missed += batch
            if len(missed) > MOST_MISSED:
                return None
            newest = batch[-1].seq
            assert newest is not None, "what is read has a row"
            batch = await read_after(self.ctx, room_id, newest)
        return missed

    def bring_up(self, connection: Connection) -> None:
        """Send what is being gathered for the connection."""
        if connection.session is not None and connection.participant is not None:
            self._feeds.bring_up(connection.participant.room_id, connection.session)

    def replace(self, participant_id: str, newer_connection_id: str) -> None:
        """The participant has that connection now, here or on another server: end the one they had here."""
        older = self._of_participant.get(participant_id)
        if older is not None and older.session is not None and older.session.connection_id != newer_connection_id:
            older.end(REPLACED)

    def is_connected(self, participant_id: str) -> bool:
        """Whether the participant has a connection here."""
        return participant_id in self._of_participant

    @property
    def connections(self) -> int:
        """How many are open, counting those that have not said who they are."""
        return len(self._all)

    def release(self, connection: Connection) -> None:
        """The connection is over: it hears nothing more, and ties nobody to the room."""
        if connection not in self._all:
            return
        self._all.remove(connection)
        participant, session = connection.participant, connection.session
        if participant is None or session is None:
            return
        self._presence.gateway_disconnected(session.connection_id)
        self._feeds.detach(participant.room_id, session)
        if self._of_participant.get(participant.id) is connection:
            del self._of_participant[participant.id]

    def stop(self) -> None:
        """Say goodbye to every client."""
        for connection in list(self._all):
            connection.end(STOPPING)

    async def close(self) -> None:
        """Return once what was begun is done, after `stop`."""
        if self._work:
            await asyncio.wait(self._work)
        await self._feeds.close()
        self.timers.stop()


def _is_possible(resume: Resume | None, present: Present) -> bool:
    """Whether there can have been such a connection. It need not: whoever knows their own id can make one up."""
    if resume is None or not is_connection_of(resume.connection_id, present.participant.id):
        return False
    return present.may_resume(resume.seq)
