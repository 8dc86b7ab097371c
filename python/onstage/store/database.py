"""The database: opened once, one transaction at a time through `begin()`."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, nullcontext
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
    is_read_only: bool = False
    is_committing: bool = False
    is_committed: bool = False
    is_unchanged: bool = False  # said by who wrote nothing, and begins anew
    announcements: dict[str, AfterCommit] = field(default_factory=dict)
    after_commit: list[AfterCommit] = field(default_factory=list)
    listening: dict[str, Listening] = field(default_factory=dict)  # by room: read once, however many events follow


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
        self._engine = _opened(url, pool_size)
        self.url = self._engine.url.render_as_string(hide_password=False)
        self.is_sqlite = self._engine.dialect.name == "sqlite"
        self._writer: sqlite.WritersTurn | nullcontext[None] = sqlite.WritersTurn() if self.is_sqlite else nullcontext()
        reading = sqlite.READING if self.is_sqlite else postgres.READING
        self._reader = self._engine.execution_options(**reading)
        self._open_transactions = 0

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

    @property
    def is_at_rest(self) -> bool:
        """Whether no transaction is open."""
        return self._open_transactions == 0

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Tx]:
        """A transaction that commits at the end, or rolls back if an exception leaves the block.

        Cancelling the caller breaks off neither the commit nor what follows from it; it surfaces afterwards.

        Raises:
            OnstageError: `store_unavailable` when the database is locked or gone. Nothing was changed then, or, if it
                went away during the commit itself, perhaps the whole; readers are woken up in case.
        """
        tx: Tx | None = None
        try:
            async with self._writer, self._transaction(self._engine) as tx:
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
    async def _transaction(self, engine: AsyncEngine) -> AsyncIterator[Tx]:
        self._open_transactions += 1
        tx: Tx | None = None
        try:
            async with engine.begin() as connection:
                tx = Tx(connection)
                yield tx
        except (DBAPIError, PoolTimeoutError, OSError) as cause:
            if _is_away(cause, is_connected=tx is not None):
                raise OnstageError(ErrorCode.STORE_UNAVAILABLE) from cause
            raise
        finally:
            self._open_transactions -= 1


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
