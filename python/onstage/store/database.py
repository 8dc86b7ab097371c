"""The database: opened once, one transaction at a time through `begin()`."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from contextlib import AsyncExitStack, asynccontextmanager, nullcontext
from contextvars import ContextVar
from dataclasses import dataclass, field
from pathlib import Path

import structlog
from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import make_url
from sqlalchemy.exc import DBAPIError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from onstage.errors import ErrorCode, OnstageError, StartError
from onstage.store import postgres, sqlite
from onstage.store.room_turns import RoomTurns
from onstage.store.undisturbed import undisturbed

POOL_SIZE = 20
_MIGRATIONS = Path(__file__).parent / "migrations"
_log = structlog.get_logger(__name__)

AfterCommit = Callable[[], Awaitable[None]]
Listening = list[tuple[str, tuple[str, ...] | None]]
"""The webhook endpoints that hear of a room's events, each with its filter."""


@dataclass(slots=True)
class Tx:
    """An open transaction. What is in `announcements` and then `after_commit` runs once the change is kept, if ever.

    An announcement stands under a key, so that many changes of one room wake its readers once, and before anything
    that may take longer. One that fails is logged, and keeps none of the others from being made.
    """

    connection: AsyncConnection
    held: AsyncExitStack
    turns: RoomTurns | None = None  # None: it waits for no room
    is_read_only: bool = False
    is_committing: bool = False
    is_committed: bool = False
    is_unchanged: bool = False  # said by who wrote nothing, and begins anew
    announcements: dict[str, AfterCommit] = field(default_factory=dict)
    after_commit: list[AfterCommit] = field(default_factory=list)
    listening: dict[str, Listening] = field(default_factory=dict)  # by room: read once, however many events follow

    async def take_turns(self, rooms: Collection[str]) -> None:
        """Wait until no other transaction of this process holds those rooms or waits for them, without a connection.

        So one room that is stuck, held by a server that is frozen, takes few of the connections that all rooms share.
        Who has used theirs before has no turn to wait for: they wait in the database, and wait for nobody here, who
        may be waiting for a connection.

        Raises:
            OnstageError: `store_unavailable`: it took too long.
        """
        if self.turns is None or self.connection.in_transaction():
            return
        is_free = self.turns.are_free(rooms)
        if not is_free:
            await undisturbed(self.connection.close())
        await self.held.enter_async_context(self.turns.taken(rooms))
        if not is_free:
            self.connection = self.connection.engine.connect()
            await self.connection.start()

    async def forget_reads(self) -> None:
        """Go on as if the transaction began here: what was only read until now is to be read again."""
        if self.turns is not None:
            await self.connection.rollback()


BeforeCommit = Callable[[Tx], Awaitable[None]]
before_commit: ContextVar[BeforeCommit | None] = ContextVar("before_commit", default=None)
"""What the request at hand writes last in each transaction that changes something; if it raises, none of it is kept."""


