"""The broadcast: asked for here, made by jobs/broadcasting, reported back here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from typing import Any

from pydantic import ValidationError

from onstage.actions.access import Caller, ServerCaller, access_room
from onstage.actions.bodies.base import field_problems
from onstage.actions.context import Context
from onstage.actions.due import do_due
from onstage.actions.emit import emit
from onstage.actions.output_making import NewOutput, made_outputs
from onstage.actions.roles import template_of
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
    OutputConnecting,
    OutputEnded,
)
from onstage.model.ids import BroadcastId, Prefix, new_id
from onstage.model.outputs import Outputs, OutputStatus, ended_with_broadcast, hls_moved
from onstage.model.permission import Permission
from onstage.model.records import Broadcast, BroadcastStatus, CanvasShape, Layout, Quality, Room, Session
from onstage.model.role import Level
from onstage.model.views import BroadcastView, OutputView
from onstage.store import broadcasts, participants, rooms, servers, sessions, stretches
from onstage.store.database import Tx

_EVENTS: dict[BroadcastStatus, type[BroadcastEvent]] = {
    BroadcastStatus.STARTING: BroadcastStarting,
    BroadcastStatus.LIVE: BroadcastLive,
    BroadcastStatus.STOPPING: BroadcastStopping,
    BroadcastStatus.ENDED: BroadcastEnded,
    BroadcastStatus.FAILED: BroadcastFailed,
}
_OF_HLS = {
    BroadcastStatus.STARTING: OutputStatus.CONNECTING,
    BroadcastStatus.LIVE: OutputStatus.LIVE,
    BroadcastStatus.STOPPING: OutputStatus.LIVE,
    BroadcastStatus.ENDED: OutputStatus.ENDED,
    BroadcastStatus.FAILED: OutputStatus.FAILED,
}


@dataclass(frozen=True, slots=True)
class NewBroadcast:
    """What a broadcast is started with; None takes the room's title, and for the rest what its template says."""

    title: str | None = None
    layout: Mapping[str, Any] | None = None  # a merge patch
    canvas: CanvasShape | None = None
    quality: Quality | None = None
    profile: str | None = None
    outputs: Sequence[NewOutput] = ()


@dataclass(frozen=True, slots=True)
class BroadcastChange:
    """What is to change while it runs; None leaves it. `layout` is a merge patch (RFC 7396)."""

    title: str | None = None
    layout: Mapping[str, Any] | None = None


async def start_broadcast(ctx: Context, caller: Caller, room: str, new: NewBroadcast) -> Broadcast:
    """Begin to compose the room. An empty stage shows the slate (design §10.15).

    Raises:
        OnstageError: as `access_room` with `broadcast.start`; `broadcast_active`, `capacity_exhausted`; as
            `made_outputs`.
    """
    if new.outputs:
        async with ctx.database.read() as tx:  # nobody else makes us look up addresses
            await access_room(tx, caller, room, Permission.BROADCAST_START)
    outputs = await made_outputs(ctx, new.outputs)
    async with ctx.database.begin() as tx:
        found, _ = await access_room(tx, caller, room, Permission.BROADCAST_START)
        return await _start(ctx, tx, found, await sessions.open_of(tx, found.id), new, outputs)


async def start_unless_one_was(ctx: Context, room_id: str) -> Broadcast | None:
    """Begin to compose the room by itself, if it is set so, somebody is on stage, and this session had no show yet.

    Raises:
        OnstageError: `capacity_exhausted`; nothing was changed.
    """
    async with ctx.database.begin() as tx:
        room = await rooms.lock_id(tx, room_id)
        session = None if room is None else await sessions.open_of(tx, room.id)
        if room is None or session is None or not room.settings.broadcast.auto_start:
            return None
        is_staged = (await participants.count_levels(tx, session.id))[Level.STAGE] > 0
        if not is_staged or await broadcasts.any_since(tx, room.id, session.started_at):
            return None
        return await _start(ctx, tx, room, session, NewBroadcast(), await made_outputs(ctx, ()))


async def _start(
    ctx: Context, tx: Tx, room: Room, session: Session | None, new: NewBroadcast, outputs: Outputs
) -> Broadcast:
    if await broadcasts.active_of(tx, room.id) is not None:
        raise OnstageError(ErrorCode.BROADCAST_ACTIVE)
    await servers.hold_work(tx, ctx.server_id)  # of two rooms that take the last place at once, one has it
    if len(await broadcasts.active_on(tx, ctx.server_id)) >= ctx.max_broadcasts:
        raise OnstageError(ErrorCode.CAPACITY_EXHAUSTED, expected=f"fewer than {ctx.max_broadcasts} at once")
    defaults = (await template_of(tx, room)).broadcast
    broadcast = Broadcast(
        id=BroadcastId(new_id(Prefix.BROADCAST)),
        project_id=room.project_id,
        room_id=room.id,
        session_id=None if session is None else session.id,
        title=new.title or room.title,
        status=BroadcastStatus.STARTING,
        reason=None,
        layout=_patched(defaults.layout, new.layout),
        canvas=new.canvas or defaults.canvas,
        quality=new.quality or defaults.quality,
        profile=new.profile or defaults.profile,
        started_at=ctx.clock.now(),
        live_at=None,
        ended_at=None,
        server_id=ctx.server_id,
        outputs=outputs,
    )
    await broadcasts.add(tx, broadcast)
    await emit(ctx, tx, room, BroadcastStarting(broadcast=BroadcastView.of(broadcast)))
    for one in outputs[1:]:
        view = OutputView.of(one)
        await emit(ctx, tx, room, OutputConnecting(broadcast=BroadcastView.of(broadcast), output=view))
    tx.after_commit.append(lambda: ctx.after_change.broadcast_changed(broadcast))
    return broadcast


