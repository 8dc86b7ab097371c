"""Brings what apps put on a show's timeline from the store to the show's window."""

from datetime import timedelta

from onstage.actions.context import Context
from onstage.errors import OnstageError
from onstage.model.records import Broadcast
from onstage.origin.broadcast import BroadcastWindow
from onstage.store import captions, timed_metadata

LATEST = timedelta(minutes=5)
"""How far back is looked for what is new: nobody sends captions later than this."""


async def annotate(ctx: Context, broadcast: Broadcast, window: BroadcastWindow, *, of_before: bool = False) -> None:
    """Put it there. While the store is away nothing is; the next thing sent brings what is missing.

    `of_before`: the window was just taken over from an earlier process, so all that the store has is looked at.
    """
    since = broadcast.started_at if of_before else ctx.clock.now() - LATEST
    try:
        async with ctx.database.read() as tx:
            items = await timed_metadata.since(tx, broadcast.id, since)
            lines = await captions.since(tx, broadcast.id, since) if broadcast.captions else []
    except OnstageError:
        return
    window.annotate(items, lines, of_before=of_before)
