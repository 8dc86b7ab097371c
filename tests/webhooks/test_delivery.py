"""From an event to its receivers: nothing lost, in order, signed, whatever the receivers do."""

import asyncio
from dataclasses import replace

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from onstage.actions import deliveries, webhooks
from onstage.actions.delivering import LEASED_FOR
from onstage.actions.emit import emit
from onstage.actions.webhooks import NewEndpoint
from onstage.clock import SystemClock
from onstage.events import RoomUpdated
from onstage.model.records import DeliveryStatus
from onstage.model.views import RoomView
from onstage.outbound import Outbound
from tests.support.house import House
from tests.support.post_office import Later, PostOffice
from tests.support.receiver import OK, Behaviour, Received, Receiver, answering, receiving, status
from tests.support.waiting import until

DELIVERED, FAILED, PENDING = DeliveryStatus.DELIVERED, DeliveryStatus.FAILED, DeliveryStatus.PENDING


def titles(receiver: Receiver) -> list[str]:
    return [one.json["data"]["room"]["title"] for one in receiver.received]


def first_times(receiver: Receiver) -> list[str]:
    """The ids received, each where it came first."""
    return list(dict.fromkeys(one.id for one in receiver.received))


def after(happened: asyncio.Event, behaviour: Behaviour) -> Behaviour:
    """Behaves so once that has happened."""

    async def behave(request: Received, writer: asyncio.StreamWriter) -> None:
        await happened.wait()
        await behaviour(request, writer)

    return behave


async def test_an_event_arrives_with_everything_the_receiver_needs(office: PostOffice, receiver: Receiver) -> None:
    endpoint = await office.endpoint(receiver.url)
    await office.happen()
    [request] = await receiver.until_received(1)
    [one] = await office.until_quiet(endpoint)
    house = office.house
    payload = request.json
    assert payload.keys() == {"id", "type", "timestamp", "project_id", "room_id", "seq", "data"}
    assert (payload["id"], payload["type"]) == (request.id, "room.updated")
    assert (payload["project_id"], payload["room_id"]) == (house.project.id, house.room.id)
    assert payload["seq"] == (await house.seq())
    assert payload["data"]["room"]["title"] == "title 0"
    assert payload["timestamp"].endswith("Z")
    assert request.headers["content-type"] == "application/json"
    assert request.headers["user-agent"].startswith("Onstage/")
    assert (one.delivery.status, one.delivery.attempts, one.event.id) == (DELIVERED, 1, request.id)
    [attempt] = one.delivery.log
    assert (attempt.status, attempt.excerpt, attempt.error) == (200, "ok", None)


