"""Captions, as apps send them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from onstage.actions.access import Caller
from onstage.actions.broadcasts import access_broadcast
from onstage.actions.context import Context
from onstage.errors import ErrorCode, FieldProblem, OnstageError
from onstage.model.captions import LONGEST_S, Caption
from onstage.model.ids import Prefix, new_id
from onstage.model.permission import Permission
from onstage.model.records import Broadcast
from onstage.store import captions

LEAST_S = 1.5
EARLIEST, LATEST = timedelta(minutes=5), timedelta(minutes=5)
"""How far from now a line may start: no player lists what is older, and what is to come is kept in memory."""
MOST_NEAR = 2_000
CHARS_PER_S = 15
"""How fast people read captions, where their sender does not say how long one stays."""


@dataclass(frozen=True, slots=True)
class NewCue:
    """A line; from now, or for as long as it takes to read, where it does not say."""

    text: str
    starts_at: datetime | None = None
    ends_at: datetime | None = None


async def send_captions(
    ctx: Context, caller: Caller, broadcast_id: str, language: str, cues: Sequence[NewCue]
) -> list[Caption]:
    """Add lines to one of the show's captions.

    Raises:
        OnstageError: as `access_broadcast` with `caption.send`; `broadcast_over`; `caption_language_unknown`;
            `malformed` for a line that ends before it starts, lasts for too long, or starts too far from now;
            `rate_limited`.
    """
    async with ctx.database.begin() as tx:
        _, broadcast = await access_broadcast(tx, caller, broadcast_id, Permission.CAPTION_SEND)
        if not broadcast.status.is_active:
            raise OnstageError(ErrorCode.BROADCAST_OVER)
        _require_language(broadcast, language)
        now = ctx.clock.now()
        _require_near(cues, now)
        if await captions.count_since(tx, broadcast.id, now - EARLIEST) + len(cues) > MOST_NEAR:
            expected = f"at most {MOST_NEAR} lines from {EARLIEST} ago on"
            raise OnstageError(ErrorCode.RATE_LIMITED, expected=expected, retry_after_s=60)
        lines = [_caption(broadcast, language, cue, now) for cue in cues]
        await captions.add(tx, lines)
        tx.after_commit.append(lambda: ctx.after_change.broadcast_changed(broadcast))
    return lines


def _require_language(broadcast: Broadcast, language: str) -> None:
    known = [track.language for track in broadcast.captions]
    if language not in known:
        expected = f"one of {', '.join(known)}" if known else "a broadcast that was started with `captions`"
        raise OnstageError(ErrorCode.CAPTION_LANGUAGE_UNKNOWN, expected=expected)


def _require_near(cues: Sequence[NewCue], now: datetime) -> None:
    far = [
        FieldProblem(f"cues.{number}.starts_at", f"must be within {EARLIEST} of now")
        for number, cue in enumerate(cues)
        if cue.starts_at is not None and not now - EARLIEST <= cue.starts_at <= now + LATEST
    ]
    if far:
        raise OnstageError(ErrorCode.MALFORMED, errors=far)


def _caption(broadcast: Broadcast, language: str, cue: NewCue, now: datetime) -> Caption:
    starts_at = cue.starts_at or now
    ends_at = cue.ends_at or starts_at + timedelta(seconds=min(max(LEAST_S, len(cue.text) / CHARS_PER_S), LONGEST_S))
    return Caption(new_id(Prefix.CAPTION), broadcast.id, language, starts_at, ends_at, cue.text)
