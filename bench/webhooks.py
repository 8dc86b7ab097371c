"""Events per second from an action through the outbox to a webhook receiver, on SQLite and on PostgreSQL.

One core does it all: the actions, the dispatcher, and the receiver, which only reads and says 200. The peer is the same
client posting the same bodies to the same receiver, with no store behind it: what is left to be won. PostgreSQL is the
tests' own, which does not wait for a disk.
"""

import asyncio
import tempfile
import time
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

from bench.house import percentile
from bench.report import Row, write
from onstage.actions.context import Unattended
from onstage.model.records import DeliveryStatus
from onstage.outbound import Guard, Outbound, read_policy
from tests.support.house import House, open_house
from tests.support.post_office import PostOffice
from tests.support.postgres import PostgresServer
from tests.support.receiver import Receiver, receiving
from tests.support.stores import PostgresStore, SqliteStore, Store

EVENTS = 1_000
PACE_S = 0.02
PACED = 200


async def seconds(work: Callable[[], Awaitable[object]]) -> float:
    """How long `work` takes."""
    began = time.perf_counter()
    await work()
    return time.perf_counter() - began


async def bare_s(outbound: Outbound, receiver: Receiver) -> float:
    """Seconds of as many posts of a body that was delivered before, one after the other."""
    sample = receiver.received[-1]
    headers = {name: value for name, value in sample.headers.items() if name.startswith(("webhook-", "content-type"))}

    async def post_all() -> None:
        for _ in range(EVENTS):
            await outbound.post(receiver.url, headers, sample.body)

    return await seconds(post_all)


async def through(office: PostOffice, receiver: Receiver) -> None:
    """All the way, while it is written."""
    before = len(receiver.received)
    await office.happen(EVENTS)
    await receiver.until_received(before + EVENTS)


async def latencies_ms(office: PostOffice, receiver: Receiver) -> list[float]:
    """From the call of the action to the request at the receiver, at an even pace."""
    times = []
    for _ in range(PACED):
        before, began = len(receiver.received), time.perf_counter()
        await office.happen()
        await receiver.log.position(lambda _one: True, after=before)
        times.append((time.perf_counter() - began) * 1e3)
        await asyncio.sleep(PACE_S)
    return times


async def measure(house: House, name: str) -> list[Row]:
    """The rows of one database."""
    policy = read_policy("127.0.0.1", "", is_http_allowed=False)
    house.ctx.outbound = Outbound(Guard(policy))
    async with receiving() as receiver:
        office = PostOffice(house.ctx, house)
        alone_s = await seconds(lambda: office.happen(EVENTS))
        endpoint = await office.endpoint(receiver.url)
        office.ctx.after_change, awake = Unattended(), office.ctx.after_change
        written_s = await seconds(lambda: office.happen(EVENTS))
        office.ctx.after_change = awake
        async with office:  # the first thing it does is to look for what waits
            drained_s = await seconds(lambda: receiver.until_received(EVENTS))
            peer_s = await bare_s(house.ctx.outbound, receiver)
            through_s = await seconds(lambda: through(office, receiver))
            times = await latencies_ms(office, receiver)
            statuses = {one.delivery.status for one in await office.until_quiet(endpoint)}
            assert statuses == {DeliveryStatus.DELIVERED}
    await house.ctx.outbound.close()
    alone, peer = EVENTS / alone_s, EVENTS / peer_s
    return [
        _rate(f"{name}: events written, an endpoint hears of them", EVENTS / written_s, alone),
        _rate(f"{name}: deliveries from a full outbox to one endpoint", EVENTS / drained_s, peer),
        _rate(f"{name}: events through actions, outbox and webhook, at once", EVENTS / through_s, peer),
        Row(f"{name}: from the action to the receiver, p50", round(percentile(times, 0.5), 2), "ms"),
        Row(f"{name}: from the action to the receiver, p99", round(percentile(times, 0.99), 2), "ms"),
    ]


def _rate(name: str, value: float, peer: float) -> Row:
    return Row(name, round(value, 1), "1/s", round(peer, 1), round(value / peer, 3))


async def run(store: Store) -> list[Row]:
    """The rows of one kind of database."""
    with tempfile.TemporaryDirectory() as folder:
        async with open_house(Path(folder), store) as house:
            return await measure(replace(house), store.name)


def main() -> None:
    """Measure and write."""
    with tempfile.TemporaryDirectory() as folder, PostgresServer() as server:
        stores: list[Store] = [SqliteStore(Path(folder)), PostgresStore(server)]
        write("webhooks", [row for store in stores for row in asyncio.run(run(store))])


if __name__ == "__main__":
    main()