async def test_the_standard_library_verifies_the_signature(office: PostOffice, receiver: Receiver) -> None:
    new = NewEndpoint(receiver.url)
    endpoint, secret = await webhooks.create_endpoint(office.ctx, office.house.server, None, new)
    await office.happen()
    [request] = await receiver.until_received(1)
    assert Webhook(secret).verify(request.body, request.headers)["id"] == request.id
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(request.body + b" ", request.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(request.body, request.headers | {"webhook-id": "ev_other"})
    with pytest.raises(WebhookVerificationError):
        Webhook(webhooks.new_secret()).verify(request.body, request.headers)
    assert secret not in str(await office.now(endpoint))


async def test_for_a_day_both_secrets_verify_and_then_only_the_new_one(office: PostOffice, receiver: Receiver) -> None:
    house = office.house
    endpoint, old = await webhooks.create_endpoint(office.ctx, house.server, None, NewEndpoint(receiver.url))
    _, new = await webhooks.rotate_secret(office.ctx, house.server, endpoint.id)
    await office.happen()
    [request] = await receiver.until_received(1)
    assert request.headers["webhook-signature"].count("v1,") == 2
    for secret in (old, new):
        assert Webhook(secret).verify(request.body, request.headers)
    rotated = await office.now(endpoint)
    assert rotated.old_secret_until is not None
    over = replace(rotated, old_secret_until=SystemClock().now())
    [sent] = await office.until_quiet(endpoint)
    await office.courier.post(over, sent.event)
    later = (await receiver.until_received(2))[1]
    assert later.headers["webhook-signature"].count("v1,") == 1
    assert Webhook(new).verify(later.body, later.headers)


async def test_every_event_of_a_busy_hour_arrives_once_and_in_order(office: PostOffice, receiver: Receiver) -> None:
    endpoint = await office.endpoint(receiver.url)
    expected = await office.happen(120)
    await office.until_quiet(endpoint)
    assert titles(receiver) == expected
    assert receiver.most_in_flight == 1
    assert office.counted.attempts == {"delivered": 120}


async def test_the_order_stays_while_some_attempts_fail(office: PostOffice, receiver: Receiver) -> None:
    failures = iter([500, 429, 302, 404, 503, 400, 301, 502])

    async def moody(request: Received, writer: asyncio.StreamWriter) -> None:
        is_even = len(receiver.received) % 2 == 0
        code = next(failures, 200) if is_even else 200
        await status(code)(request, writer)

    receiver.behaves = moody
    endpoint = await office.endpoint(receiver.url)
    expected = await office.happen(20)
    sent = await office.until_quiet(endpoint)
    assert [one.delivery.status for one in sent] == [DELIVERED] * 20
    assert first_times(receiver) == [one.event.id for one in sent]
    assert list(dict.fromkeys(titles(receiver))) == expected
    assert len(receiver.received) == 28
    assert receiver.most_in_flight == 1


async def test_while_the_oldest_waits_nothing_behind_it_is_sent(office: PostOffice, receiver: Receiver) -> None:
    receiver.behaves = status(500)
    endpoint = await office.endpoint(receiver.url)
    await office.happen(5)
    await receiver.until_received(6)
    assert len(first_times(receiver)) == 1
    receiver.behaves = answering(OK)
    sent = await office.until_quiet(endpoint)
    assert [one.delivery.attempts for one in sent][1:] == [1] * 4
    assert first_times(receiver) == [one.event.id for one in sent]


async def test_a_receiver_that_was_down_gets_everything_in_order(office: PostOffice, receiver: Receiver) -> None:
    """Down for minutes, by the scale; events go on meanwhile."""
    endpoint = await office.endpoint(receiver.url)
    await office.happen(3)
    await office.until_quiet(endpoint)
    await receiver.down()
    await office.happen(30)

    async def was_tried_often() -> bool:
        [oldest, *_] = [one.delivery for one in await office.deliveries(endpoint) if one.delivery.status is PENDING]
        return oldest.attempts >= 5

    await until(was_tried_often, what="retries")
    failing = await office.now(endpoint)
    assert failing.failing_since is not None
    await receiver.up()
    sent = await office.until_quiet(endpoint)
    assert [one.delivery.status for one in sent] == [DELIVERED] * 33
    assert [one.id for one in receiver.received] == [one.event.id for one in sent]
    assert "Connect" in (sent[3].delivery.log[0].error or "")
    assert (await office.now(endpoint)).failing_since is None


async def test_an_endpoint_that_fails_holds_up_no_other(office: PostOffice, receiver: Receiver) -> None:
    async def hang(_request: Received, _writer: asyncio.StreamWriter) -> None:
        await asyncio.Event().wait()

    async with receiving() as stuck:
        stuck.behaves = hang
        bad, good = await office.endpoint(stuck.url), await office.endpoint(receiver.url)
        await office.happen(10)
        await office.until_quiet(good)
        assert await office.statuses(bad) == [PENDING] * 10
        assert await office.statuses(good) == [DELIVERED] * 10
        stuck.behaves = answering(OK)
        await office.until_quiet(bad)


async def test_more_endpoints_than_slots_all_get_their_turn(
    house: House, outbound: Outbound, receiver: Receiver
) -> None:
    async with PostOffice(house.ctx, house, most_at_once=2) as office:
        endpoints = [await office.endpoint(receiver.url) for _ in range(8)]
        await office.happen(5)
        for endpoint in endpoints:
            await office.until_quiet(endpoint)
    assert len(receiver.received) == 40
    assert receiver.most_in_flight <= 2


async def test_gone_means_gone(office: PostOffice, receiver: Receiver) -> None:
    async with receiving() as other:
        happened = asyncio.Event()
        receiver.behaves = after(happened, status(410))
        endpoint = await office.endpoint(receiver.url)
        watching = await office.endpoint(other.url, "webhook.disabled")
        await office.happen(3)
        happened.set()
        off = await office.until_disabled(endpoint)
        assert "410" in (off.disabled_reason or "")
        assert await office.statuses(endpoint) == [FAILED, PENDING, PENDING]
        [told] = await other.until_received(1)
        assert told.json["type"] == "webhook.disabled"
        assert (told.json["room_id"], told.json["seq"]) == (None, None)
        assert told.json["data"]["endpoint_id"] == endpoint.id
        await office.until_quiet(watching)
        await office.happen(2)
        assert len(await office.deliveries(endpoint)) == 3
        assert len(receiver.received) == 1


async def test_enabled_again_an_endpoint_goes_on_where_it_stopped(office: PostOffice, receiver: Receiver) -> None:
    happened = asyncio.Event()
    receiver.behaves = after(happened, status(410))
    endpoint = await office.endpoint(receiver.url)
    await office.happen(3)
    happened.set()
    await office.until_disabled(endpoint)
    receiver.behaves = answering(OK)
    on = await webhooks.update_endpoint(office.ctx, office.house.server, endpoint.id, {"is_enabled": True})
    assert (on.is_enabled, on.disabled_reason, on.failing_since) == (True, None, None)
    sent = await office.until_quiet(endpoint)
    assert [one.delivery.status for one in sent] == [FAILED, DELIVERED, DELIVERED]


async def test_a_url_that_is_put_right_is_tried_at_once(office: PostOffice, receiver: Receiver) -> None:
    async with receiving() as wrong:
        wrong.behaves = status(500)
        endpoint = await office.endpoint(wrong.url)
        await office.happen(2)
        await wrong.until_received(1)
        await webhooks.update_endpoint(office.ctx, office.house.server, endpoint.id, {"url": receiver.url})
        await office.until_quiet(endpoint)
    assert len(receiver.received) == 2


async def test_a_deleted_endpoint_hears_nothing_more(office: PostOffice, receiver: Receiver) -> None:
    """While another one hears of many events, time enough for some retries."""
    receiver.behaves = status(500)
    endpoint = await office.endpoint(receiver.url)
    await office.happen(2)
    await receiver.until_received(1)
    async with receiving() as other:
        await webhooks.delete_endpoint(office.ctx, office.house.server, endpoint.id)
        count = len(receiver.received)
        staying = await office.endpoint(other.url)
        await office.happen(20)
        await office.until_quiet(staying)
        assert len(other.received) == 20
    assert len(receiver.received) <= count + 1, "more than what was on its way"


async def test_what_was_committed_before_the_server_died_is_delivered_by_the_next(
    office: PostOffice, receiver: Receiver
) -> None:
    endpoint = await office.endpoint(receiver.url)
    await office.dispatcher.abandon()
    expected = await office.happen(5)
    assert receiver.received == []
    async with PostOffice(office.ctx, office.house):
        sent = await office.until_quiet(endpoint)
    assert [one.delivery.status for one in sent] == [DELIVERED] * 5
    assert titles(receiver) == expected


async def test_what_was_sent_and_not_written_is_sent_again_under_the_same_id(
    office: PostOffice, receiver: Receiver
) -> None:
    """At least once: a crash between the receiver's yes and our note of it."""

    async def die(request: Received, writer: asyncio.StreamWriter) -> None:
        receiver.behaves = answering(OK)
        await office.dispatcher.abandon()
        await answering(OK)(request, writer)

    receiver.behaves = die
    endpoint = await office.endpoint(receiver.url)
    await office.happen(2)
    await receiver.until_received(1)
    async with PostOffice(office.ctx, office.house, clock=Later(LEASED_FOR)):
        await office.until_quiet(endpoint)
    ids = [one.id for one in receiver.received]
    assert ids[0] == ids[1]
    assert len(set(ids)) == 2
    assert receiver.received[0].body == receiver.received[1].body


async def test_a_server_that_is_late_leaves_the_endpoint_to_the_one_that_took_over(
    office: PostOffice, receiver: Receiver
) -> None:
    go_on = asyncio.Event()

    async def refuse_late(request: Received, writer: asyncio.StreamWriter) -> None:
        receiver.behaves = answering(OK)
        await after(go_on, status(500))(request, writer)

    receiver.behaves = refuse_late
    endpoint = await office.endpoint(receiver.url)
    await office.happen()
    await receiver.until_received(1)
    async with PostOffice(office.ctx, office.house, clock=Later(LEASED_FOR)):
        [one] = await office.until_quiet(endpoint)
        go_on.set()
        await office.dispatcher.stop()
    assert office.counted.attempts == {"failed": 1}
    assert [one.delivery for one in await office.deliveries(endpoint)] == [one.delivery]
    assert (one.delivery.status, one.delivery.attempts) == (DELIVERED, 1)
    assert (await office.now(endpoint)).failing_since is None


async def test_two_servers_on_one_database_never_send_the_same_attempt_twice(
    house: House, office: PostOffice, receiver: Receiver
) -> None:
    endpoints = [await office.endpoint(receiver.url) for _ in range(3)]
    async with PostOffice(office.ctx, house) as other:
        for _ in range(40):
            await asyncio.gather(office.happen(), other.happen())
        for endpoint in endpoints:
            await office.until_quiet(endpoint)
    assert len(receiver.received) == 3 * 80
    assert office.counted.attempts["delivered"] + other.counted.attempts["delivered"] == 3 * 80
    assert receiver.most_in_flight <= 3
    for endpoint in endpoints:
        assert [one.delivery.attempts for one in await office.deliveries(endpoint)] == [1] * 80


async def test_each_endpoint_hears_what_its_filter_and_its_place_let_through(
    house: House, office: PostOffice, receiver: Receiver
) -> None:
    other_room = await house.another_room("other")
    async with receiving() as of_room, receiving() as of_group:
        whole = await office.endpoint(receiver.url, "room.updated")
        room = await office.endpoint(of_room.url, room="show")
        group = await office.endpoint(of_group.url, "participant.*", "hand.raised")
        await office.happen(1)
        await office.happen(1, room=other_room.id)
        await house_join(office)
        for endpoint in (whole, room, group):
            await office.until_quiet(endpoint)
        assert [one.json["room_id"] for one in receiver.received] == [house.room.id, other_room.id]
        assert {one.json["room_id"] for one in of_room.received} == {house.room.id}
        assert "room.updated" in of_room.types
        assert set(of_group.types) == {"participant.joined"}


async def house_join(office: PostOffice) -> None:
    """Somebody joins, by the office's context, so that the dispatcher is told."""
    kept, office.house.ctx = office.house.ctx, office.ctx
    try:
        await office.house.join("anna", "host")
    finally:
        office.house.ctx = kept


async def test_what_was_rolled_back_is_never_told(office: PostOffice, receiver: Receiver) -> None:
    endpoint = await office.endpoint(receiver.url)

    async def change_and_fail() -> None:
        async with office.ctx.database.begin() as tx:
            room = office.house.room
            await emit(office.ctx, tx, room, RoomUpdated(room=RoomView.of(room)))
            raise RuntimeError("no")

    with pytest.raises(RuntimeError, match="no"):
        await change_and_fail()
    assert await office.deliveries(endpoint) == []
    await office.happen()
    await office.until_quiet(endpoint)
    assert titles(receiver) == ["title 0"]


async def test_a_replay_is_a_delivery_of_its_own_under_the_same_id(office: PostOffice, receiver: Receiver) -> None:
    endpoint = await office.endpoint(receiver.url)
    await office.happen(3)
    first, *_ = await office.until_quiet(endpoint)
    server = office.house.server
    again = await deliveries.replay_delivery(office.ctx, server, endpoint.id, first.delivery.id)
    assert again.delivery.is_replay
    assert again.delivery.id != first.delivery.id
    await office.until_quiet(endpoint)
    assert receiver.received[3].id == receiver.received[0].id
    assert receiver.received[3].body == receiver.received[0].body


async def test_a_test_is_sent_at_once_and_answers_what_the_receiver_said(
    office: PostOffice, receiver: Receiver
) -> None:
    endpoint = await office.endpoint(receiver.url, enabled=False)
    attempt = await webhooks.send_test(office.ctx, office.house.server, endpoint.id)
    assert (attempt.status, attempt.excerpt, attempt.is_delivered) == (200, "ok", True)
    assert receiver.types == ["webhook.test"]
    assert receiver.received[0].json["data"] == {"endpoint_id": endpoint.id}
    await receiver.down()
    failed = await webhooks.send_test(office.ctx, office.house.server, endpoint.id)
    assert failed.status is None
    assert failed.error is not None
    await receiver.up()
    assert await office.deliveries(endpoint) == []


async def test_stopping_lets_the_attempt_on_its_way_end_and_writes_it(office: PostOffice, receiver: Receiver) -> None:
    go_on = asyncio.Event()
    receiver.behaves = after(go_on, answering(OK))
    endpoint = await office.endpoint(receiver.url)
    await office.happen(3)
    await receiver.until_received(1)
    stopping = asyncio.create_task(office.dispatcher.stop())
    await asyncio.sleep(0)
    go_on.set()
    await stopping
    assert await office.statuses(endpoint) == [DELIVERED, PENDING, PENDING]
    async with PostOffice(office.ctx, office.house):  # needs no lease to run out
        await office.until_quiet(endpoint)
    assert len(receiver.received) == 3


async def test_a_receiver_that_moved_inside_is_not_followed(office: PostOffice, receiver: Receiver) -> None:
    async with receiving() as inside:
        receiver.behaves = status(307, f"Location: {inside.url}")
        endpoint = await office.endpoint(receiver.url)
        await office.happen()
        await receiver.until_received(2)
        assert inside.connections == 0
        [one] = await office.deliveries(endpoint)
        assert one.delivery.log[0].status == 307


async def test_the_backlog_is_counted(office: PostOffice, receiver: Receiver) -> None:
    receiver.behaves = status(500)
    await office.endpoint(receiver.url)
    await office.happen(3)
    async with PostOffice(office.ctx, office.house) as other:
        await until(lambda: other.counted.pending == 3, what="the first look to count")
        assert other.counted.oldest_age_s >= 0
