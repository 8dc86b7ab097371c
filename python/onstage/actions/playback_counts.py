"""How many play a show without being in its room: counted where the show is, kept for every server to tell."""

from onstage.actions.context import Context
from onstage.store import broadcasts, playback


async def report_viewers(ctx: Context, broadcast_id: str, viewers: int) -> None:
    """Write how many play the broadcast now, and have it told.

    Raises:
        OnstageError: `store_unavailable`.
    """
    async with ctx.database.begin() as tx:
        broadcast = await broadcasts.get(tx, broadcast_id)
        if broadcast is None:
            return
        await playback.write_count(tx, broadcast_id, viewers, at=ctx.clock.now())
        tx.after_commit.append(lambda: ctx.after_change.counts_changed(broadcast.room_id))
