"""Timed metadata: texts of the app's own at a moment of the show."""

from dataclasses import dataclass
from datetime import timedelta

from onstage.actions.access import Caller
from onstage.actions.broadcasts import access_broadcast
from onstage.actions.context import Context
from onstage.errors import ErrorCode, OnstageError
from onstage.model.ids import Prefix, new_id
from onstage.model.permission import Permission
from onstage.model.records import Broadcast
from onstage.model.timed_metadata import PayloadShape, TimedMetadata
from onstage.store import timed_metadata
from onstage.store.database import Tx

MOST_IN_WINDOW = 50
WINDOW_S = 10
"""Each is in every playlist for half a minute: more would weigh more than the playlist itself."""


@dataclass(frozen=True, slots=True)
class NewMetadata:
    """What to tell."""

    payload: str
    duration_s: float = 0.0
    shape: PayloadShape = PayloadShape.ONSTAGE


async def send_metadata(ctx: Context, caller: Caller, broadcast_id: str, new: NewMetadata) -> TimedMetadata:
    """Put a text at this moment of the show: viewers get it when they see what is filmed now.

    Raises:
        OnstageError: as `access_broadcast` with `metadata.send`; `broadcast_over`; `rate_limited`.
    """
    async with ctx.database.begin() as tx:
        _, broadcast = await access_broadcast(tx, caller, broadcast_id, Permission.METADATA_SEND)
        if not broadcast.status.is_active:
            raise OnstageError(ErrorCode.BROADCAST_OVER)
        return await mark(ctx, tx, broadcast, new)


async def mark(ctx: Context, tx: Tx, broadcast: Broadcast, new: NewMetadata) -> TimedMetadata:
    """Put it there.

    Raises:
        OnstageError: `rate_limited`.
    """
    now = ctx.clock.now()
    if await timed_metadata.count_since(tx, broadcast.id, now - timedelta(seconds=WINDOW_S)) >= MOST_IN_WINDOW:
        expected = f"at most {MOST_IN_WINDOW} in {WINDOW_S} seconds of a show"
        raise OnstageError(ErrorCode.RATE_LIMITED, expected=expected, retry_after_s=WINDOW_S)
    item = TimedMetadata(new_id(Prefix.METADATA), broadcast.id, now, new.duration_s, new.payload, new.shape)
    await timed_metadata.add(tx, item)
    tx.after_commit.append(lambda: ctx.after_change.broadcast_changed(broadcast))
    return item
