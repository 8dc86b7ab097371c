"""Playback tokens: given to who joins, made for a project's server, and taken back (design §10.13)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from onstage.actions.access import Caller, access_recorded_room
from onstage.actions.context import Context
from onstage.actions.cursors import wrong_cursor
from onstage.actions.roles import template_of
from onstage.errors import ErrorCode, OnstageError
from onstage.model import playback_token
from onstage.model.ids import Prefix, new_id, random_text
from onstage.model.playback import LONGEST_LIFE, PlaybackGrant, digest
from onstage.model.records import Participant, PlaybackToken, Room
from onstage.store import broadcasts, playback
from onstage.store.database import Tx

LIVE_LIST, DVR_LIST = "index.m3u8", "dvr.m3u8"
_TOKEN_ID_LENGTH = 16  # 80 bits, in a room


@dataclass(frozen=True, slots=True)
class NewPlaybackToken:
    """What a server's playback token is made from. `identity`: whom it goes with when they are shown out."""

    ttl: timedelta
    label: str | None = None
    identity: str | None = None


@dataclass(frozen=True, slots=True)
class Playback:
    """Where somebody plays the room's show: paths below the server's own URL, and until when they are good.

    `dvr_path` is of the long list, None where there is none; `profile` is the name of the latency profile.
    """

    path: str
    dvr_path: str | None
    profile: str
    expires_at: datetime | None


async def playback_of(ctx: Context, room: Room, participant: Participant) -> Playback:
    """Where the participant plays the show that is on, or, while there is none, one that begins as the template says.

    With a token of their own where the room is signed.
    """
    async with ctx.database.read() as tx:
        on = await broadcasts.to_watch(tx, room.id)
        show = on if on is not None and on.status.is_active else (await template_of(tx, room)).broadcast
    token, expires_at = _own_token(ctx, room, participant)
    dvr_path = live_path(room.id, token, DVR_LIST) if show.dvr_window_s else None
    return Playback(live_path(room.id, token), dvr_path, show.profile, expires_at)


def _own_token(ctx: Context, room: Room, participant: Participant) -> tuple[str | None, datetime | None]:
    """The token that joining gives, and until when it is good; none where anybody may play."""
    if not room.settings.playback.is_signed:
        return None, None
    now = ctx.clock.now()
    expires_at = now + timedelta(seconds=room.settings.playback.viewer_token_ttl_s)
    if participant.removes_at is not None:
        expires_at = min(expires_at, participant.removes_at)
    grant = PlaybackGrant(
        room_id=room.id,
        token_id=random_text(_TOKEN_ID_LENGTH),
        issued_at=now,
        expires_at=expires_at,
        holder=digest(room.id, participant.identity),
        via=None if participant.token_id is None else digest(room.id, participant.token_id),
        key_id=participant.key_id,
    )
    return _signed(ctx, grant), expires_at


def live_path(room_id: str, token: str | None = None, name: str = LIVE_LIST) -> str:
    """The path of the room's static playlist; the token stands in it, so that what the list names inherits it."""
    inherited = "" if token is None else f"/~{token}"
    return f"/live{inherited}/{room_id}/{name}"


def _signed(ctx: Context, grant: PlaybackGrant) -> str:
    return playback_token.sign(grant, ctx.keyring.playback_keys[0])


async def create_playback_token(
    ctx: Context, caller: Caller, room: str, new: NewPlaybackToken
) -> tuple[PlaybackToken, str]:
    """A token with which anybody plays the room's shows, and the token itself, which is told this once.

    Of a deleted room, which is known by its id, they are its recordings, as long as there are any.

    Raises:
        OnstageError: `permission_denied` for a participant, `key_bounded`, `room_not_found`.
    """
    async with ctx.database.begin() as tx:
        found = await access_recorded_room(tx, caller, room)
        now = ctx.clock.now()
        made = PlaybackToken(
            id=new_id(Prefix.PLAYBACK_TOKEN),
            project_id=found.project_id,
            room_id=found.id,
            label=new.label,
            identity=new.identity,
            created_at=now,
            expires_at=now + new.ttl,
        )
        await playback.add_token(tx, made)
    holder = None if new.identity is None else digest(found.id, new.identity)
    grant = PlaybackGrant(found.id, made.id, made.created_at, made.expires_at, holder)
    return made, _signed(ctx, grant)


async def list_playback_tokens(
    ctx: Context, caller: Caller, room: str, *, after: str | None, limit: int
) -> list[PlaybackToken]:
    """Those that the project's server had made and that have not expired long ago, newest first.

    Raises:
        OnstageError: as `create_playback_token`; `malformed` for a cursor that is none.
    """
    async with ctx.database.read() as tx:
        found = await access_recorded_room(tx, caller, room)
        if after is not None and await playback.get_token(tx, found.id, after) is None:
            raise wrong_cursor()
        return await playback.page_tokens(tx, found.id, after=after, limit=limit)


async def revoke_playback_token(ctx: Context, caller: Caller, room: str, token_id: str) -> None:
    """Make the token useless, from the next request on. Again changes nothing.

    Raises:
        OnstageError: as `create_playback_token`; `playback_token_not_found`.
    """
    async with ctx.database.begin() as tx:
        found = await access_recorded_room(tx, caller, room)
        token = await playback.get_token(tx, found.id, token_id)
        if token is None:
            raise OnstageError(ErrorCode.PLAYBACK_TOKEN_NOT_FOUND)
        if token.revoked_at is None:
            await playback.revoke_token(tx, token.id, at=ctx.clock.now())
        tell_playback_changed(ctx, tx, found.id)


async def stop_playing(ctx: Context, tx: Tx, room: Room, identity: str) -> None:
    """Whatever the identity plays the room's shows with is good no more: they were shown out."""
    now = ctx.clock.now()
    await playback.revoke_identity(tx, room.id, identity, issued_until=now, forget_at=now + LONGEST_LIFE)
    tell_playback_changed(ctx, tx, room.id)


def tell_playback_changed(ctx: Context, tx: Tx, room_or_project_id: str) -> None:
    """Have the doors look again at who may play, in the room or in all of the project's, once this is committed."""
    tx.after_commit.append(lambda: ctx.after_change.playback_changed(room_or_project_id))


async def forget_playback(ctx: Context) -> None:
    """Forget tokens that have expired, and revocations that concern only such."""
    async with ctx.database.begin() as tx:
        await playback.forget_before(tx, ctx.clock.now())
