"""The broadcast: asked for here, made by jobs/broadcasting, reported back here."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from pydantic import ValidationError

from onstage.actions.access import Caller, ServerCaller, access_room
from onstage.actions.bodies.base import field_problems
from onstage.actions.capacity import require_place
from onstage.actions.context import Context
from onstage.actions.emit import emit
from onstage.actions.encoding import check_encoder, chosen_ladder
from onstage.actions.images import fetched_look, patched_look, use_images
from onstage.actions.output_making import NewOutput, made_outputs
from onstage.actions.recording_life import begin_recording
from onstage.actions.roles import template_of
from onstage.errors import ErrorCode, OnstageError
from onstage.events import BroadcastStarting, BroadcastUpdated, OutputConnecting, OutputLive
from onstage.model.broadcast_defaults import LadderWish
from onstage.model.captions import CaptionTrack
from onstage.model.ids import BroadcastId, Prefix, new_id
from onstage.model.marks import Mark
from onstage.model.media import VideoEncoderName
from onstage.model.mix import Mix
from onstage.model.outputs import Outputs, OutputStatus
from onstage.model.permission import Permission
from onstage.model.records import Broadcast, BroadcastStatus, CanvasShape, Layout, Quality, Room, Session
from onstage.model.role import Level
from onstage.model.views import BroadcastView, OutputView
from onstage.store import broadcasts, participants, rooms, sessions
from onstage.store.database import Tx

_Part = TypeVar("_Part", Layout, Mix)


@dataclass(frozen=True, slots=True)
class NewBroadcast:
    """What a broadcast is started with; None takes the room's title, and for the rest what its template says."""

    title: str | None = None
    layout: Mapping[str, Any] | None = None  # a merge patch
    canvas: CanvasShape | None = None
    quality: Quality | None = None
    ladder: LadderWish | None = None  # in place of `quality`
    audio_bps: int | None = None
    encoder: VideoEncoderName | None = None
    profile: str | None = None
    dvr_window_s: int | None = None
    max_duration_s: int | None = None  # 0: as long as it likes
    outputs: Sequence[NewOutput] = ()
    captions: tuple[CaptionTrack, ...] | None = None
    marks: tuple[Mark, ...] | None = None
    look: Mapping[str, Any] | None = None  # a merge patch


@dataclass(frozen=True, slots=True)
class BroadcastChange:
    """What is to change while it runs; None leaves it. `layout`, `look` and `mix` are merge patches (RFC 7396)."""

    title: str | None = None
    layout: Mapping[str, Any] | None = None
    mix: Mapping[str, Any] | None = None
    look: Mapping[str, Any] | None = None
    marks: tuple[Mark, ...] | None = None


async def start_broadcast(ctx: Context, caller: Caller, room: str, new: NewBroadcast) -> Broadcast:
    """Begin to compose the room. An empty stage shows the slate (design §10.15).

    Raises:
        OnstageError: as `access_room` with `broadcast.start`; `broadcast_active`, `capacity_exhausted`,
            `encoder_unavailable`; as
            `made_outputs` and `fetched_look`.
    """
    async with ctx.database.read() as tx:  # nobody else makes us look up addresses and try encoders
        found, _ = await access_room(tx, caller, room, Permission.BROADCAST_START)
        defaults = (await template_of(tx, found)).broadcast
    await check_encoder(ctx, new.encoder or defaults.encoder)
    outputs = await made_outputs(ctx, new.outputs)
    new = replace(new, look=await fetched_look(ctx, caller.project_id, new.look))
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
    defaults = (await template_of(tx, room)).broadcast
    if len(await broadcasts.active_in(tx, room.id)) >= defaults.max_broadcasts:
        raise OnstageError(ErrorCode.BROADCAST_ACTIVE, expected=f"fewer than {defaults.max_broadcasts} at once")
    canvas = new.canvas or defaults.canvas
    quality, ladder = chosen_ladder(defaults, canvas, quality=new.quality, ladder=new.ladder, audio_bps=new.audio_bps)
    await require_place(ctx, tx, ladder)
    look = patched_look(defaults.look, new.look)
    await use_images(ctx, tx, room.project_id, look, new.look)
    broadcast = Broadcast(
        id=BroadcastId(new_id(Prefix.BROADCAST)),
        project_id=room.project_id,
        room_id=room.id,
        session_id=None if session is None else session.id,
        title=new.title or room.title,
        status=BroadcastStatus.STARTING,
        reason=None,
        layout=_patched("layout", defaults.layout, new.layout),
        canvas=canvas,
        quality=quality,
        ladder=ladder,
        encoder=new.encoder or defaults.encoder,
        profile=new.profile or defaults.profile,
        dvr_window_s=defaults.dvr_window_s if new.dvr_window_s is None else new.dvr_window_s,
        max_duration_s=(defaults.max_duration_s if new.max_duration_s is None else new.max_duration_s) or None,
        captions=defaults.captions if new.captions is None else new.captions,
        marks=defaults.marks if new.marks is None else new.marks,
        started_at=ctx.clock.now(),
        live_at=None,
        ended_at=None,
        server_id=ctx.server_id,
        outputs=outputs,
        look=look,
    )
    await broadcasts.add(tx, broadcast)
    await emit(ctx, tx, room, BroadcastStarting(broadcast=BroadcastView.of(broadcast)))
    for one in outputs[1:]:
        told = OutputLive if one.status is OutputStatus.LIVE else OutputConnecting
        await emit(ctx, tx, room, told(broadcast=BroadcastView.of(broadcast), output=OutputView.of(one)))
        await begin_recording(ctx, tx, room, broadcast, one)
    tx.after_commit.append(lambda: ctx.after_change.broadcast_changed(broadcast))
    return broadcast


def _patched(name: str, part: _Part, patch: Mapping[str, Any] | None) -> _Part:
    try:
        return part if patch is None else part.patched(patch)
    except ValidationError as cause:
        raise OnstageError(ErrorCode.MALFORMED, errors=field_problems(cause.errors(), within=name)) from cause


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
        OnstageError: as `access_broadcast` with `broadcast.update`; `broadcast_over`; `malformed` for a layout or
            a look whose parts don't go together, or a mix that is none; as `fetched_look`.
    """
    if change.look:
        async with ctx.database.read() as tx:  # nobody else makes us fetch anything
            await access_broadcast(tx, caller, broadcast_id, Permission.BROADCAST_UPDATE)
        change = replace(change, look=await fetched_look(ctx, caller.project_id, change.look))
    async with ctx.database.begin() as tx:
        room, old = await access_broadcast(tx, caller, broadcast_id, Permission.BROADCAST_UPDATE)
        if not old.status.is_active:
            raise OnstageError(ErrorCode.BROADCAST_OVER)
        title = old.title if change.title is None else change.title
        look, mix = patched_look(old.look, change.look), _patched("mix", old.mix, change.mix)
        await use_images(ctx, tx, room.project_id, look, change.look)
        layout = _patched("layout", old.layout, change.layout)
        marks = old.marks if change.marks is None else change.marks
        new = replace(old, layout=layout, look=look, mix=mix, title=title, marks=marks)
        await broadcasts.save(tx, new)
        await emit(ctx, tx, room, BroadcastUpdated(broadcast=BroadcastView.of(new)))
        tx.after_commit.append(lambda: ctx.after_change.broadcast_changed(new))
    return new
