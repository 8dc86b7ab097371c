"""Fixtures of these tests."""

from collections.abc import AsyncIterator

import pytest

from tests.support.gateway import ServedHouse, served
from tests.support.house import House, house, schema

__all__ = ["house", "schema"]


@pytest.fixture
async def doors(house: House) -> AsyncIterator[ServedHouse]:
    async with served(house) as opened:
        yield opened
