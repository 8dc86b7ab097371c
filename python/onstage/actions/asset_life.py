"""How far an asset is: what it is made of, and what became of it."""

from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass, replace

from onstage.actions.context import Context
from onstage.actions.emit import emit
from onstage.events import NOBODY, AssetFailed, AssetReady
from onstage.model.assets import AssetFailure, AssetKind, AssetStatus
from onstage.model.ids import AssetId, Prefix, new_id
from onstage.model.records import Asset, Message, Recording
from onstage.model.views import AssetView
from onstage.store import assets, messages, recordings, rooms, sessions
from onstage.store.database import Tx

MOST_MESSAGES = 100_000
"""In a log of the chat: the first so many."""
PAGE_MESSAGES = 1_000
"""Read at once: the event loop is held for some milliseconds."""


@dataclass(frozen=True, slots=True)
class Commission:
    """An asset to be made, and of what."""

    asset: Asset
    recording: Recording


@dataclass(frozen=True, slots=True)
class MadeFile:
    """What was made: its path in the recording's folder, and its size in bytes."""

    kind: AssetKind
    name: str
    size_bytes: int


async def next_commission(
    ctx: Context, *, others: Collection[str] = (), but: Collection[str] = ()
) -> Commission | None:
    """What this server should make next, also in place of `others`; not those whose ids are `but`."""
    async with ctx.database.read() as tx:
        asset = await assets.due(tx, ctx.server_id, others=others, but=but)
        recording = None if asset is None else await recordings.get(tx, asset.recording_id)
        return None if asset is None or recording is None else Commission(asset, recording)


async def read_said(ctx: Context, recording: Recording) -> AsyncIterator[list[Message]]:
    """What was said to everybody while it was recorded, in order, a page at a time.

    A message that is deleted meanwhile may be in it: then the log is wanted anew (`report_made`).
    """
    left = MOST_MESSAGES
    async with ctx.database.read() as tx:
        found = await sessions.ids_within(tx, recording.room_id, recording.started_at, recording.ended_at)
    for session_id in found:
        seq = -1
        while page := await _page(ctx, recording, session_id, seq, min(left, PAGE_MESSAGES)):
            yield page
            left, seq = left - len(page), page[-1].seq


async def _page(ctx: Context, recording: Recording, session_id: str, seq: int, limit: int) -> list[Message]:
    since, until = recording.started_at, recording.ended_at
    async with ctx.database.read() as tx:
        return await messages.to_everyone(tx, session_id, since=since, until=until, seq=seq, limit=limit)


async def report_made(ctx: Context, asset: Asset, made: Sequence[MadeFile]) -> bool:
    """Write that an asset can be had, with what was made beside it. False: its recording is gone, or it is not wanted.

    What was made for an earlier revision is not: a message was deleted meanwhile.
    """
    size = next(one.size_bytes for one in made if one.name == asset.name)
    ready = replace(asset, status=AssetStatus.READY, reason=None, size_bytes=size, ready_at=ctx.clock.now())
    async with ctx.database.begin() as tx:
        if not await _put(ctx, tx, ready):
            return False
        beside = [one for one in made if one.name != asset.name]
        await assets.remove_all(tx, asset.recording_id, {one.kind for one in beside})
        for one in beside:
            fresh = replace(ready, id=AssetId(new_id(Prefix.ASSET)), kind=one.kind, name=one.name)
            await assets.add(tx, replace(fresh, size_bytes=one.size_bytes))
    return True


async def report_not_made(ctx: Context, asset: Asset, reason: AssetFailure) -> None:
    """Write that an asset could not be made."""
    async with ctx.database.begin() as tx:
        await _put(ctx, tx, replace(asset, status=AssetStatus.FAILED, reason=reason))


async def _put(ctx: Context, tx: Tx, new: Asset) -> bool:
    recording = await recordings.get(tx, new.recording_id)
    await tx.forget_reads()
    room = None if recording is None else await rooms.lock_id(tx, recording.room_id)
    old = None if room is None else await assets.get(tx, new.id)
    if room is None or old is None or not old.is_unmade or old.revision != new.revision:
        return False
    await assets.save(tx, new)
    event = AssetReady if new.status is AssetStatus.READY else AssetFailed
    await emit(ctx, tx, room, event(asset=AssetView.of(new)), NOBODY)
    return True
