"""Queries on connections: what ties a participant to the room now (design §10.5)."""

from sqlalchemy import select

from onstage.store.database import Tx
from onstage.store.tables import connections


async def ids_of(tx: Tx, participant_id: str) -> list[str]:
    """The participant's live connections."""
    query = select(connections.c.id).where(connections.c.participant_id == participant_id)
    return list((await tx.connection.execute(query)).scalars())
