"""The database: opened once, one transaction at a time through `begin()`."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import URL, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry, PoolResetState

from onstage.errors import ErrorCode, OnstageError, StartError
from onstage.store.sqlite import WholeConnection

_BUSY_TIMEOUT_MS = 5_000
_MIGRATIONS = Path(__file__).parent / "migrations"

AfterCommit = Callable[[], Awaitable[None]]


@dataclass(slots=True)
class Tx:
    """An open transaction. What is in `announcements` and then `after_commit` runs once the change is kept, if ever.

    An announcement stands under a key, so that many changes of one room wake its readers once, and before anything
    that may take longer.
    """

    connection: AsyncConnection
    is_read_only: bool = False
    announcements: dict[str, AfterCommit] = field(default_factory=dict)
    after_commit: list[AfterCommit] = field(default_factory=list)


class Database:
    """Where the truth is kept (invariant 4)."""

    def __init__(self, url: str) -> None:
        """Prepare, without connecting.

        Raises:
            StartError: the URL is none, or of a database whose driver is missing.
        """
        self.url = url
        self._engine = _opened(url)
        # SQLite has one writer: waiting here is fair and cheap, waiting in SQLite is polling with a time-out.
        self._writer = asyncio.Lock() if self._engine.dialect.name == "sqlite" else None
        if self._writer is not None:
            _prepare_sqlite(self._engine)

    async def migrate(self) -> None:
        """Bring the schema to the newest revision.

        Raises:
            StartError: the database can't be opened, or is of a newer Onstage.
        """
        try:
            async with self._engine.connect():
                pass
            await asyncio.to_thread(command.upgrade, _alembic_config(self.url), "head")
        except SQLAlchemyError as cause:
            reason = str(cause.__cause__ or cause).splitlines()[0]
            raise StartError(f"database_url: {self._engine.url!r} can't be used ({reason}).") from cause
        except CommandError as cause:
            raise StartError(f"The database is of a newer Onstage than this one ({cause}).") from cause

    async def close(self) -> None:
        """Close every connection."""
        await self._engine.dispose()

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Tx]:
        """A transaction that commits at the end, or rolls back if an exception leaves the block.

        Raises:
            OnstageError: `store_unavailable` when the database is locked or gone; nothing was changed.
        """
        if self._writer is None:
            async with self._transaction() as tx:
                yield tx
        else:
            async with self._writer, self._transaction() as tx:
                yield tx
        for call in (*tx.announcements.values(), *tx.after_commit):
            await call()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Tx]:
        """One consistent view for reading; waits for no writer.

        Raises:
            OnstageError: `store_unavailable`.
        """
        async with self._transaction(read_only=True) as tx:
            yield tx

    @asynccontextmanager
    async def _transaction(self, *, read_only: bool = False) -> AsyncIterator[Tx]:
        try:
            async with self._engine.connect() as connection:
                if read_only:
                    connection = await connection.execution_options(onstage_read_only=True)
                async with connection.begin():
                    yield Tx(connection, is_read_only=read_only)
        except (OperationalError, PoolTimeoutError, ConnectionError) as cause:
            raise OnstageError(ErrorCode.STORE_UNAVAILABLE) from cause
        except DBAPIError as cause:
            if cause.connection_invalidated:
                raise OnstageError(ErrorCode.STORE_UNAVAILABLE) from cause
            raise


def _opened(url: str) -> AsyncEngine:
    try:
        return _open(make_url(url))
    except (SQLAlchemyError, ModuleNotFoundError) as cause:  # the URL may hold a password
        raise StartError(f"database_url: it can't be used ({str(cause).splitlines()[0]}).") from cause


def _open(url: URL) -> AsyncEngine:
    if url.get_backend_name() != "sqlite" or url.query or url.database in (None, "", ":memory:"):
        return create_async_engine(url)
    path = Path(str(url.database))
    return create_async_engine(url, async_creator=lambda: WholeConnection.open(path), pool_reset_on_return=None)


def _prepare_sqlite(engine: AsyncEngine) -> None:
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


def _alembic_config(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return config
