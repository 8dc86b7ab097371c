"""Fixtures of these tests."""

from collections.abc import AsyncIterator

import pytest

from tests.jobs.scripted_engine import ScriptedEngine
from tests.jobs.staff import Staff, staffed
from tests.support.house import House, house, schema

__all__ = ["house", "schema"]


@pytest.fixture
async def engine() -> ScriptedEngine:
    return ScriptedEngine()


@pytest.fixture
async def staff(house: House, engine: ScriptedEngine) -> AsyncIterator[Staff]:
    async with staffed(house, engine=engine) as staff:
        yield staff
