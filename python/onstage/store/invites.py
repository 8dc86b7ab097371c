"""Queries on invites."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, RowMapping, Select, bindparam, insert, or_, select, update

from onstage.model.ids import InviteId, ParticipantId, RoomId, SessionId
from onstage.model.permission import Permission
from onstage.model.records import Invite, InviteStatus, Promotion
from onstage.model.role import MediaAllowed
from onstage.store.database import Tx
from onstage.store.tables import invites


def _promotion(data: dict[str, Any]) -> Promotion:
    permissions = data["permissions"]
    return Promotion(
        role=data["role"],
        permissions=None if permissions is None else frozenset(Permission(one) for one in permissions),
        media_allowed=MediaAllowed(data["media_allowed"]),
        join_audio_muted=data["join_audio_muted"],
        join_video_muted=data["join_video_muted"],
        is_backstage=data.get("backstage", False),
    )


def _promotion_data(promotion: Promotion) -> dict[str, Any]:
    return {
        "role": promotion.role,
        "permissions": None if promotion.permissions is None else sorted(promotion.permissions),
        "media_allowed": promotion.media_allowed.value,
        "join_audio_muted": promotion.join_audio_muted,
        "join_video_muted": promotion.join_video_muted,
        "backstage": promotion.is_backstage,
    }


def _invite(row: RowMapping) -> Invite:
    return Invite(
        id=InviteId(row["id"]),
        room_id=RoomId(row["room_id"]),
        session_id=SessionId(row["session_id"]),
        participant_id=ParticipantId(row["participant_id"]),
        invited_by=row["invited_by"],
        promotion=_promotion(row["promotion"]),
        status=InviteStatus(row["status"]),
        created_at=row["created_at"],
        expires_at=row["expires_at"],
    )


async def add(tx: Tx, invite: Invite) -> None:
    """Insert an invite."""
    await tx.connection.execute(
        insert(invites).values(
            id=invite.id,
            room_id=invite.room_id,
            session_id=invite.session_id,
            participant_id=invite.participant_id,
            invited_by=invite.invited_by,
            promotion=_promotion_data(invite.promotion),
            status=invite.status.value,
            created_at=invite.created_at,
            expires_at=invite.expires_at,
        )
    )


async def set_status(tx: Tx, invite: Invite, status: InviteStatus) -> None:
    """Write the invite's outcome."""
    await tx.connection.execute(update(invites).where(invites.c.id == invite.id).values(status=status.value))


_BY_ID = select(invites).where(invites.c.id == bindparam("invite_id"), invites.c.session_id == bindparam("session_id"))


async def get(tx: Tx, session_id: str, invite_id: str) -> Invite | None:
    """The session's invite of that id."""
    row = (await tx.connection.execute(_BY_ID, {"invite_id": invite_id, "session_id": session_id})).mappings().first()
    return None if row is None else _invite(row)


async def _all(tx: Tx, query: Select[tuple[object, ...]], **which: object) -> list[Invite]:
    return [_invite(row) for row in (await tx.connection.execute(query, which)).mappings()]


def _open(which: ColumnElement[bool]) -> Select[tuple[object, ...]]:
    query = select(invites).where(invites.c.status == InviteStatus.OPEN.value, which)
    return query.order_by(invites.c.created_at, invites.c.id)


_IS_FOR = invites.c.participant_id == bindparam("participant_id")
_IS_BY = invites.c.invited_by == bindparam("participant_id")
_OPEN_IN = _open(invites.c.session_id == bindparam("session_id"))
_OPEN_FOR = _open(_IS_FOR)
_OPEN_OF = _open(or_(_IS_FOR, _IS_BY))
_DUE = _open(invites.c.expires_at <= bindparam("now"))


async def open_in(tx: Tx, session_id: str) -> list[Invite]:
    """The session's open invites, oldest first."""
    return await _all(tx, _OPEN_IN, session_id=session_id)


async def open_for(tx: Tx, participant_id: str) -> list[Invite]:
    """The open invites of one participant."""
    return await _all(tx, _OPEN_FOR, participant_id=participant_id)


async def open_of(tx: Tx, participant_id: str) -> list[Invite]:
    """The open invites for or by one participant."""
    return await _all(tx, _OPEN_OF, participant_id=participant_id)


async def due(tx: Tx, now: datetime) -> list[Invite]:
    """The open invites whose time is over."""
    return await _all(tx, _DUE, now=now)
