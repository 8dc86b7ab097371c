"""Fixtures of these tests."""

from collections.abc import AsyncIterator

import pytest

from onstage.outbound import Guard, Outbound, Timeouts, read_policy
from tests.support.house import House, house, schema
from tests.support.post_office import PostOffice
from tests.support.receiver import Receiver, receiving

__all__ = ["house", "schema"]


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as running:
        yield running


@pytest.fixture
async def outbound(house: House) -> AsyncIterator[Outbound]:
    """May post to this machine, and is soon tired of waiting."""
    policy = read_policy("127.0.0.1", "80,443", is_http_allowed=False)
    client = Outbound(Guard(policy), timeouts=Timeouts(connect_s=1.0, total_s=1.0, body_s=0.2))
    house.ctx.outbound = client
    yield client
    await client.close()


@pytest.fixture
async def office(house: House, outbound: Outbound) -> AsyncIterator[PostOffice]:
    async with PostOffice(house.ctx, house) as opened:
        yield opened
