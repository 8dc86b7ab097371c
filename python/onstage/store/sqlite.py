"""SQLite with one hop to the connection's thread per statement.

aiosqlite makes a hop each for opening a cursor, executing, fetching and closing, and on a busy machine every hop is a
wait for the scheduler. Our results are small and always read whole, so one hop does all four.
"""

import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import aiosqlite

_Row = tuple[Any, ...]


class WholeCursor:
    """As much of an aiosqlite cursor as SQLAlchemy asks for; what was executed has been fetched and closed."""

    arraysize = 1

    def __init__(self, connection: "WholeConnection") -> None:
        self._connection = connection
        self._rows: list[_Row] = []
        self.description: Any = None
        self.rowcount = -1
        self.lastrowid: int | None = None

    async def __aenter__(self) -> "WholeCursor":
        return self

    async def execute(self, operation: str, parameters: Sequence[Any] = ()) -> "WholeCursor":
        """Execute, and fetch every row."""
        await self._connection.in_thread(lambda connection: self._take(connection.execute(operation, parameters)))
        return self

    async def executemany(self, operation: str, parameters: Sequence[Sequence[Any]]) -> "WholeCursor":
        """Execute once for each of `parameters`."""
        await self._connection.in_thread(lambda connection: self._take(connection.executemany(operation, parameters)))
        return self

    def _take(self, cursor: sqlite3.Cursor) -> None:
        self._rows = cursor.fetchall() if cursor.description else []
        self.description, self.rowcount, self.lastrowid = cursor.description, cursor.rowcount, cursor.lastrowid
        cursor.close()

    async def fetchall(self) -> list[_Row]:
        """The rows."""
        return self._rows

    async def close(self) -> None:
        """Nothing is open."""


class WholeConnection(aiosqlite.Connection):
    """An aiosqlite connection to the database file at `path`."""

    def __init__(self, path: Path) -> None:
        # SQLAlchemy closes connections from other threads than the one that works on them.
        super().__init__(lambda: sqlite3.connect(path, check_same_thread=False), iter_chunk_size=64)
        self._thread.daemon = True  # a connection that was never closed does not hold up the end of the process

    @classmethod
    async def open(cls, path: Path) -> "WholeConnection":
        """An open connection."""
        connection = cls(path)
        try:
            await connection
        except BaseException:
            connection._thread.join()  # it ends at once, and still has a word for this loop
            raise
        return connection

    def cursor(self) -> Any:
        """A cursor, without a hop."""
        return WholeCursor(self)

    async def in_thread(self, call: Callable[[sqlite3.Connection], None]) -> None:
        """`call` with the connection, on its thread."""
        await self._execute(call, self._conn)  # type: ignore[no-untyped-call]  # aiosqlite has no types there
