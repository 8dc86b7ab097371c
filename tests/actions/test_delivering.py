"""What becomes of a delivery after each attempt, by the clock; and who may send."""

from dataclasses import replace
from datetime import timedelta

import pytest

from onstage.actions import delivering, webhooks
from onstage.actions.deliveries import read_deliveries
from onstage.actions.delivering import LEASED_FOR, Tried, Turn
from onstage.actions.rooms import RoomChange, update_room
from onstage.actions.webhooks import NewEndpoint
from onstage.model.records import Attempt, DeliveryStatus, Endpoint, WebhookDelivery
from onstage.model.retries import JITTER, Retries
from onstage.outbound import Guard, Outbound, read_policy
from onstage.store.deliveries import Due
from tests.support.house import House

DELIVERED, FAILED, PENDING = DeliveryStatus.DELIVERED, DeliveryStatus.FAILED, DeliveryStatus.PENDING
ME, OTHER = "srv_me", "srv_other"
HOUR_S = 3600.0


async def endpoint_in(house: House, *events: str) -> Endpoint:
    house.ctx.outbound = Outbound(Guard(read_policy("127.0.0.1", "", is_http_allowed=False)))
    new = NewEndpoint("http://127.0.0.1:9/", events or None)
    return (await webhooks.create_endpoint(house.ctx, house.server, None, new))[0]


async def happen(house: House, count: int = 1) -> None:
    for number in range(count):
        await update_room(house.ctx, house.server, "show", RoomChange(title=f"title {number}"))


async def taken(house: House, endpoint: Endpoint, holder: str = ME) -> Turn:
    turn = await delivering.take(house.ctx, holder, endpoint.id)
    assert turn is not None
    return turn


def answered(house: House, status: int | None) -> Attempt:
    return Attempt(house.clock.now(), 5, status, None if status else "ConnectError")


async def tell(house: House, turn: Turn, *statuses: int | None, is_last: bool = False, holder: str = ME) -> Turn | None:
    """Record these answers to the first deliveries of the turn."""
    pairs = zip(turn.batch, statuses, strict=False)
    tried = [Tried(one.delivery, answered(house, status)) for one, status in pairs]
    return await delivering.record(house.ctx, holder, turn.endpoint.id, tried, retries=Retries(), is_last=is_last)


async def taken_over(house: House, endpoint: Endpoint) -> tuple[Turn, Turn]:
    """My turn, whose lease has run out, and the other's, who goes on."""
    late = await taken(house, endpoint)
    await house.clock.advance(LEASED_FOR.total_seconds())
    return late, await taken(house, endpoint, OTHER)


async def try_once(house: House, endpoint: Endpoint, status: int | None) -> None:
    """One attempt, if one is due."""
    turn = await delivering.take(house.ctx, ME, endpoint.id)
    if turn is not None:
        await tell(house, turn, status, is_last=True)


async def kept(house: House, endpoint: Endpoint) -> list[WebhookDelivery]:
    found = await read_deliveries(
        house.ctx, house.server, endpoint.id, status=None, event=None, after=None, limit=1_000
    )
    return [one.delivery for one in reversed(found)]


async def now(house: House, endpoint: Endpoint) -> Endpoint:
    return await webhooks.read_endpoint(house.ctx, house.server, endpoint.id)


async def test_one_holder_at_a_time(house: House) -> None:
    endpoint = await endpoint_in(house)
    await happen(house)
    await taken(house, endpoint)
    assert await delivering.take(house.ctx, OTHER, endpoint.id) is None
    assert await delivering.when_due(house.ctx, OTHER, endpoint.id) is None
    assert await delivering.endpoints_with_work(house.ctx, limit=9) == []
    assert await delivering.when_due(house.ctx, ME, endpoint.id) == Due(house.clock.now(), house.project.id)
    await house.clock.advance(LEASED_FOR.total_seconds() - 1)
    assert await delivering.take(house.ctx, OTHER, endpoint.id) is None


