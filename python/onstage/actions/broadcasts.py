"""The broadcast: asked for here, made by jobs/broadcasting, reported back here."""

from dataclasses import dataclass, replace

from onstage.actions.access import Caller, ServerCaller, access_room
from onstage.actions.context import Context
from onstage.actions.emit import emit
from onstage.errors import ErrorCode, OnstageError
from onstage.events import (
    BroadcastDegraded,
    BroadcastEnded,
    BroadcastEvent,
    BroadcastFailed,
    BroadcastLive,
    BroadcastStarting,
    BroadcastStopping,
    BroadcastUpdated,
)
from onstage.model.ids import BroadcastId, Prefix, new_id
from onstage.model.media import DEFAULT_PROFILE
from onstage.model.permission import Permission
from onstage.model.records import Broadcast, BroadcastStatus, LayoutName, Quality, Room
from onstage.model.views import BroadcastView
from onstage.store import broadcasts, rooms, sessions
from onstage.store.database import Tx

_EVENTS: dict[BroadcastStatus, type[BroadcastEvent]] = {
    BroadcastStatus.STARTING: BroadcastStarting,
    BroadcastStatus.LIVE: BroadcastLive,
    BroadcastStatus.STOPPING: BroadcastStopping,
    BroadcastStatus.ENDED: BroadcastEnded,
    BroadcastStatus.FAILED: BroadcastFailed,
}


@dataclass(frozen=True, slots=True)
class NewBroadcast:
    """What a broadcast is started with."""

    title: str | None = None
    layout: LayoutName = LayoutName.GRID
    quality: Quality = Quality.HIGH
    profile: str = DEFAULT_PROFILE.name


async def start_broadcast(ctx: Context, caller: Caller, room: str, new: NewBroadcast) -> Broadcast:
    """Begin to compose the room. An empty stage shows the slate (design §10.15).

    Raises:
        OnstageError: as `access_room` with `broadcast.start`; `broadcast_active`, `capacity_exhausted`.
    """
    async with ctx.database.begin() as tx:
        found, _ = await access_room(tx, caller, room, Permission.BROADCAST_START)
        if await broadcasts.active_of(tx, found.id) is not None:
            raise OnstageError(ErrorCode.BROADCAST_ACTIVE)
        if len(await broadcasts.all_active(tx)) >= ctx.max_broadcasts:
            raise OnstageError(ErrorCode.CAPACITY_EXHAUSTED, expected=f"fewer than {ctx.max_broadcasts} at once")
        session = await sessions.open_of(tx, found.id)
        broadcast = Broadcast(
            id=BroadcastId(new_id(Prefix.BROADCAST)),
            project_id=found.project_id,
            room_id=found.id,
            session_id=None if session is None else session.id,
            title=new.title or found.title,
            status=BroadcastStatus.STARTING,
            reason=None,
            layout=new.layout,
            quality=new.quality,
            profile=new.profile,
            started_at=ctx.clock.now(),
            live_at=None,
            ended_at=None,
        )
        await broadcasts.add(tx, broadcast)
        await emit(ctx, tx, found, BroadcastStarting(broadcast=BroadcastView.of(broadcast)))
        tx.after_commit.append(lambda: ctx.after_change.broadcast_changed(broadcast))
    return broadcast


async def access_broadcast(
    tx: Tx, caller: Caller, broadcast_id: str, permission: Permission | None
) -> tuple[Room, Broadcast]:
    """The broadcast and its room, if the caller may do `permission` in it.

    Raises:
        OnstageError: `broadcast_not_found`, also for another project's or another room's; as `access_room`.
    """
    broadcast = await broadcasts.get(tx, broadcast_id)
    is_foreign = broadcast is not None and (
        broadcast.project_id != caller.project_id
        or (not isinstance(caller, ServerCaller) and caller.room_id != broadcast.room_id)
    )
    if broadcast is None or is_foreign:
        raise OnstageError(ErrorCode.BROADCAST_NOT_FOUND)
    room, _ = await access_room(tx, caller, broadcast.room_id, permission)
    return room, broadcast


