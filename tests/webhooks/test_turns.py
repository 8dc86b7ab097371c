"""Endpoints share the slots: by time, and not by count alone."""

from onstage.actions.rooms import RoomChange, update_room
from onstage.actions.webhooks import NewEndpoint, create_endpoint
from onstage.model.records import Attempt, Endpoint, WebhookEvent
from onstage.model.retries import Retries
from onstage.outbound import Guard, Outbound
from onstage.webhooks.delivery import Dispatcher
from tests.support.house import House
from tests.support.post_office import Counted
from tests.support.waiting import until

SLOW, QUICK = "https://slow.example/", "https://quick.example/"


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
    async def resolve(_host: str, _port: int) -> list[str]:
        return ["93.184.216.34"]

    house.ctx.outbound = Outbound(Guard(resolve=resolve))
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
