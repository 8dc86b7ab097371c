"""The whole of what a page shows, as of one `seq` (invariant 3)."""

from dataclasses import dataclass

from onstage.actions.access import ParticipantCaller, require_speaker
from onstage.actions.admission import require_sole
from onstage.actions.context import Context
from onstage.actions.polls import shown_polls
from onstage.actions.sessions import present_counts
from onstage.actions.voting import own_votes
from onstage.errors import ErrorCode, OnstageError
from onstage.model.records import Participant, Presence, Room, Session
from onstage.model.role import Level
from onstage.model.views import (
    BroadcastView,
    CountsView,
    InviteView,
    MessageView,
    ParticipantView,
    PollView,
    RoomView,
    SessionView,
    SnapshotView,
    StateView,
)
from onstage.store import broadcasts, invites, messages, participants, rooms, sessions, state
from onstage.store.database import Tx

MESSAGES_KEPT = 50
"""Of those that everybody may read or that concern oneself, and again of those to one's role."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A view and the number of the last event it holds."""

    seq: int
    view: SnapshotView


async def present_participant(
    ctx: Context, caller: ParticipantCaller, *, connection_id: str | None = None
) -> Participant:
    """The caller as a participant who is in the room's open session, to be connected to it.

    `connection_id` is the gateway connection that they held before, if any.

    Raises:
        OnstageError: `session_ended`, `participant_left`, `participant_removed`, `token_exceeds_key`;
            `identity_connected` where the room refuses a second connection.
    """
    async with ctx.database.read() as tx:
        room, _, me = await _present(tx, caller)
        await require_sole(tx, room, me, connection_id)
        return me


async def _present(tx: Tx, caller: ParticipantCaller) -> tuple[Room, Session, Participant]:
    room = await rooms.get(tx, caller.room_id)
    session = None if room is None else await sessions.open_of(tx, room.id)
    me = None if session is None else await participants.of_identity(tx, session.id, caller.identity)
    if room is None or session is None or me is None:
        raise OnstageError(ErrorCode.SESSION_ENDED, "Join first: POST /v1/join with the token.")
    if me.presence is Presence.REMOVED:
        raise OnstageError(ErrorCode.PARTICIPANT_REMOVED)
    if me.presence is Presence.LEFT:
        raise OnstageError(ErrorCode.PARTICIPANT_LEFT)
    require_speaker(caller.grant, me)
    return room, session, me


async def take_snapshot(ctx: Context, caller: ParticipantCaller) -> Snapshot:
    """What the caller sees now, read in one transaction.

    Raises:
        OnstageError: `session_ended`, `participant_left`, `participant_removed`, `token_exceeds_key`.
    """
    async with ctx.database.read() as tx:
        room, session, me = await _present(tx, caller)
        broadcast = await broadcasts.newest_of(tx, room.id)
        shown = await shown_polls(tx, session)
        view = SnapshotView(
            room=RoomView.of(room),
            session=SessionView.of(session),
            me=ParticipantView.of(me),
            participants=[
                ParticipantView.of(one)
                for one in await participants.present(tx, session.id, (Level.STAGE, Level.AUDIENCE))
            ],
            hands=[ParticipantView.of(one) for one in await participants.hands(tx, session.id)],
            invites=[InviteView.of(one) for one in await invites.open_of(tx, me.id)],
            messages=[MessageView.of(one) for one in await messages.newest(tx, me, MESSAGES_KEPT)],
            pinned=[MessageView.of(one) for one in await messages.pinned(tx, session.id)],
            state=[StateView.of(one) for one in await state.whole(tx, session.id)],
            polls=[PollView.of(one) for one in shown],
            votes=await own_votes(tx, shown, me),
            broadcast=None if broadcast is None else BroadcastView.of(broadcast),
            counts=await count(tx, session),
        )
    return Snapshot(room.seq, view)


async def count(tx: Tx, session: Session) -> CountsView:
    """How many are present at each level."""
    return CountsView.of(await present_counts(tx, session))
