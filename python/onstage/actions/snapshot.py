"""The whole of what a page shows, as of one `seq` (invariant 3)."""

from collections.abc import Sequence
from dataclasses import dataclass

from onstage.actions.access import ParticipantCaller, require_speaker
from onstage.actions.admission import require_sole
from onstage.actions.context import Context
from onstage.actions.media_state import playing_in
from onstage.actions.polls import shown_polls
from onstage.actions.sessions import present_counts
from onstage.actions.voting import own_votes
from onstage.errors import ErrorCode, OnstageError
from onstage.model.records import Participant, Poll, Presence, Room, Session
from onstage.model.role import Level
from onstage.model.views import (
    BroadcastView,
    CountsView,
    InviteView,
    MessageView,
    OwnView,
    ParticipantView,
    PollView,
    RoomView,
    SessionView,
    SharedView,
    SnapshotView,
    StateView,
)
from onstage.store import broadcasts, invites, messages, participants, playback, rooms, sessions, state
from onstage.store.database import Tx

MESSAGES_KEPT = 50
"""Of those that everybody may read or that concern oneself, and again of those to one's role."""


@dataclass(frozen=True, slots=True)
class Shared:
    """What everybody in the room sees, the number of the last event in it, and its JSON, which is written once."""

    seq: int
    view: SharedView
    text: str
    polls: list[Poll]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What one participant sees."""

    shared: Shared
    own: OwnView

    @property
    def seq(self) -> int:
        """The number of the last event in it."""
        return self.shared.seq

    @property
    def view(self) -> SnapshotView:
        """The whole."""
        return SnapshotView(**dict(self.shared.view), **dict(self.own))

    @property
    def text(self) -> str:
        """The whole as JSON."""
        return f"{self.shared.text[:-1]},{self.own.model_dump_json()[1:]}"


@dataclass(frozen=True, slots=True)
class Present:
    """Somebody who is in the room's open session, and the number of the room's last event at that moment."""

    participant: Participant
    seq: int

    def may_resume(self, seq: int) -> bool:
        """Whether they may have been sent that event, and so be told what came behind it.

        What came before them is not for them. And who claims to know what came after this moment would not be told
        of a change of their role, or of their removal, in between.
        """
        return self.participant.joined_seq <= seq <= self.seq


async def present_participant(ctx: Context, caller: ParticipantCaller, *, connection_id: str | None = None) -> Present:
    """The caller as a participant who is in the room's open session, to be connected to it.

    `connection_id` is the gateway connection that they held before, if any.

    Raises:
        OnstageError: `session_ended`, `participant_left`, `participant_removed`, `token_exceeds_key`;
            `identity_connected` where the room refuses a second connection.
    """
    async with ctx.database.read() as tx:
        room, session = await _open_room(tx, caller.room_id)
        me = await _require_present(tx, caller, await participants.of_identity(tx, session.id, caller.identity))
        await require_sole(tx, room, me, connection_id)
        return Present(me, room.seq)


async def _open_room(tx: Tx, room_id: str) -> tuple[Room, Session]:
    room = await rooms.get(tx, room_id)
    session = None if room is None else await sessions.open_of(tx, room.id)
    if room is None or session is None:
        raise _not_joined()
    return room, session


async def _require_present(tx: Tx, caller: ParticipantCaller, me: Participant | None) -> Participant:
    if me is None:
        raise _not_joined()
    if me.presence is Presence.REMOVED:
        raise OnstageError(ErrorCode.PARTICIPANT_REMOVED)
    if me.presence is Presence.LEFT:
        raise OnstageError(ErrorCode.PARTICIPANT_LEFT)
    await require_speaker(tx, caller.grant, me)
    return me


def _not_joined() -> OnstageError:
    return OnstageError(ErrorCode.SESSION_ENDED, "Join first: POST /v1/join with the token.")


async def take_snapshot(ctx: Context, caller: ParticipantCaller) -> Snapshot:
    """What the caller sees now, read in one transaction.

    Raises:
        OnstageError: `session_ended`, `participant_left`, `participant_removed`, `token_exceeds_key`.
    """
    [taken] = await take_snapshots(ctx, caller.room_id, [caller])
    if isinstance(taken, OnstageError):
        raise taken
    return taken


async def take_snapshots(
    ctx: Context, room_id: str, callers: Sequence[ParticipantCaller]
) -> list[Snapshot | OnstageError]:
    """What several callers in one room see now, or why they see nothing. What they share is read once.

    Raises:
        OnstageError: `session_ended`, `store_unavailable`; of the others in `take_snapshot`, each gets their own.
    """
    async with ctx.database.read() as tx:
        room, session = await _open_room(tx, room_id)
        shared = await _read_shared(tx, room, session)
        found = await participants.of_identities(tx, session.id, [caller.identity for caller in callers])
        by_identity = {one.identity: one for one in found}
        return [await _read_one(tx, shared, caller, by_identity.get(caller.identity)) for caller in callers]


async def _read_one(
    tx: Tx, shared: Shared, caller: ParticipantCaller, found: Participant | None
) -> Snapshot | OnstageError:
    try:
        me = await _require_present(tx, caller, found)
    except OnstageError as error:
        return error
    own = OwnView(
        me=ParticipantView.of(me),
        invites=[InviteView.of(one) for one in await invites.open_of(tx, me.id)],
        messages=[MessageView.of(one) for one in await messages.newest(tx, me, MESSAGES_KEPT)],
        votes=await own_votes(tx, shared.polls, me),
    )
    return Snapshot(shared, own)


async def _read_shared(tx: Tx, room: Room, session: Session) -> Shared:
    running = await broadcasts.active_in(tx, room.id)
    broadcast = running[0] if running else await broadcasts.last_over_in(tx, room.id)
    shown = await shown_polls(tx, session)
    seen = await participants.present(tx, session.id, (Level.STAGE, Level.AUDIENCE))
    view = SharedView(
        room=RoomView.of(room),
        session=SessionView.of(session),
        participants=[ParticipantView.of(one) for one in seen],
        hands=[ParticipantView.of(one) for one in await participants.hands(tx, session.id)],
        pinned=[MessageView.of(one) for one in await messages.pinned(tx, session.id)],
        state=[StateView.of(one) for one in await state.whole(tx, session.id)],
        polls=[PollView.of(one) for one in shown],
        broadcast=None if broadcast is None else BroadcastView.of(broadcast),
        broadcasts=[BroadcastView.of(one) for one in running],
        media=await playing_in(tx, [one.id for one in running]),
        counts=await count(tx, session),
    )
    return Shared(room.seq, view, view.model_dump_json(), shown)


async def count(tx: Tx, session: Session) -> CountsView:
    """How many are present at each level, and how many only play the show."""
    hls = await playback.viewers_of_room(tx, session.room_id)
    return CountsView.of(await present_counts(tx, session), hls=hls)
