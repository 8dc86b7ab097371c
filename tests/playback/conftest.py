"""Fixtures of these tests."""

from collections.abc import AsyncIterator

import pytest

from tests.playback.venue import Venue, a_venue
from tests.support.house import House, house, schema

__all__ = ["house", "schema"]


@pytest.fixture
async def venue(house: House) -> AsyncIterator[Venue]:
    async with a_venue(house) as opened:
        yield opened