async def test_the_lease_of_the_dead_runs_out(house: House) -> None:
    endpoint = await endpoint_in(house)
    await happen(house)
    turn = await taken(house, endpoint)
    await house.clock.advance(LEASED_FOR.total_seconds())
    assert await delivering.endpoints_with_work(house.ctx, limit=9) == [endpoint.id]
    again = await taken(house, endpoint, OTHER)
    assert [one.event.id for one in again.batch] == [one.event.id for one in turn.batch]


async def test_a_late_note_of_the_former_holder_does_not_undo_what_the_next_one_wrote(house: House) -> None:
    endpoint = await endpoint_in(house)
    await happen(house)
    late, turn = await taken_over(house, endpoint)
    await tell(house, turn, 200, is_last=True, holder=OTHER)
    await tell(house, late, 500)
    [one] = await kept(house, endpoint)
    assert (one.status, one.attempts) == (DELIVERED, 1)


@pytest.mark.parametrize("status", [500, None, 410])
async def test_a_late_failure_changes_nothing_under_the_next_holder(house: House, status: int | None) -> None:
    endpoint = await endpoint_in(house)
    await happen(house, 2)
    late, _ = await taken_over(house, endpoint)
    before = await kept(house, endpoint)
    assert await tell(house, late, status) is None
    assert await kept(house, endpoint) == before
    after = await now(house, endpoint)
    assert (after.is_enabled, after.failing_since) == (True, None)
    assert await delivering.take(house.ctx, ME, endpoint.id) is None


async def test_what_was_delivered_is_written_however_late(house: House) -> None:
    """So that the next holder does not send it once more; the line is theirs all the same."""
    endpoint = await endpoint_in(house)
    await happen(house, 4)
    late, turn = await taken_over(house, endpoint)
    assert await tell(house, late, 200, 200, 500) is None
    assert [one.status for one in await kept(house, endpoint)] == [DELIVERED, DELIVERED, PENDING, PENDING]
    assert [one.attempts for one in await kept(house, endpoint)] == [1, 1, 0, 0]
    assert await delivering.take(house.ctx, ME, endpoint.id) is None
    following = await tell(house, turn, 200, holder=OTHER)
    assert following is not None
    assert [one.delivery.position for one in following.batch] == [one.delivery.position for one in turn.batch[2:]]


async def test_a_late_delivery_keeps_what_the_next_holder_wrote(house: House) -> None:
    """Their attempt stays in the log, and since when the receiver fails: it took this before."""
    endpoint = await endpoint_in(house)
    await happen(house)
    late, turn = await taken_over(house, endpoint)
    await tell(house, turn, 503, holder=OTHER)
    since = (await now(house, endpoint)).failing_since
    assert since is not None
    await tell(house, late, 200)
    [one] = await kept(house, endpoint)
    assert (one.status, one.attempts, one.next_attempt_at) == (DELIVERED, 2, None)
    assert [attempt.status for attempt in one.log] == [503, 200]
    assert (await now(house, endpoint)).failing_since == since


async def test_a_lease_that_ran_out_and_that_nobody_took_is_still_good(house: House) -> None:
    endpoint = await endpoint_in(house)
    await happen(house)
    turn = await taken(house, endpoint)
    await house.clock.advance(LEASED_FOR.total_seconds())
    await tell(house, turn, 500)
    [one] = await kept(house, endpoint)
    assert (one.status, one.attempts) == (PENDING, 1)
    assert (await now(house, endpoint)).failing_since is not None


async def test_a_lease_is_given_back_when_nothing_is_left(house: House) -> None:
    endpoint = await endpoint_in(house)
    await happen(house)
    assert await tell(house, await taken(house, endpoint), 200) is None
    await happen(house)
    assert await taken(house, endpoint, OTHER)


async def test_a_batch_is_written_and_the_next_taken_at_once(house: House) -> None:
    endpoint = await endpoint_in(house)
    await happen(house, delivering.BATCH + 3)
    turn = await taken(house, endpoint)
    assert len(turn.batch) == delivering.BATCH
    following = await tell(house, turn, *[200] * delivering.BATCH)
    assert following is not None
    assert len(following.batch) == 3
    assert [one.status for one in await kept(house, endpoint)] == [DELIVERED] * delivering.BATCH + [PENDING] * 3


