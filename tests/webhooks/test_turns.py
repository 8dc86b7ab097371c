"""Endpoints share the slots: by time, and not by count alone; and no project has them all."""

from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace

import pytest

from onstage.actions.access import ServerCaller
from onstage.actions.context import Unattended
from onstage.actions.deliveries import read_deliveries
from onstage.actions.making import NewRoom
from onstage.actions.projects import create_project
from onstage.actions.rooms import RoomChange, create_room, update_room
from onstage.actions.webhooks import NewEndpoint, create_endpoint
from onstage.model.ids import EndpointId
from onstage.model.records import Attempt, Endpoint, WebhookEvent
from onstage.model.retries import Retries
from onstage.model.template import INTERACTIVE_LIVE_STREAM
from onstage.outbound import Guard, Outbound
from onstage.store import deliveries, webhooks
from onstage.store.deliveries import NewDelivery
from onstage.webhooks.delivery import LOOK_EVERY_S, Dispatcher
from onstage.webhooks.slots import SLOW_AFTER_S
from tests.support.house import House
from tests.support.post_office import Counted, Waking
from tests.support.waiting import until

SLOW, QUICK = "https://slow.example/", "https://quick.example/"
LONG_S = 14.9
"""Just short of what counts as no answer."""
SOON_S = 5.0


class SlowCourier:
    """Everything is taken, by one receiver after ten seconds."""

    def __init__(self, house: House) -> None:
        self._house = house
        self.urls: list[str] = []

    async def post(self, endpoint: Endpoint, _event: WebhookEvent) -> Attempt:
        self.urls.append(endpoint.url)
        at = self._house.clock.now()
        if endpoint.url == SLOW:
            await self._house.clock.advance(10)
        return Attempt(at, 0, 200, None, "")


async def test_a_receiver_that_takes_its_time_does_not_keep_its_slot(house: House) -> None:
    house.ctx.outbound = Outbound(Guard(resolve=somewhere))
    courier = SlowCourier(house)
    dispatcher = Dispatcher(house.ctx, courier, Counted(), retries=Retries(), most_at_once=1)
    slow, _ = await create_endpoint(house.ctx, house.server, None, NewEndpoint(SLOW))
    for number in range(12):
        await update_room(house.ctx, house.server, house.room.id, RoomChange(title=f"{number}"))
    quick, _ = await create_endpoint(house.ctx, house.server, None, NewEndpoint(QUICK))
    await update_room(house.ctx, house.server, house.room.id, RoomChange(title="the last"))

    async def all_came() -> bool:
        await house.clock.advance(1)
        return len(courier.urls) == 14

    dispatcher.wake([slow.id])
    await until(lambda: courier.urls, what="the slow one to have the slot")
    dispatcher.wake([quick.id])
    await until(all_came, what="everything to be sent")
    assert courier.urls.index(QUICK) <= 2
    await dispatcher.stop()


async def somewhere(_host: str, _port: int) -> list[str]:
    return ["93.184.216.34"]


@dataclass(slots=True)
class Town:
    """Projects with receivers: tarpits, which take everything after a long time by the house's clock, and others."""

    house: House
    on_their_way: int = 0
    taken: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    """The names of the rooms that each endpoint heard of."""

    async def post(self, endpoint: Endpoint, event: WebhookEvent) -> Attempt:
        at = self.house.clock.now()
        self.on_their_way += 1
        if endpoint.url == SLOW:
            await self.house.clock.sleep(LONG_S)
        self.on_their_way -= 1
        self.taken[endpoint.id].append(event.data["room"]["name"])
        return Attempt(at, 0, 200, None, "")

    async def project(self) -> ServerCaller:
        return ServerCaller((await create_project(self.house.ctx, "another"))[0].id)

    async def endpoints(self, owner: ServerCaller, url: str, count: int = 1) -> list[Endpoint]:
        new = NewEndpoint(url)
        return [(await create_endpoint(self.house.ctx, owner, None, new))[0] for _ in range(count)]

    async def happen(self, owner: ServerCaller, name: str = "a-room") -> None:
        new = NewRoom(name=name, title=name, template=INTERACTIVE_LIVE_STREAM.name)
        await create_room(self.house.ctx, owner, new)

    async def until_taken_by(self, endpoint: Endpoint) -> None:
        await until(lambda: endpoint.id in self.taken, deadline_s=SOON_S, what="the quick one to hear of it")

    async def until_on_their_way(self, count: int) -> None:
        await until(lambda: self.on_their_way >= count, deadline_s=SOON_S, what=f"{count} attempts")

    @asynccontextmanager
    async def served(self, most_at_once: int) -> AsyncIterator[None]:
        dispatcher = Dispatcher(self.house.ctx, self, Counted(), retries=Retries(), most_at_once=most_at_once)
        self.house.ctx.after_change = Waking(dispatcher)
        await dispatcher.start()
        try:
            yield
        finally:
            await dispatcher.abandon()