class Database:
    """Where the truth is kept (invariant 4)."""

    def __init__(self, url: str, *, pool_size: int = POOL_SIZE) -> None:
        """Prepare, without connecting.

        Raises:
            StartError: the URL is none, or of a database whose driver is missing.
        """
        self._engine = _opened(url, max(pool_size - 1, 1))
        self.url = self._engine.url.render_as_string(hide_password=False)
        self.is_sqlite = self._engine.dialect.name == "sqlite"
        self._writer: sqlite.WritersTurn | nullcontext[None] = sqlite.WritersTurn() if self.is_sqlite else nullcontext()
        reading = sqlite.READING if self.is_sqlite else postgres.READING
        self._turns = None if self.is_sqlite else RoomTurns()
        self._apart = self._engine if self.is_sqlite else _opened(url, 1)
        self._reader = self._engine.execution_options(**reading)

    async def migrate(self) -> None:
        """Bring the schema to the newest revision; of several that start at once, one does and the others wait.

        Raises:
            StartError: the database can't be opened, or is of a newer Onstage.
        """
        try:
            async with self._engine.connect():
                pass
            await asyncio.to_thread(command.upgrade, _alembic_config(self.url), "head")
        except (SQLAlchemyError, OSError) as cause:
            reason = [*str(cause.__cause__ or cause).splitlines(), "no reason given"][0]
            raise StartError(f"database_url: {self._engine.url!r} can't be used ({reason}).") from cause
        except CommandError as cause:
            raise StartError(f"The database is of a newer Onstage than this one ({cause}).") from cause

    async def close(self) -> None:
        """Close every connection."""
        await self._engine.dispose()
        await self._apart.dispose()

    @asynccontextmanager
    async def begin(self, *, is_apart: bool = False) -> AsyncIterator[Tx]:
        """A transaction that commits at the end, or rolls back if an exception leaves the block.

        `is_apart`: on PostgreSQL it has a connection that is kept for such as it, and waits for no other transaction's.

        Cancelling the caller breaks off neither the commit nor what follows from it; it surfaces afterwards.

        Raises:
            OnstageError: `store_unavailable` when the database is locked or gone. Nothing was changed then, or, if it
                went away during the commit itself, perhaps the whole; readers are woken up in case.
        """
        tx: Tx | None = None
        try:
            engine = self._apart if is_apart else self._engine
            async with self._writer, self._transaction(engine, self._turns) as tx:
                yield tx
                if not tx.is_unchanged and (conclude := before_commit.get()) is not None:
                    await conclude(tx)
                await undisturbed(_commit(tx))
        finally:
            if tx is not None and tx.is_committing:
                await undisturbed(_follow(tx))

    @asynccontextmanager
    async def read(self) -> AsyncIterator[Tx]:
        """One consistent view for reading; waits for no writer.

        Raises:
            OnstageError: `store_unavailable`.
        """
        async with self._transaction(self._reader) as tx:
            tx.is_read_only = True
            yield tx

    @asynccontextmanager
    async def _transaction(self, engine: AsyncEngine, turns: RoomTurns | None = None) -> AsyncIterator[Tx]:
        async with AsyncExitStack() as held:
            tx = Tx(engine.connect(), held, turns)
            try:
                async with _connected(tx):
                    yield tx
            except (DBAPIError, PoolTimeoutError, OSError) as cause:
                if _is_away(cause, is_connected=_is_connected(tx)):
                    raise OnstageError(ErrorCode.STORE_UNAVAILABLE) from cause
                raise


@asynccontextmanager
async def _connected(tx: Tx) -> AsyncIterator[None]:
    """Begin on SQLite, where the first statement would be late; whatever is not committed is rolled back at the end."""
    try:
        await tx.connection.start()
        if tx.connection.dialect.name == "sqlite":
            await tx.connection.begin()
        yield
    finally:
        if _is_connected(tx):
            await undisturbed(tx.connection.close())


def _is_connected(tx: Tx) -> bool:
    return tx.connection.sync_connection is not None


def _is_away(error: DBAPIError | PoolTimeoutError | OSError, *, is_connected: bool) -> bool:
    """Whether it is the database that failed, and not the statement or what else was done in the transaction."""
    match error:
        case OperationalError() | PoolTimeoutError() | ConnectionError() | TimeoutError():
            return True
        case DBAPIError():
            return postgres.is_away(error)
        case _:
            return not is_connected


async def _commit(tx: Tx) -> None:
    tx.is_committing = True
    await tx.connection.commit()
    tx.is_committed = True


async def _follow(tx: Tx) -> None:
    """Wake the readers, which do no harm if nothing was kept after all; then the rest, if all was."""
    for call in (*tx.announcements.values(), *(tx.after_commit if tx.is_committed else ())):
        try:
            await call()
        except Exception as error:  # noqa: BLE001 - the change is kept: whoever else is to hear of it must
            _log.error("after_commit_failed", exc_info=error)


def _opened(url: str, pool_size: int) -> AsyncEngine:
    try:
        parsed = postgres.with_driver(make_url(url))
        if parsed.get_backend_name() == "postgresql":
            return postgres.open_engine(parsed, pool_size=pool_size)
        return sqlite.open_engine(parsed)
    except (SQLAlchemyError, ModuleNotFoundError) as cause:  # the URL may hold a password
        raise StartError(f"database_url: it can't be used ({str(cause).splitlines()[0]}).") from cause


def _alembic_config(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return config
