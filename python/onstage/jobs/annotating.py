"""Brings what apps put on a show's timeline from the store to the show's window, and to its recordings."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from onstage.actions.context import Context
from onstage.errors import OnstageError
from onstage.model.captions import Caption, CaptionTrack
from onstage.model.records import Broadcast
from onstage.model.timed_metadata import TimedMetadata
from onstage.origin.live.broadcast import BroadcastWindow
from onstage.store import broadcasts, captions, timed_metadata

LATEST = timedelta(minutes=5)
"""How far back is looked for what is new: nobody sends captions later than this."""
MOST_IN_RECORDING = 10_000
"""What a recording's playlists tell of metadata, the first of it: a line each second for nearly three hours."""


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


class StoredNotes:
    """What the store has for the timeline of recordings. Implements `vod.Notes`."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx

    async def tracks(self, broadcast_id: str) -> Sequence[CaptionTrack]:
        """The languages of its captions."""
        async with self._ctx.database.read() as tx:
            broadcast = await broadcasts.get(tx, broadcast_id)
        return () if broadcast is None else broadcast.captions

    async def captions(self, broadcast_id: str, language: str, since: datetime, until: datetime) -> Sequence[Caption]:
        """The lines that are shown at any moment between these."""
        async with self._ctx.database.read() as tx:
            return await captions.between(tx, broadcast_id, language, since, until)

    async def metadata(self, broadcast_id: str, since: datetime, until: datetime) -> Sequence[TimedMetadata]:
        """What lies between these moments, in order."""
        async with self._ctx.database.read() as tx:
            return await timed_metadata.between(tx, broadcast_id, since, until, most=MOST_IN_RECORDING)

    def is_settled(self, moment: datetime) -> bool:
        """Whether nothing can come any more that belongs to that moment."""
        return self._ctx.clock.now() > moment + LATEST
