"""Receivers with bad habits: each is tried again, none holds up another, none takes anything from us."""

import asyncio

import pytest

from onstage.actions import webhooks
from onstage.errors import ErrorCode, OnstageError
from onstage.model.records import DeliveryStatus
from onstage.outbound import Guard, Outbound, Timeouts, read_policy
from onstage.sealing import Keyring
from onstage.webhooks.courier import HttpCourier
from tests.support.house import House
from tests.support.post_office import PostOffice
from tests.support.receiver import OK, Behaviour, Received, Receiver, answering, status
from tests.support.waiting import until

DELIVERED, PENDING = DeliveryStatus.DELIVERED, DeliveryStatus.PENDING


async def hang(_request: Received, _writer: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


async def cut(_request: Received, writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


async def half_close(_request: Received, writer: asyncio.StreamWriter) -> None:
    writer.write_eof()
    await asyncio.Event().wait()


async def drip(_request: Received, writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(b"H")
        await writer.drain()
        await asyncio.sleep(0.05)


async def flood(_request: Received, writer: asyncio.StreamWriter) -> None:
    while not writer.is_closing():
        writer.write(b"x" * 10_000)
        await writer.drain()


BAD: list[Behaviour] = [
    hang,
    cut,
    half_close,
    drip,
    flood,
    answering(b"HTTP/1.1 200 OK\r\nX: " + b"y" * 150_000),
    answering(b"\x16\x03\x01\x02\x00"),
    status(199),
    status(301, "Location: http://127.0.0.1:9/"),
    status(304),
    status(404),
    status(429, "Retry-After: 1"),
    status(599),
]
NAMES = [
    "hangs",
    "cuts",
    "half-closes",
    "drips",
    "floods",
    "huge headers",
    "TLS",
    "199",
    "301",
    "304",
    "404",
    "429",
    "599",
]


@pytest.mark.parametrize("behaviour", BAD, ids=NAMES)
async def test_a_bad_answer_is_logged_and_the_event_sent_again(
    office: PostOffice, receiver: Receiver, behaviour: Behaviour
) -> None:
    async def bad_once(request: Received, writer: asyncio.StreamWriter) -> None:
        receiver.behaves = answering(OK)
        await behaviour(request, writer)

    receiver.behaves = bad_once
    endpoint = await office.endpoint(receiver.url)
    await office.happen(2)
    first, second = await office.until_quiet(endpoint)
    assert [first.delivery.status, second.delivery.status] == [DELIVERED, DELIVERED]
    assert (first.delivery.attempts, second.delivery.attempts) == (2, 1)
    bad = first.delivery.log[0]
    assert not bad.is_delivered
    assert (bad.status is None) != (bad.error is None)
    assert len(bad.error or "") <= 320
    assert [one.id for one in receiver.received] == [first.event.id, first.event.id, second.event.id]


GOOD: list[Behaviour] = [
    status(201),
    status(202),
    status(204),
    answering(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\nnever more"),
    answering(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 500_000),
    answering(b"HTTP/1.0 200 OK\r\n\r\n"),
    answering(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n"),
]


@pytest.mark.parametrize("behaviour", GOOD)
async def test_any_2xx_takes_the_event_whatever_follows(
    office: PostOffice, receiver: Receiver, behaviour: Behaviour
) -> None:
    receiver.behaves = behaviour
    endpoint = await office.endpoint(receiver.url)
    await office.happen(1)
    [one] = await office.until_quiet(endpoint)
    assert (one.delivery.status, one.delivery.attempts) == (DELIVERED, 1)
    assert len(one.delivery.log[0].excerpt) <= 1_000


async def test_a_name_that_leads_inside_by_now_is_not_reached(house: House, receiver: Receiver) -> None:
    """It was public when the endpoint was made: the check is made again for each connection."""
    answers = {"hooks.example.com": ["93.184.216.34"]}

    async def resolve(host: str, port: int) -> list[str]:
        return answers[host]

    policy = read_policy("", "80,443", is_http_allowed=True)
    house.ctx.outbound = Outbound(Guard(policy, resolve=resolve), timeouts=Timeouts(connect_s=0.2, total_s=0.5))
    async with PostOffice(house.ctx, house) as office:
        endpoint = await office.endpoint(f"http://hooks.example.com:{receiver.port}/")
        answers["hooks.example.com"] = ["127.0.0.1"]
        await office.happen()

        async def was_tried() -> bool:
            [one] = await office.deliveries(endpoint)
            return one.delivery.attempts > 0

        await until(was_tried, what="an attempt")
        [one] = await office.deliveries(endpoint)
        assert "loopback" in (one.delivery.log[0].error or "")
        assert one.delivery.status is PENDING
    assert receiver.connections == 0
    await house.ctx.outbound.close()


async def test_while_the_database_is_away_nothing_is_lost_and_the_order_stays(
    office: PostOffice, receiver: Receiver
) -> None:
    """It goes away while an attempt is on its way: what can't be noted then is noted later."""
    house = office.house
    endpoint = await office.endpoint(receiver.url)
    arrived, go_on = asyncio.Event(), asyncio.Event()

    async def wait(request: Received, writer: asyncio.StreamWriter) -> None:
        arrived.set()
        await go_on.wait()
        await answering(OK)(request, writer)

    receiver.behaves = wait
    await office.happen(5)
    await arrived.wait()
    async with house.store.away(house.ctx.database):
        go_on.set()
        with pytest.raises(OnstageError) as caught:
            await webhooks.read_endpoint(office.ctx, house.server, endpoint.id)
        assert caught.value.code is ErrorCode.STORE_UNAVAILABLE
    sent = await office.until_quiet(endpoint)
    assert [one.delivery.status for one in sent] == [DELIVERED] * 5
    assert list(dict.fromkeys(one.id for one in receiver.received)) == [one.event.id for one in sent]


async def test_a_secret_of_a_lost_key_fails_and_says_so(office: PostOffice, receiver: Receiver) -> None:
    endpoint = await office.endpoint(receiver.url, enabled=False)
    other = Keyring(b"another secret of thirty-two bytes!")
    office.ctx.courier = HttpCourier(office.ctx.outbound, other, office.ctx.clock)
    attempt = await webhooks.send_test(office.ctx, office.house.server, endpoint.id)
    assert "ONSTAGE_SECRET" in (attempt.error or "")
    assert receiver.received == []
