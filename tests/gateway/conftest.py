"""Fixtures of these tests."""

from collections.abc import AsyncIterator

import pytest

from tests.support.gateway import Door, ServedHouse, served
from tests.support.house import House, house, schema

__all__ = ["house", "schema"]


@pytest.fixture(params=list(Door))
async def doors(house: House, request: pytest.FixtureRequest) -> AsyncIterator[ServedHouse]:
    async with served(house, request.param) as opened:
        yield opened
