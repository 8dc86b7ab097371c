"""Queries on connections, and on who is to leave for lack of any (design §10.5)."""

from collections.abc import Collection, Sequence
from dataclasses import asdict
from datetime import datetime

from sqlalchemy import (
    Integer,
    RowMapping,
    Select,
    and_,
    bindparam,
    case,
    delete,
    exists,
    insert,
    null,
    or_,
    select,
    update,
)

from onstage.model.records import Connection, ConnectionKind, Presence
from onstage.store.database import Tx
from onstage.store.tables import UtcDateTime, connections, participants

_IS_TIED = exists().where(connections.c.participant_id == participants.c.id)
_IS_PRESENT = participants.c.presence == Presence.JOINED.value


def _connection(row: RowMapping) -> Connection:
    return Connection(**{**row, "kind": ConnectionKind(row["kind"])})


_GATEWAY_IDS_OF = select(connections.c.id).where(
    connections.c.participant_id == bindparam("participant_id"), connections.c.kind == ConnectionKind.GATEWAY.value
)


async def gateway_ids_of(tx: Tx, participant_id: str) -> list[str]:
    """The participant's live gateway connections."""
    return list((await tx.connection.execute(_GATEWAY_IDS_OF, {"participant_id": participant_id})).scalars())


async def _all(tx: Tx, query: Select[tuple[object, ...]], **which: object) -> list[Connection]:
    return [_connection(row) for row in (await tx.connection.execute(query, which)).mappings()]


_OF_PARTICIPANTS = select(connections).where(
    connections.c.participant_id.in_(bindparam("participant_ids", expanding=True))
)


async def of_participants(tx: Tx, participant_ids: Collection[str]) -> list[Connection]:
    """Their connections."""
    return await _all(tx, _OF_PARTICIPANTS, participant_ids=list(participant_ids))


async def of_server(tx: Tx, server_id: str, *, limit: int) -> list[Connection]:
    """Connections that the server holds, at most `limit`."""
    query = select(connections).where(connections.c.server_id == server_id)
    return await _all(tx, query.order_by(connections.c.id).limit(limit))


async def ids_of_server(tx: Tx, server_id: str) -> set[str]:
    """Ids of all connections that the server holds."""
    query = select(connections.c.id).where(connections.c.server_id == server_id)
    return set((await tx.connection.execute(query)).scalars())


async def of_engine(tx: Tx, room_id: str) -> list[Connection]:
    """The engine's connections in the room."""
    query = select(connections).where(connections.c.room_id == room_id)
    return await _all(tx, query.where(connections.c.kind == ConnectionKind.ENGINE.value))


_ADD = insert(connections)


async def add(tx: Tx, new: Sequence[Connection]) -> None:
    """Insert connections."""
    if new:
        await tx.connection.execute(_ADD, [{**asdict(one), "kind": one.kind.value} for one in new])


_REMOVE = delete(connections).where(connections.c.id.in_(bindparam("ids", expanding=True)))


async def remove(tx: Tx, ids: Collection[str]) -> None:
    """Delete connections; those that are not there are gone already."""
    if ids:
        await tx.connection.execute(_REMOVE, {"ids": list(ids)})


_FORGET_PARTICIPANT = delete(connections).where(connections.c.participant_id == bindparam("participant_id"))


async def forget_participant(tx: Tx, participant_id: str) -> None:
    """Delete what ties the participant: they have left."""
    await tx.connection.execute(_FORGET_PARTICIPANT, {"participant_id": participant_id})


async def forget_session(tx: Tx, session_id: str) -> None:
    """Delete what ties anybody of the session: it is over."""
    of_session = select(participants.c.id).where(participants.c.session_id == session_id)
    await tx.connection.execute(delete(connections).where(connections.c.participant_id.in_(of_session)))


_IS_AMONG = participants.c.id.in_(bindparam("participant_ids", expanding=True))
_PRESENT_AMONG = select(participants.c.id).where(_IS_AMONG, _IS_PRESENT)


async def present_among(tx: Tx, participant_ids: Collection[str]) -> set[str]:
    """Those of them who are present."""
    return set((await tx.connection.execute(_PRESENT_AMONG, {"participant_ids": list(participant_ids)})).scalars())


_WEIGH = (
    update(participants)
    .where(_IS_AMONG, or_(~_IS_TIED, participants.c.leaves_at.is_not(None)))
    .values(leaves_at=case((_IS_TIED, null()), else_=bindparam("without_ties", type_=UtcDateTime)))
)


async def weigh(tx: Tx, participant_ids: Collection[str], *, leaves_at: datetime) -> None:
    """Write who of them is tied to the room; the others leave then, unless something ties them before."""
    await tx.connection.execute(_WEIGH, {"participant_ids": list(participant_ids), "without_ties": leaves_at})


async def give_time(tx: Tx, until: datetime) -> None:
    """Let nobody leave before then who is waited for now."""
    query = update(participants).where(_IS_PRESENT, participants.c.leaves_at < until)
    await tx.connection.execute(query.values(leaves_at=until))


_IS_DUE = and_(_IS_PRESENT, participants.c.leaves_at <= bindparam("now"))
_DUE = (
    select(participants.c.room_id, participants.c.id)
    .where(_IS_DUE)
    .order_by(participants.c.room_id, participants.c.id)
    .limit(bindparam("limit", type_=Integer))
)


async def due(tx: Tx, now: datetime, *, limit: int) -> list[tuple[str, str]]:
    """Room and id of those who were waited for long enough, at most `limit`, by room."""
    rows = await tx.connection.execute(_DUE, {"now": now, "limit": limit})
    return [(room_id, participant_id) for room_id, participant_id in rows]


_DUE_STILL = select(participants.c.id).where(participants.c.id == bindparam("participant_id"), _IS_DUE, ~_IS_TIED)


async def is_due(tx: Tx, participant_id: str, now: datetime) -> bool:
    """Whether somebody is still present, and was waited for long enough."""
    found = await tx.connection.execute(_DUE_STILL, {"participant_id": participant_id, "now": now})
    return found.first() is not None
