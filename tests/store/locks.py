"""Who waits for whom in PostgreSQL."""

from sqlalchemy import text

from onstage.store.database import Tx


async def waits_for_a_lock(tx: Tx) -> bool:
    """Whether exactly one transaction of the server waits for another."""
    waiting = text("SELECT count(*) FROM pg_locks WHERE NOT granted")
    return int((await tx.connection.execute(waiting)).scalar_one()) == 1