async def test_a_failure_holds_the_line(house: House) -> None:
    endpoint = await endpoint_in(house)
    await happen(house, 3)
    assert await tell(house, await taken(house, endpoint), 200, 503) is None
    first, second, third = await kept(house, endpoint)
    assert [first.status, second.status, third.status] == [DELIVERED, PENDING, PENDING]
    assert (second.attempts, third.attempts) == (1, 0)
    assert await delivering.take(house.ctx, ME, endpoint.id) is None
    due = await delivering.when_due(house.ctx, ME, endpoint.id)
    assert due is not None
    assert due.at == second.next_attempt_at
    assert await delivering.endpoints_with_work(house.ctx, limit=9) == []
    await house.clock.advance(6)
    assert [one.delivery.id for one in (await taken(house, endpoint)).batch] == [second.id, third.id]


def test_pauses_grow_to_hours() -> None:
    retries, failing_for, pauses = Retries(), timedelta(0), []
    while failing_for < retries.give_up_after:
        pause = retries.pause(failing_for, jitter=0)
        pauses.append(pause.total_seconds())
        failing_for += pause
    assert pauses[:5] == [5, 5, 10, 20, 40]
    assert max(pauses) == 4 * HOUR_S
    assert pauses == sorted(pauses)
    assert 15 <= len(pauses) <= 25


@pytest.mark.parametrize("jitter", [-1.0, 0.0, 1.0])
def test_jitter_and_scale_change_a_pause_in_proportion(jitter: float) -> None:
    plain = Retries().pause(timedelta(minutes=10), jitter=0)
    assert Retries().pause(timedelta(minutes=10), jitter=jitter) == plain * (1 + JITTER * jitter)
    assert Retries(0.001).pause(timedelta(minutes=10) * 0.001, jitter=jitter) == plain * (1 + JITTER * jitter) * 0.001


async def test_a_delivery_is_given_up_after_a_day_and_the_next_goes_on(house: House) -> None:
    """An event that the receiver can't stand blocks for a day, and no longer."""
    endpoint = await endpoint_in(house)
    await happen(house)
    await house.clock.advance(HOUR_S)
    await happen(house, 2)
    for _ in range(32):
        await try_once(house, endpoint, 500)
        await house.clock.advance(HOUR_S)
        if (await kept(house, endpoint))[0].status is FAILED:
            break
    poison, following, last = await kept(house, endpoint)
    assert (poison.status, following.status, last.status) == (FAILED, PENDING, PENDING)
    assert poison.finished_at is not None
    assert poison.finished_at - poison.created_at >= timedelta(hours=24)
    assert "nothing since 20" in (poison.error or "")
    assert following.attempts == 0
    await try_once(house, endpoint, 200)
    assert (await kept(house, endpoint))[1].status is DELIVERED
    assert (await now(house, endpoint)).failing_since is None


async def test_nothing_is_given_up_that_was_not_tried(house: House) -> None:
    """After a day of failures, whatever is as old gets its attempt, one right after the other."""
    endpoint = await endpoint_in(house)
    for _ in range(32):
        await happen(house)
        for _ in range(5):
            await try_once(house, endpoint, None)
        await house.clock.advance(HOUR_S)
    found = await kept(house, endpoint)
    failed = [one for one in found if one.status is FAILED]
    assert len(failed) >= 4
    assert all(one.attempts >= 1 for one in failed)
    assert [one.status for one in found] == [FAILED] * len(failed) + [PENDING] * (32 - len(failed))
    assert (await now(house, endpoint)).is_enabled


