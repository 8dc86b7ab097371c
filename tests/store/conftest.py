"""Fixtures of these tests."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.support.house import House, house, open_house, schema
from tests.support.postgres import PostgresServer
from tests.support.stores import PostgresStore, SqliteStore

__all__ = ["house", "schema"]


@pytest.fixture(scope="session")
def sqlite(tmp_path_factory: pytest.TempPathFactory) -> SqliteStore:
    return SqliteStore(tmp_path_factory.mktemp("sqlite"))


@pytest.fixture
async def sqlite_house(tmp_path: Path, sqlite: SqliteStore) -> AsyncIterator[House]:
    async with open_house(tmp_path, sqlite) as opened:
        yield opened


@pytest.fixture(scope="session")
def postgres_store(postgres: PostgresServer) -> PostgresStore:
    return PostgresStore(postgres)


@pytest.fixture
async def postgres_house(tmp_path: Path, postgres_store: PostgresStore) -> AsyncIterator[House]:
    async with open_house(tmp_path, postgres_store) as opened:
        yield opened


@pytest.fixture
def other_postgres() -> Iterator[PostgresServer]:
    """One that the test may stop."""
    with PostgresServer() as server:
        yield server
