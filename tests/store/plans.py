"""How SQLite answers a query."""

from collections.abc import Awaitable, Callable
from typing import Any

from sqlalchemy import event

from onstage.store.database import Tx
from tests.support.house import House


async def plan(house: House, ask: Callable[[Tx], Awaitable[object]]) -> str:
    """What SQLite says of the one statement that `ask` executes: each step of its plan on a line."""
    asked: list[tuple[str, Any]] = []
    async with house.ctx.database.begin() as tx:

        def listen(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
            asked.append((statement, parameters))

        event.listen(tx.connection.sync_connection, "before_cursor_execute", listen)
        await ask(tx)
        event.remove(tx.connection.sync_connection, "before_cursor_execute", listen)
        [(statement, parameters)] = asked
        # With its parameters as parameters: that is how SQLite has to choose.
        lines = (await tx.connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters)).all()
        return "\n".join(line[-1] for line in lines)
