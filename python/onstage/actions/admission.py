"""Whether somebody may come in now: the room's lock, its hours, and its rule for an identity that is there twice."""

from onstage.actions.context import Context
from onstage.clock import rfc3339
from onstage.errors import ErrorCode, OnstageError
from onstage.model.records import Participant, Room
from onstage.model.room_settings import DuplicateIdentity
from onstage.store import connections
from onstage.store.database import Tx


def require_open(ctx: Context, room: Room) -> None:
    """Nothing, if people may come into the room at this time.

    Raises:
        OnstageError: `room_locked`, `room_not_open`.
    """
    if room.is_locked:
        raise OnstageError(ErrorCode.ROOM_LOCKED)
    now, opens_at, closes_at = ctx.clock.now(), room.settings.join_from, room.settings.closes_at
    if opens_at is not None and now < opens_at:
        detail = f"The room opens at {rfc3339(opens_at)}."
        raise OnstageError(ErrorCode.ROOM_NOT_OPEN, detail, expected=f"from {rfc3339(opens_at)}")
    if closes_at is not None and now >= closes_at:
        detail = f"The room closed at {rfc3339(closes_at)}."
        raise OnstageError(ErrorCode.ROOM_NOT_OPEN, detail, expected=f"before {rfc3339(closes_at)}")


async def require_sole(tx: Tx, room: Room, participant: Participant, connection_id: str | None) -> None:
    """Nothing, if whoever comes as this participant may: alone, as who is there, or in place of the older connection.

    `connection_id` is the gateway connection that they say they hold; only they know its id.

    Raises:
        OnstageError: `identity_connected`.
    """
    if room.settings.duplicate_identity is DuplicateIdentity.REPLACE:
        return
    live = await connections.gateway_ids_of(tx, participant.id)
    if live and connection_id not in live:
        raise OnstageError(ErrorCode.IDENTITY_CONNECTED)
