"""Who waits for whom in PostgreSQL."""

from sqlalchemy import text

from onstage.store.database import Tx


async def waiting(tx: Tx) -> int:
    """How many transactions of the database wait for another."""
    ours = text(
        "SELECT count(DISTINCT a.pid) FROM pg_locks l JOIN pg_stat_activity a USING (pid) "
        "WHERE NOT l.granted AND a.datname = current_database()"
    )
    return int((await tx.connection.execute(ours)).scalar_one())


async def waits_for_a_lock(tx: Tx) -> bool:
    """Whether exactly one transaction of the database waits for another."""
    return await waiting(tx) == 1
