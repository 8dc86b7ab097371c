"""Who is here: on the gateway or on the engine. Who is on neither for the grace period has left (design §10.5)."""

import asyncio
from dataclasses import dataclass, field

from onstage.actions.context import Context
from onstage.actions.presence import leave
from onstage.errors import OnstageError
from onstage.jobs.tasks import Tasks
from onstage.model.records import Participant
from onstage.store import participants, sessions

RESTART_GRACE_FACTOR = 2.0
"""After a server start everybody has to come back, so they get longer."""
STORE_AWAY_S = 1.0
"""Pause before the store, when it is away, is told again."""


@dataclass(slots=True)
class _Ties:
    """What ties one participant to the room now."""

    participant: Participant
    gateways: set[str] = field(default_factory=set)  # the open connections' ids
    is_on_engine: bool = False
    leaving: asyncio.Task[None] | None = None

    @property
    def is_tied(self) -> bool:
        """Whether they are here."""
        return bool(self.gateways) or self.is_on_engine


class PresenceKeeper:
    """Counts every participant's connections, and writes them as left when there are none for long enough."""

    def __init__(self, ctx: Context, *, grace_s: float) -> None:
        self._ctx = ctx
        self._grace_s = grace_s
        self._tasks = Tasks()
        self._ties: dict[tuple[str, str], _Ties] = {}

    async def start(self) -> None:
        """Expect back everybody the store says is present."""
        async with self._ctx.database.read() as tx:
            for session in await sessions.all_open(tx):
                for participant in await participants.present(tx, session.id):
                    self._expect(participant, self._grace_s * RESTART_GRACE_FACTOR)

    async def stop(self) -> None:
        """Write nobody as left any more."""
        await self._tasks.stop()

    def participant(self, room_id: str, identity: str) -> Participant | None:
        """Who has that identity in the room's session, as they joined."""
        ties = self._ties.get((room_id, identity))
        return None if ties is None else ties.participant

    def expected(self, participant: Participant) -> None:
        """They have joined and should connect."""
        self._expect(participant, self._grace_s)

    def gone(self, participant: Participant) -> None:
        """They are no longer part of the session."""
        ties = self._ties.get(_key(participant))
        if ties is not None and ties.participant.id == participant.id:
            del self._ties[_key(participant)]
            _cancel(ties)

    def gateway_connected(self, participant: Participant, connection_id: str) -> None:
        """A gateway connection is up."""
        ties = self._ties_of(participant)
        ties.gateways.add(connection_id)
        _cancel(ties)

    def gateway_disconnected(self, participant: Participant, connection_id: str) -> None:
        """A gateway connection is down: maybe one of before they left and came again, which ties nobody now."""
        ties = self._ties.get(_key(participant))
        if ties is not None and connection_id in ties.gateways:
            ties.gateways.remove(connection_id)
            self._reconsider(ties, self._grace_s)

    def engine_joined(self, participant: Participant) -> None:
        """Their media connection is up."""
        ties = self._ties_of(participant)
        ties.is_on_engine = True
        _cancel(ties)

    def engine_left(self, room_id: str, identity: str) -> None:
        """Their media connection is down."""
        ties = self._ties.get((room_id, identity))
        if ties is not None:
            ties.is_on_engine = False
            self._reconsider(ties, self._grace_s)

    def _ties_of(self, participant: Participant) -> _Ties:
        ties = self._ties.setdefault(_key(participant), _Ties(participant))
        if ties.participant.id != participant.id:  # the same identity in a newer session
            _cancel(ties)
            ties = self._ties[_key(participant)] = _Ties(participant)
        return ties

    def _expect(self, participant: Participant, grace_s: float) -> None:
        self._reconsider(self._ties_of(participant), grace_s)

    def _reconsider(self, ties: _Ties, grace_s: float) -> None:
        if ties.is_tied:
            return
        _cancel(ties)
        ties.leaving = self._tasks.start(self._leave_after(ties, grace_s), f"grace of {ties.participant.id}")

    async def _leave_after(self, ties: _Ties, grace_s: float) -> None:
        await self._ctx.clock.sleep(grace_s)
        ties.leaving = None  # what follows is not to be cancelled by what it causes
        try:
            await leave(self._ctx, ties.participant)
        except OnstageError:
            self._reconsider(ties, STORE_AWAY_S)
            return
        is_kept = self._ties.get(_key(ties.participant)) is ties  # who was written as left before, by the room's end
        if is_kept and ties.leaving is None and not ties.is_tied:
            self.gone(ties.participant)


def _key(participant: Participant) -> tuple[str, str]:
    return participant.room_id, participant.identity


def _cancel(ties: _Ties) -> None:
    if ties.leaving is not None:
        ties.leaving.cancel()
        ties.leaving = None
