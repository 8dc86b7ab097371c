"""The databases that the tests run on: each test gets one of its own, with the schema and nothing in it."""

import asyncio
import secrets
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from pathlib import Path
from typing import Protocol

import asyncpg  # type: ignore[import-untyped]  # it brings no types
from sqlalchemy import make_url

from onstage.store.database import Database
from tests.support.postgres import PostgresServer


class Store(Protocol):
    """A kind of database."""

    name: str

    def opened(self, folder: Path) -> AbstractAsyncContextManager[str]:
        """The URL of a database of the test's own, kept in `folder` where it is a file."""
        ...

    def away(self, database: Database) -> AbstractAsyncContextManager[None]:
        """Nobody reaches the database while the block runs."""
        ...


class SqliteStore:
    """A copy of one migrated file for each test."""

    name = "sqlite"

    def __init__(self, folder: Path) -> None:
        self.template = folder / "template.db"
        asyncio.run(_migrated(f"sqlite+aiosqlite:///{self.template}"))

    @asynccontextmanager
    async def opened(self, folder: Path) -> AsyncIterator[str]:
        path = folder / "onstage.db"
        shutil.copy(self.template, path)
        yield f"sqlite+aiosqlite:///{path}"

    @asynccontextmanager
    async def away(self, database: Database) -> AsyncIterator[None]:
        with _put_aside(Path(str(make_url(database.url).database))):
            await database.close()
            yield


class PostgresStore:
    """`CREATE DATABASE … TEMPLATE` for each test, on one server."""

    name = "postgres"

    def __init__(self, server: PostgresServer) -> None:
        self.server = server
        server.sql("DROP DATABASE IF EXISTS template_of_tests", "CREATE DATABASE template_of_tests")
        asyncio.run(_migrated(server.url("template_of_tests")))

    @asynccontextmanager
    async def opened(self, folder: Path) -> AsyncIterator[str]:
        name = f"test_{secrets.token_hex(6)}"
        await self._sql(f"CREATE DATABASE {name} TEMPLATE template_of_tests")
        yield self.server.url(name)
        await self._sql(f"DROP DATABASE {name} WITH (FORCE)")

    @asynccontextmanager
    async def away(self, database: Database) -> AsyncIterator[None]:
        name = make_url(database.url).database
        await self._sql(
            f"ALTER DATABASE {name} ALLOW_CONNECTIONS false",
            f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'",
        )
        try:
            yield
        finally:
            await self._sql(f"ALTER DATABASE {name} ALLOW_CONNECTIONS true")

    async def _sql(self, *statements: str) -> None:
        connection = await asyncpg.connect(self.server.url())
        try:
            for statement in statements:
                await connection.execute(statement)
        finally:
            await connection.close()


async def _migrated(url: str) -> None:
    database = Database(url)
    await database.migrate()
    await database.close()


@contextmanager
def _put_aside(path: Path) -> Iterator[None]:
    """Each step is one rename: whoever opens the file at any instant finds it or nothing, and never makes a new one."""
    aside, nowhere = path.with_suffix(".aside"), path.with_suffix(".nowhere")
    nowhere.symlink_to(path.parent / "gone" / path.name)
    aside.hardlink_to(path)
    nowhere.replace(path)
    try:
        yield
    finally:
        aside.replace(path)