async def update_broadcast(
    ctx: Context, caller: Caller, broadcast_id: str, *, layout: LayoutName | None, title: str | None
) -> Broadcast:
    """Change the picture of a running broadcast, from its next tick; playback goes on.

    Raises:
        OnstageError: as `access_broadcast` with `broadcast.update`; `broadcast_over`.
    """
    async with ctx.database.begin() as tx:
        room, old = await access_broadcast(tx, caller, broadcast_id, Permission.BROADCAST_UPDATE)
        if not old.status.is_active:
            raise OnstageError(ErrorCode.BROADCAST_OVER)
        new = replace(old, layout=layout or old.layout, title=old.title if title is None else title)
        await broadcasts.save(tx, new)
        await emit(ctx, tx, room, BroadcastUpdated(broadcast=BroadcastView.of(new)))
        tx.after_commit.append(lambda: ctx.after_change.broadcast_changed(new))
    return new


async def stop_broadcast(ctx: Context, caller: Caller, broadcast_id: str) -> Broadcast:
    """Ask a broadcast to end. Stopping already is fine.

    Raises:
        OnstageError: as `access_broadcast` with `broadcast.stop`; `broadcast_over`.
    """
    async with ctx.database.begin() as tx:
        room, broadcast = await access_broadcast(tx, caller, broadcast_id, Permission.BROADCAST_STOP)
        if not broadcast.status.is_active:
            raise OnstageError(ErrorCode.BROADCAST_OVER)
        return await _stop(ctx, tx, room, broadcast, reason="stopped")


async def stop_in(ctx: Context, tx: Tx, room: Room, *, reason: str) -> None:
    """Stop the room's broadcast, if one runs."""
    broadcast = await broadcasts.active_of(tx, room.id)
    if broadcast is not None:
        await _stop(ctx, tx, room, broadcast, reason=reason)


async def stop_for_lack_of_people(ctx: Context, room_id: str) -> None:
    """Stop the room's broadcast because nobody has been on stage for long enough."""
    async with ctx.database.begin() as tx:
        room = await rooms.get(tx, room_id)
        if room is not None:
            await stop_in(ctx, tx, room, reason="stage_empty")


async def _stop(ctx: Context, tx: Tx, room: Room, broadcast: Broadcast, *, reason: str) -> Broadcast:
    if broadcast.status is BroadcastStatus.STOPPING:
        return broadcast
    stopping = await _move(ctx, tx, room, broadcast, BroadcastStatus.STOPPING, reason=reason)
    tx.after_commit.append(lambda: ctx.after_change.broadcast_changed(stopping))
    return stopping


async def _move(
    ctx: Context, tx: Tx, room: Room, broadcast: Broadcast, status: BroadcastStatus, *, reason: str | None
) -> Broadcast:
    now = ctx.clock.now()
    moved = replace(
        broadcast,
        status=status,
        reason=reason or broadcast.reason,
        live_at=now if status is BroadcastStatus.LIVE else broadcast.live_at,
        ended_at=None if status.is_active else now,
    )
    await broadcasts.save(tx, moved)
    await emit(ctx, tx, room, _EVENTS[status](broadcast=BroadcastView.of(moved)))
    return moved


async def report_status(ctx: Context, broadcast_id: str, status: BroadcastStatus, *, reason: str | None = None) -> None:
    """Write what became of a broadcast: live, ended or failed. Reports that come late change nothing."""
    async with ctx.database.begin() as tx:
        broadcast = await broadcasts.get(tx, broadcast_id)
        if broadcast is None or not broadcast.status.is_active:
            return
        if status is BroadcastStatus.LIVE and broadcast.status is not BroadcastStatus.STARTING:
            return
        room = await rooms.get(tx, broadcast.room_id)
        assert room is not None, "a broadcast belongs to a room"
        await _move(ctx, tx, room, broadcast, status, reason=reason)


async def report_degraded(ctx: Context, broadcast_id: str, *, reason: str) -> None:
    """Tell that the broadcast goes on, but not as it should."""
    async with ctx.database.begin() as tx:
        broadcast = await broadcasts.get(tx, broadcast_id)
        room = None if broadcast is None else await rooms.get(tx, broadcast.room_id)
        if broadcast is not None and room is not None and broadcast.status.is_active:
            await emit(ctx, tx, room, BroadcastDegraded(broadcast=BroadcastView.of(broadcast), reason=reason))