@pytest.fixture
def town(house: House) -> Town:
    house.ctx.outbound = Outbound(Guard(resolve=somewhere))
    return Town(house)


async def test_tarpits_of_one_project_delay_no_other_project_by_a_moment(town: Town) -> None:
    other = await town.project()
    await town.endpoints(town.house.server, SLOW, 12)
    [quick] = await town.endpoints(other, QUICK)
    async with town.served(most_at_once=8):
        await town.happen(town.house.server)
        await town.until_on_their_way(4)
        began = town.house.clock.now()
        await town.happen(other)
        await town.until_taken_by(quick)
        assert town.house.clock.now() == began


async def test_tarpits_that_are_known_leave_the_other_endpoints_of_their_project_alone(town: Town) -> None:
    owner = town.house.server
    await town.endpoints(owner, SLOW, 12)
    async with town.served(most_at_once=8):
        for number in range(8):
            await town.happen(owner, f"room-{number}")

        async def are_known() -> bool:
            await town.house.clock.advance(1)
            return len(town.taken) == 12

        await until(are_known, what="every tarpit to have taken something")
        for _ in range(4):  # who had a turn stands in line again
            await town.house.settle()
            await town.house.clock.advance(SLOW_AFTER_S / 8)
        [quick] = await town.endpoints(owner, QUICK)
        began = town.house.clock.now()
        await town.happen(owner, "the last")
        await town.until_taken_by(quick)
        assert town.house.clock.now() == began


async def test_receivers_of_many_projects_that_hang_together_delay_the_rest_by_a_second(town: Town) -> None:
    """As when the cloud that they all are in has an outage."""
    hanging = [await town.project() for _ in range(8)]
    for one in hanging:
        await town.endpoints(one, SLOW)
    [quick] = await town.endpoints(town.house.server, QUICK)
    async with town.served(most_at_once=4):
        for one in hanging[:4]:
            await town.happen(one)
        await town.until_on_their_way(4)
        for one in hanging[4:]:
            await town.happen(one)
        await town.happen(town.house.server)
        for seen in (8, 8):
            await town.house.clock.advance(SLOW_AFTER_S * 1.5)
            await town.until_on_their_way(seen)
        await town.until_taken_by(quick)


async def test_a_tarpit_gets_everything_in_order_all_the_same(town: Town) -> None:
    owner = town.house.server
    endpoints = await town.endpoints(owner, SLOW, 3)
    async with town.served(most_at_once=2):
        for number in range(3):
            await town.happen(owner, f"room-{number}")

        async def is_everything_taken() -> bool:
            await town.house.clock.advance(1)
            return sum(map(len, town.taken.values())) >= 9

        await until(is_everything_taken, what="every tarpit to have everything")
    assert town.taken == {endpoint.id: ["room-0", "room-1", "room-2"] for endpoint in endpoints}


async def many_like(house: House, endpoint: Endpoint, count: int) -> None:
    """So many more endpoints, which wait for the same event."""
    found = await read_deliveries(house.ctx, house.server, endpoint.id, status=None, event=None, after=None, limit=1)
    alike = [replace(endpoint, id=EndpointId(f"{endpoint.id}-{number}")) for number in range(count)]
    async with house.ctx.database.begin() as tx:
        for one in alike:
            await webhooks.add(tx, one)
        waiting = [NewDelivery(f"dl-{one.id}", one.id, found[0].event.id) for one in alike]
        await deliveries.add(tx, waiting, house.clock.now())


async def test_what_another_process_left_is_found_behind_all_that_stand_in_line(town: Town) -> None:
    owner, other = town.house.server, await town.project()
    [tarpit] = await town.endpoints(owner, SLOW)
    await town.happen(owner)
    await many_like(town.house, tarpit, 520)
    async with town.served(most_at_once=2):
        await town.until_on_their_way(1)
        [quick] = await town.endpoints(other, QUICK)
        town.house.ctx.after_change = Unattended()
        await town.happen(other)

        async def is_found() -> bool:
            await town.house.clock.advance(LOOK_EVERY_S / 2)
            return quick.id in town.taken

        began = town.house.clock.monotonic()
        await until(is_found, what="the other's event to be found")
        assert town.house.clock.monotonic() - began < 10 * LOOK_EVERY_S