def _patched(layout: Layout, patch: Mapping[str, Any] | None) -> Layout:
    try:
        return layout if patch is None else layout.patched(patch)
    except ValidationError as cause:
        raise OnstageError(ErrorCode.MALFORMED, errors=field_problems(cause.errors(), within="layout")) from cause


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
    await tx.forget_reads()
    room, _ = await access_room(tx, caller, broadcast.room_id, permission)
    now = await broadcasts.get(tx, broadcast_id)  # again: the room is held only since then
    return room, now or broadcast


async def update_broadcast(ctx: Context, caller: Caller, broadcast_id: str, change: BroadcastChange) -> Broadcast:
    """Change the picture of a running broadcast, from its next tick; playback goes on.

    Raises:
        OnstageError: as `access_broadcast` with `broadcast.update`; `broadcast_over`; `malformed` for a layout whose
            parts don't go together.
    """
    async with ctx.database.begin() as tx:
        room, old = await access_broadcast(tx, caller, broadcast_id, Permission.BROADCAST_UPDATE)
        if not old.status.is_active:
            raise OnstageError(ErrorCode.BROADCAST_OVER)
        title = old.title if change.title is None else change.title
        new = replace(old, layout=_patched(old.layout, change.layout), title=title)
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


async def stop_for_lack_of_people(ctx: Context, default_stop_s: float) -> int:
    """Stop the broadcasts on whose stage nobody has been for long enough, once somebody was; how many.

    `default_stop_s` is for rooms that don't say; 0 is never. Of several servers that look, one stops each.
    """
    async with ctx.database.read() as tx:
        running = [one for one in await broadcasts.all_active(tx) if _is_running(one)]
        empty = [one for one in running if await _is_deserted(ctx, tx, one, default_stop_s)]
    due = ((one.room_id, one) for one in empty)
    return await do_due(ctx, "stop shows", due, partial(_stop_if_deserted, ctx, default_stop_s))


async def _is_deserted(ctx: Context, tx: Tx, show: Broadcast, default_stop_s: float) -> bool:
    room = await rooms.get(tx, show.room_id)
    assert room is not None, "a broadcast belongs to a room"
    own_stop_s = room.settings.broadcast.auto_stop_s
    stop_s = default_stop_s if own_stop_s is None else own_stop_s
    if stop_s <= 0:
        return False
    emptied_at = await stretches.room_stage_emptied_at(tx, room.id, since=show.started_at)
    return emptied_at is not None and emptied_at + timedelta(seconds=stop_s) <= ctx.clock.now()


async def _stop_if_deserted(ctx: Context, default_stop_s: float, tx: Tx, room: Room, found: Broadcast) -> bool:
    show = await broadcasts.get(tx, found.id)
    if show is None or not _is_running(show) or not await _is_deserted(ctx, tx, show, default_stop_s):
        return False
    await _stop(ctx, tx, room, show, reason="stage_empty")
    return True


def _is_running(show: Broadcast) -> bool:
    return show.status in (BroadcastStatus.STARTING, BroadcastStatus.LIVE)


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
    outputs = hls_moved(broadcast.outputs, _OF_HLS[status], now)
    moved = replace(
        broadcast,
        status=status,
        reason=reason or broadcast.reason,
        live_at=now if status is BroadcastStatus.LIVE else broadcast.live_at,
        ended_at=None if status.is_active else now,
        outputs=outputs if status.is_active else ended_with_broadcast(outputs, now),
    )
    await broadcasts.save(tx, moved)
    await emit(ctx, tx, room, _EVENTS[status](broadcast=BroadcastView.of(moved)))
    for one in (one for one in moved.outputs if one not in outputs):
        await emit(ctx, tx, room, OutputEnded(broadcast=BroadcastView.of(moved), output=OutputView.of(one)))
    return moved


async def report_status(ctx: Context, broadcast_id: str, status: BroadcastStatus, *, reason: str | None = None) -> None:
    """Write what became of a broadcast: live, ended or failed. Reports that come late change nothing."""
    async with ctx.database.begin() as tx:
        held = await hold_broadcast(tx, broadcast_id)
        if held is None or not held[1].status.is_active:
            return
        room, broadcast = held
        if status is BroadcastStatus.LIVE and broadcast.status is not BroadcastStatus.STARTING:
            return
        await _move(ctx, tx, room, broadcast, status, reason=reason)


async def hold_broadcast(tx: Tx, broadcast_id: str) -> tuple[Room, Broadcast] | None:
    """The broadcast's room, held for this transaction, and the broadcast as it is then."""
    found = await broadcasts.get(tx, broadcast_id)
    await tx.forget_reads()
    room = None if found is None else await rooms.lock_id(tx, found.room_id)
    broadcast = None if room is None else await broadcasts.get(tx, broadcast_id)
    return None if room is None or broadcast is None else (room, broadcast)


async def report_degraded(ctx: Context, broadcast_id: str, *, reason: str) -> None:
    """Tell that the broadcast goes on, but not as it should."""
    async with ctx.database.begin() as tx:
        held = await hold_broadcast(tx, broadcast_id)
        if held is not None and held[1].status.is_active:
            room, broadcast = held
            await emit(ctx, tx, room, BroadcastDegraded(broadcast=BroadcastView.of(broadcast), reason=reason))
