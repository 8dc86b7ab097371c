"""What doors read: lists and single things, with the right to see them."""

from dataclasses import dataclass

from onstage.actions.access import Caller, access_participant, access_project, access_room
from onstage.actions.broadcasts import access_broadcast
from onstage.actions.context import Context
from onstage.actions.cursors import wrong_cursor
from onstage.actions.roles import template_of
from onstage.actions.sessions import present_counts
from onstage.model.filters import ParticipantFilter, RoomFilter
from onstage.model.permission import Permission
from onstage.model.records import Broadcast, Counts, Invite, Participant, Room, RoomCounts, Session
from onstage.model.role import Role
from onstage.model.views import CountsView
from onstage.store import broadcasts, invites, participant_lists, participants, playback, rooms, sessions
from onstage.store.database import Tx

_ANY_ROOM = RoomFilter()
_PRESENT = ParticipantFilter()


@dataclass(frozen=True, slots=True)
class RoomDetails:
    """A room, its open session, who is present, and the newest broadcast that runs."""

    room: Room
    session: Session | None
    counts: CountsView
    broadcast: Broadcast | None


async def read_room(ctx: Context, caller: Caller, room: str) -> RoomDetails:
    """One room with what goes on in it.

    Raises:
        OnstageError: as `access_room`.
    """
    async with ctx.database.read() as tx:
        found, _ = await access_room(tx, caller, room, None)
        session = await sessions.open_of(tx, found.id)
        counts = Counts() if session is None else await present_counts(tx, session)
        seen = CountsView.of(counts, hls=await playback.viewers_of_room(tx, found.id))
        active = await broadcasts.active_in(tx, found.id)
        return RoomDetails(found, session, seen, next(iter(active), None))


async def read_rooms(
    ctx: Context, caller: Caller, *, after: str | None, limit: int, which: RoomFilter = _ANY_ROOM
) -> list[Room]:
    """A page of the project's rooms, newest first.

    Raises:
        OnstageError: `permission_denied` for a participant; `malformed` for a cursor that is none.
    """
    async with ctx.database.read() as tx:
        project = await access_project(tx, caller)
        last = None if after is None else await rooms.get(tx, after)  # one that was deleted meanwhile, too
        if after is not None and (last is None or last.project_id != project.id):
            raise wrong_cursor()
        return list(await rooms.page(tx, project.id, which, after=after, limit=limit))


async def read_roles(ctx: Context, room: Room) -> tuple[Role, ...]:
    """The roles that the room's template has now."""
    async with ctx.database.read() as tx:
        return (await template_of(tx, room)).roles


async def read_participants(
    ctx: Context, caller: Caller, room: str, *, after: str | None, limit: int, which: ParticipantFilter = _PRESENT
) -> list[Participant]:
    """A page of the people of the room's open session; empty when it has none.

    Raises:
        OnstageError: as `access_room` with `participant.list`.
    """
    async with ctx.database.read() as tx:
        found, _ = await access_room(tx, caller, room, Permission.PARTICIPANT_LIST)
        session = await sessions.open_of(tx, found.id)
        if session is None:
            return []
        return list(await participant_lists.page(tx, session.id, which, after=after, limit=limit))


async def read_counts(ctx: Context, caller: Caller, room: str) -> RoomCounts:
    """How many are present; nobody when the room has no session.

    Raises:
        OnstageError: as `access_room`.
    """
    async with ctx.database.read() as tx:
        found, _ = await access_room(tx, caller, room, None)
        session = await sessions.open_of(tx, found.id)
        hls = await playback.viewers_of_room(tx, found.id)
        if session is None:
            return RoomCounts(hls=hls)
        return RoomCounts(
            hls=hls,
            levels=await present_counts(tx, session),
            roles=await participant_lists.count_roles(tx, session.id),
            hands=await participant_lists.count_hands(tx, session.id),
        )


async def read_participant(ctx: Context, caller: Caller, room: str, participant: str) -> Participant:
    """Somebody present; oneself without any permission.

    Raises:
        OnstageError: as `access_participant` with `participant.list`.
    """
    async with ctx.database.read() as tx:
        return (await access_participant(tx, caller, room, participant, Permission.PARTICIPANT_LIST))[1]


async def read_hands(ctx: Context, caller: Caller, room: str) -> list[Participant]:
    """The queue of raised hands; empty when the room has no session.

    Raises:
        OnstageError: as `access_room`.
    """
    async with ctx.database.read() as tx:
        found, _ = await access_room(tx, caller, room, None)
        session = await sessions.open_of(tx, found.id)
        return [] if session is None else await participants.hands(tx, session.id)


async def read_invites(ctx: Context, caller: Caller, room: str) -> list[Invite]:
    """The open invites: all of them for a server, else those for or by the caller.

    Raises:
        OnstageError: as `access_room`.
    """
    async with ctx.database.read() as tx:
        found, actor = await access_room(tx, caller, room, None)
        if actor is not None:
            return await invites.open_of(tx, actor.id)
        session = await sessions.open_of(tx, found.id)
        return [] if session is None else await invites.open_in(tx, session.id)


async def read_broadcasts(ctx: Context, caller: Caller, room: str, *, after: str | None, limit: int) -> list[Broadcast]:
    """A page of the room's broadcasts, newest first.

    Raises:
        OnstageError: as `access_room`; `malformed` for a cursor that is none.
    """
    async with ctx.database.read() as tx:
        found, _ = await access_room(tx, caller, room, None)
        if after is not None and not await _is_broadcast_of(tx, found, after):
            raise wrong_cursor()
        return await broadcasts.page(tx, found.id, after=after, limit=limit)


async def _is_broadcast_of(tx: Tx, room: Room, broadcast_id: str) -> bool:
    found = await broadcasts.get(tx, broadcast_id)
    return found is not None and found.room_id == room.id


async def read_broadcast(ctx: Context, caller: Caller, broadcast_id: str) -> Broadcast:
    """One broadcast.

    Raises:
        OnstageError: as `access_broadcast`.
    """
    async with ctx.database.read() as tx:
        return (await access_broadcast(tx, caller, broadcast_id, None))[1]
