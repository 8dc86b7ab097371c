"""Queries on playback: tokens that were made, what takes tokens back, and how many play."""

from datetime import datetime
from typing import Any

from sqlalchemy import RowMapping, bindparam, case, delete, func, insert, or_, select, update

from onstage.model.ids import Prefix, ProjectId, RoomId
from onstage.model.records import BroadcastStatus, PlaybackToken
from onstage.store.database import Tx
from onstage.store.newest_first import newest_first
from onstage.store.tables import broadcasts, project_keys, recordings, token_revocations
from onstage.store.tables import playback_counts as counts
from onstage.store.tables import playback_revocations as revocations
from onstage.store.tables import playback_tokens as tokens

_ACTIVE = [status.value for status in BroadcastStatus if status.is_active]


def _token(row: RowMapping) -> PlaybackToken:
    return PlaybackToken(
        id=row["id"],
        project_id=ProjectId(row["project_id"]),
        room_id=RoomId(row["room_id"]),
        label=row["label"],
        identity=row["identity"],
        created_at=row["created_at"],
        expires_at=row["expires_at"],
        revoked_at=row["revoked_at"],
    )


async def add_token(tx: Tx, token: PlaybackToken) -> None:
    """Insert a token."""
    await tx.connection.execute(
        insert(tokens).values(
            id=token.id,
            project_id=token.project_id,
            room_id=token.room_id,
            label=token.label,
            identity=token.identity,
            created_at=token.created_at,
            expires_at=token.expires_at,
            revoked_at=token.revoked_at,
        )
    )


_OF_ROOM = select(tokens).where(tokens.c.room_id == bindparam("room_id"))
_BY_ID = _OF_ROOM.where(tokens.c.id == bindparam("token_id"))


async def get_token(tx: Tx, room_id: str, token_id: str) -> PlaybackToken | None:
    """The room's token of that id."""
    row = (await tx.connection.execute(_BY_ID, {"room_id": room_id, "token_id": token_id})).mappings().first()
    return None if row is None else _token(row)


async def page_tokens(tx: Tx, room_id: str, *, after: str | None, limit: int) -> list[PlaybackToken]:
    """The room's tokens, newest first, at most `limit`, from behind the id `after`."""
    ordered = newest_first(_OF_ROOM, tokens.c.created_at, tokens.c.id, after=after, limit=limit)
    return [_token(row) for row in (await tx.connection.execute(ordered, {"room_id": room_id})).mappings()]


async def revoke_token(tx: Tx, token_id: str, *, at: datetime) -> None:
    """Write that the token is good no more."""
    await tx.connection.execute(update(tokens).where(tokens.c.id == token_id).values(revoked_at=at))


async def revoke_identity(tx: Tx, room_id: str, identity: str, *, issued_until: datetime, forget_at: datetime) -> None:
    """Write that the identity's tokens for the room that were made until then are good no more."""
    is_its = (revocations.c.room_id == room_id, revocations.c.identity == identity)
    await tx.connection.execute(delete(revocations).where(*is_its))
    values = {"room_id": room_id, "identity": identity, "issued_until": issued_until, "forget_at": forget_at}
    await tx.connection.execute(insert(revocations).values(**values))


async def forget_before(tx: Tx, moment: datetime) -> None:
    """Delete tokens that had expired by then, and revocations that concern only such."""
    await tx.connection.execute(delete(tokens).where(tokens.c.expires_at < moment))
    await tx.connection.execute(delete(revocations).where(revocations.c.forget_at < moment))


async def revoked_ids(tx: Tx, room_id: str, *, now: datetime) -> list[str]:
    """The ids of the room's tokens that are good no more, though they have not expired."""
    query = select(tokens.c.id).where(
        tokens.c.room_id == room_id, tokens.c.revoked_at.is_not(None), tokens.c.expires_at > now
    )
    return list((await tx.connection.execute(query)).scalars())


async def revoked_identities(tx: Tx, project_id: str, room_id: str) -> dict[str, datetime]:
    """Whose tokens are good no more, of those made until when: who was shown out, or had every token revoked."""
    shown_out = select(revocations.c.identity, revocations.c.issued_until).where(revocations.c.room_id == room_id)
    in_general = select(token_revocations.c.identity, token_revocations.c.issued_until).where(
        token_revocations.c.identity.is_not(None), *_concerns(project_id, room_id)
    )
    found: dict[str, datetime] = {}
    for query in (shown_out, in_general):
        for identity, until in (await tx.connection.execute(query)).all():
            found[identity] = max(until, found.get(identity, until))
    return found


async def revoked_jtis(tx: Tx, project_id: str, room_id: str) -> list[str]:
    """The ids of participant tokens that are good no more in that room, and with them what joining by them gave."""
    query = select(token_revocations.c.jti).where(token_revocations.c.jti.is_not(None), *_concerns(project_id, room_id))
    return list((await tx.connection.execute(query)).scalars())


def _concerns(project_id: str, room_id: str) -> tuple[Any, ...]:
    in_room = or_(token_revocations.c.room_id.is_(None), token_revocations.c.room_id == room_id)
    return token_revocations.c.project_id == project_id, in_room


async def dead_keys(tx: Tx, project_id: str, *, now: datetime) -> list[str]:
    """The ids of the project's keys that stand behind nothing any more."""
    is_over = or_(project_keys.c.revoked_at.is_not(None), project_keys.c.expires_at <= now)
    query = select(project_keys.c.id).where(project_keys.c.project_id == project_id, is_over)
    return list((await tx.connection.execute(query)).scalars())


_ROOM_OF_BROADCAST = select(broadcasts.c.room_id).where(broadcasts.c.id == bindparam("show"))
_ROOM_OF_RECORDING = select(recordings.c.room_id).where(recordings.c.id == bindparam("show"))


async def room_of(tx: Tx, show: str) -> str | None:
    """The id of the room whose show that is, which may be the room's own; None: there is no such show."""
    if show.startswith(f"{Prefix.ROOM}_"):
        return show
    query = _ROOM_OF_RECORDING if show.startswith(f"{Prefix.RECORDING}_") else _ROOM_OF_BROADCAST
    return (await tx.connection.execute(query, {"show": show})).scalar_one_or_none()


async def write_count(tx: Tx, broadcast_id: str, viewers: int, *, at: datetime) -> None:
    """Write how many play the broadcast; one server writes of each."""
    query = update(counts).where(counts.c.broadcast_id == broadcast_id)
    peak = case((counts.c.peak < viewers, viewers), else_=counts.c.peak)
    done = await tx.connection.execute(query.values(viewers=viewers, peak=peak, counted_at=at))
    if done.rowcount == 0:
        row = {"broadcast_id": broadcast_id, "viewers": viewers, "peak": viewers, "counted_at": at}
        await tx.connection.execute(insert(counts).values(**row))


_NOW_OF_ROOM = (
    select(func.coalesce(func.sum(counts.c.viewers), 0))
    .select_from(counts.join(broadcasts, counts.c.broadcast_id == broadcasts.c.id))
    .where(broadcasts.c.room_id == bindparam("room_id"), broadcasts.c.status.in_(_ACTIVE))
)


async def viewers_of_room(tx: Tx, room_id: str) -> int:
    """How many play the room's shows now without being in it."""
    return int((await tx.connection.execute(_NOW_OF_ROOM, {"room_id": room_id})).scalar_one())
