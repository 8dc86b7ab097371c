"""Marks what happens in the room on the timeline of its shows, for those that ask for it."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import structlog

from onstage.actions.context import Context
from onstage.model.ids import Prefix, new_id
from onstage.model.mark_texts import is_in_shows, poll_text, promotion_text, speaker_text
from onstage.model.marks import Mark
from onstage.model.records import Broadcast, Participant, Poll
from onstage.model.timed_metadata import TimedMetadata
from onstage.store import broadcasts, participants, rooms, sessions, timed_metadata
from onstage.store.database import Tx

MOST_IN_WINDOW = 30
WINDOW_S = 10
"""Of each show, beside what apps send; more is left out."""
_APART = timedelta(milliseconds=1)
_log = structlog.get_logger(__name__)


async def mark_promotion(ctx: Context, tx: Tx, before: Participant, after: Participant) -> None:
    """Somebody changed; mark it if they came into the shows by it."""
    if is_in_shows(after) and not is_in_shows(before):
        await _mark(ctx, tx, after.room_id, Mark.PROMOTION, promotion_text(after))


async def mark_poll(ctx: Context, tx: Tx, poll: Poll) -> None:
    """A poll was started or stopped."""
    await _mark(ctx, tx, poll.room_id, Mark.POLL, poll_text(poll))


async def mark_speaker(ctx: Context, room_id: str, identity: str) -> None:
    """Somebody has the floor, in each show that has their picture and sound."""
    async with ctx.database.read() as tx:
        if not any(Mark.SPEAKER in show.marks for show in await broadcasts.active_in(tx, room_id)):
            return
    async with ctx.database.begin() as tx:
        await rooms.lock_id(tx, room_id)
        session = await sessions.open_of(tx, room_id)
        found = [] if session is None else await participants.of_identities(tx, session.id, [identity])
        for speaker in found:
            if is_in_shows(speaker):
                text = speaker_text(speaker)
                await _mark(ctx, tx, room_id, Mark.SPEAKER, text, unless=lambda show: show.mix.leaves_out(identity))


async def _mark(
    ctx: Context,
    tx: Tx,
    room_id: str,
    kind: Mark,
    text: str,
    *,
    unless: Callable[[Broadcast], bool] = lambda _: False,
) -> None:
    now = ctx.clock.now()
    for show in await broadcasts.active_in(tx, room_id):
        if kind not in show.marks or unless(show):
            continue
        count, last = await timed_metadata.marks_since(tx, show.id, now - timedelta(seconds=WINDOW_S))
        if count >= MOST_IN_WINDOW:
            _log.warning("mark_left_out", broadcast=show.id, kind=kind.value)
            continue
        at = now if last is None or last < now else last + _APART  # players sort them by their moments
        await timed_metadata.add(tx, TimedMetadata(new_id(Prefix.METADATA), show.id, at, 0.0, text, mark=kind))
        tx.after_commit.append(partial(ctx.after_change.broadcast_changed, show))