async def test_after_five_days_of_nothing_the_endpoint_is_disabled_and_the_others_are_told(house: House) -> None:
    endpoint, other = await endpoint_in(house), await endpoint_in(house, "webhook.*")
    for _ in range(24 * 6):
        await happen(house)
        await try_once(house, endpoint, 502)
        await house.clock.advance(HOUR_S)
    off = await now(house, endpoint)
    assert not off.is_enabled
    assert "nothing since 20" in (off.disabled_reason or "")
    assert off.failing_since is not None
    assert timedelta(days=5) <= off.updated_at - off.failing_since <= timedelta(days=5, hours=6)
    [told] = await read_deliveries(house.ctx, house.server, other.id, status=None, event=None, after=None, limit=9)
    assert told.event.name == "webhook.disabled"
    assert (told.event.room_id, told.event.seq) == (None, None)
    assert told.event.data == {"endpoint_id": endpoint.id, "url": endpoint.url, "reason": off.disabled_reason}
    count = len(await kept(house, endpoint))
    await happen(house)
    assert len(await kept(house, endpoint)) == count
    assert await delivering.when_due(house.ctx, ME, endpoint.id) is None


async def test_one_success_makes_an_endpoint_well_again(house: House) -> None:
    endpoint = await endpoint_in(house)
    for _ in range(24 * 4):
        await happen(house)
        await try_once(house, endpoint, 500)
        await house.clock.advance(HOUR_S)
    await webhooks.update_endpoint(house.ctx, house.server, endpoint.id, {"url": "http://127.0.0.1:8009/"})
    await try_once(house, endpoint, 204)
    assert (await now(house, endpoint)).failing_since is None
    await try_once(house, endpoint, 500)
    assert (await now(house, endpoint)).failing_since == house.clock.now()


async def test_the_log_of_attempts_is_bounded_and_keeps_the_last(house: House) -> None:
    endpoint = await endpoint_in(house)
    await happen(house)
    for number in range(delivering.ATTEMPTS_LOGGED + 5):
        turn = await taken(house, endpoint)
        attempt = replace(answered(house, 500), excerpt=str(number))
        tried = [Tried(turn.batch[0].delivery, attempt)]
        await delivering.record(house.ctx, ME, endpoint.id, tried, retries=Retries(1e-9), is_last=True)
        await house.clock.advance(0.01)
        if (await kept(house, endpoint))[0].status is FAILED:
            break
        await webhooks.update_endpoint(house.ctx, house.server, endpoint.id, {"is_enabled": False})
        await webhooks.update_endpoint(house.ctx, house.server, endpoint.id, {"is_enabled": True})
    [one] = await kept(house, endpoint)
    assert len(one.log) <= delivering.ATTEMPTS_LOGGED
    assert one.log[-1].excerpt == str(one.attempts - 1)


async def test_old_deliveries_are_forgotten_and_pending_ones_are_not(house: House) -> None:
    endpoint = await endpoint_in(house)
    await happen(house, 2)
    await tell(house, await taken(house, endpoint), 200, is_last=True)
    await house.clock.advance(31 * 24 * HOUR_S)
    await delivering.forget_old_deliveries(house.ctx)
    [one] = await kept(house, endpoint)
    assert one.status is PENDING
    await webhooks.update_endpoint(house.ctx, house.server, endpoint.id, {"is_enabled": False})
    await delivering.forget_old_deliveries(house.ctx)
    assert await kept(house, endpoint) == []


async def test_a_project_without_endpoints_has_no_deliveries(house: House) -> None:
    await happen(house)
    backlog = await delivering.read_backlog(house.ctx)
    assert (backlog.pending, backlog.oldest_at) == (0, None)


async def test_an_endpoint_deleted_meanwhile_leaves_nothing_to_write(house: House) -> None:
    endpoint = await endpoint_in(house)
    await happen(house)
    turn = await taken(house, endpoint)
    await webhooks.delete_endpoint(house.ctx, house.server, endpoint.id)
    assert await tell(house, turn, 200) is None


async def test_an_endpoint_disabled_meanwhile_gets_nothing_more(house: House) -> None:
    endpoint = await endpoint_in(house)
    await happen(house, 30)
    turn = await taken(house, endpoint)
    await webhooks.update_endpoint(house.ctx, house.server, endpoint.id, {"is_enabled": False})
    assert await tell(house, turn, 200) is None
    on = await webhooks.update_endpoint(house.ctx, house.server, endpoint.id, {"is_enabled": True})
    assert on.is_enabled
    assert len((await taken(house, endpoint, OTHER)).batch) == delivering.BATCH
