"""Fixtures of these tests."""

from collections.abc import AsyncIterator

import pytest

from onstage.client import AsyncOnstage, Retries
from tests.support.gateway import ServedHouse, served
from tests.support.house import House, house, schema

__all__ = ["house", "schema"]

AT_ONCE = Retries(most=3, first_s=0.0)
"""Repetitions without pauses."""


@pytest.fixture
async def doors(house: House) -> AsyncIterator[ServedHouse]:
    async with served(house) as opened:
        yield opened


@pytest.fixture
def url(doors: ServedHouse) -> str:
    return doors.url


@pytest.fixture
async def onstage(doors: ServedHouse) -> AsyncIterator[AsyncOnstage]:
    """The SDK as the app's server uses it."""
    house = doors.house
    async with AsyncOnstage(doors.url, project_id=house.project.id, secret=house.secret, retries=AT_ONCE) as client:
        yield client
