"""What plays in a broadcast: as others ask for it, and how it ends with its broadcast."""

from collections.abc import Iterable
from dataclasses import replace

from onstage.actions.context import Context
from onstage.actions.emit import emit
from onstage.events import MediaEnded
from onstage.model.playbacks import PlaybackEndReason, PlaybackStatus
from onstage.model.records import Playback, Room
from onstage.model.views import MediaPlaybackView
from onstage.store import playbacks
from onstage.store.database import Tx


async def playing_in(tx: Tx, broadcast_ids: Iterable[str]) -> list[MediaPlaybackView]:
    """What is seen or heard in these broadcasts now, first started first."""
    active = [playback for one in broadcast_ids for playback in await playbacks.active_of(tx, one)]
    playing = [one for one in active if one.status is PlaybackStatus.PLAYING]
    in_order = sorted(playing, key=lambda one: (one.started_at or one.created_at, one.id))
    return [MediaPlaybackView.of(one) for one in in_order]


async def end_playback(
    ctx: Context, tx: Tx, room: Room, playback: Playback, reason: PlaybackEndReason, *, detail: str | None = None
) -> Playback:
    """Write that it plays no more, and tell it."""
    now = ctx.clock.now()
    ended = replace(
        playback,
        status=PlaybackStatus.ENDED,
        reason=reason,
        detail=detail,
        position_ms=playback.position_now_ms(now),
        position_at=now,
        ended_at=now,
    )
    await playbacks.save(tx, ended)
    await emit(ctx, tx, room, MediaEnded(playback=MediaPlaybackView.of(ended), reason=reason))
    return ended


async def end_all(ctx: Context, tx: Tx, room: Room, broadcast_id: str) -> None:
    """The broadcast is over, and with it what plays in it."""
    for playback in await playbacks.active_of(tx, broadcast_id):
        await end_playback(ctx, tx, room, playback, PlaybackEndReason.STOPPED)
