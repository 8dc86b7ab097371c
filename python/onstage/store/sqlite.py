"""SQLite with one hop to the connection's thread per statement.

aiosqlite makes a hop each for opening a cursor, executing, fetching and closing, and on a busy machine every hop is a
wait for the scheduler. Our results are small and always read whole, so one hop does all four.
"""

import asyncio
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import aiosqlite
from sqlalchemy import URL, event
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry, PoolResetState

from onstage.errors import ErrorCode, OnstageError

_BUSY_TIMEOUT_MS = 5_000
WRITER_TIMEOUT_S = 5.0
"""How long one of our own writers waits for the others, before SQLite waits for other processes."""
_Row = tuple[Any, ...]

READING = {"onstage_read_only": True}
"""Options of a connection that only reads."""


class WritersTurn:
    """SQLite has one writer: waiting here is fair and cheap, waiting in SQLite is polling with a time-out.

    The waiting is bounded all the same, for when another process holds the file and nobody's turn comes to anything.
    """

    def __init__(self) -> None:
        self._lock = asyncio.Lock()

    async def __aenter__(self) -> None:
        """Wait for the turn.

        Raises:
            OnstageError: `store_unavailable`: it did not come within `WRITER_TIMEOUT_S`.
        """
        try:
            async with asyncio.timeout(WRITER_TIMEOUT_S):
                await self._lock.acquire()
        except TimeoutError as cause:
            raise OnstageError(ErrorCode.STORE_UNAVAILABLE) from cause

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let the next one write."""
        self._lock.release()


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


def open_engine(url: URL) -> AsyncEngine:
    """An engine on the database file that `url` names, or on any other SQLite database in SQLAlchemy's own way."""
    engine = _open(url)
    _prepare(engine)
    return engine


def _open(url: URL) -> AsyncEngine:
    if url.get_backend_name() != "sqlite" or url.query or url.database in (None, "", ":memory:"):
        return create_async_engine(url, hide_parameters=True)
    path = Path(str(url.database))
    return create_async_engine(
        url, async_creator=lambda: WholeConnection.open(path), pool_reset_on_return=None, hide_parameters=True
    )


def _prepare(engine: AsyncEngine) -> None:
    """WAL, enforced foreign keys, and transactions that begin when we say so.

    Python's sqlite3 begins a transaction only before the first write, so a read and the write that rests on
    it would not be one unit. Autocommit mode plus our own BEGIN IMMEDIATE makes them one.
    """

    @event.listens_for(engine.sync_engine, "connect")
    def on_connect(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = NORMAL")
        cursor.execute("PRAGMA foreign_keys = ON")
        cursor.execute(f"PRAGMA busy_timeout = {_BUSY_TIMEOUT_MS}")
        cursor.close()

    @event.listens_for(engine.sync_engine, "reset")
    def on_reset(connection: DBAPIConnection, _entry: ConnectionPoolEntry, _state: PoolResetState) -> None:
        # The pool would roll back each time; what asks first spares a hop to the thread after every transaction.
        if connection.driver_connection.in_transaction:
            connection.rollback()

    @event.listens_for(engine.sync_engine, "begin")
    def on_begin(connection: Any) -> None:
        read_only = connection.get_execution_options().get("onstage_read_only", False)
        connection.exec_driver_sql("BEGIN DEFERRED" if read_only else "BEGIN IMMEDIATE")
