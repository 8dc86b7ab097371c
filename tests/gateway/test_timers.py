"""The timers that all connections share: each at its moment, and one task for all of them."""

import pytest

from onstage.gateway.timers import SharedTimers
from tests.support.clock import ManualClock


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


async def test_each_fires_once_at_its_moment_whatever_the_order_they_were_set_in(clock: ManualClock) -> None:
    timers, fired = SharedTimers(clock), list[tuple[float, int]]()
    for seconds in (3, 1, 2):
        timers.after(seconds, lambda seconds=seconds: fired.append((clock.monotonic() - 1000, seconds)))
    await clock.advance(10)
    assert fired == [(1, 1), (2, 2), (3, 3)]
    assert clock.sleepers == 0


async def test_a_thousand_of_them_sleep_in_one_task(clock: ManualClock) -> None:
    timers, fired = SharedTimers(clock), list[int]()
    for number in range(1000):
        timers.after(1 + number / 1000, lambda number=number: fired.append(number))
    await clock.advance(0.5)
    assert clock.sleepers == 1
    await clock.advance(2)
    assert fired == list(range(1000))


async def test_what_is_cancelled_does_not_fire(clock: ManualClock) -> None:
    timers, fired = SharedTimers(clock), list[str]()
    cancelled = timers.after(1, lambda: fired.append("cancelled"))
    timers.after(2, lambda: fired.append("kept"))
    cancelled.cancel()
    await clock.advance(3)
    assert fired == ["kept"]


async def test_one_that_is_set_by_another_fires_too(clock: ManualClock) -> None:
    timers, fired = SharedTimers(clock), list[float]()

    def again() -> None:
        fired.append(clock.monotonic() - 1000)
        if len(fired) < 3:
            timers.after(5, again)

    timers.after(5, again)
    timers.after(100, lambda: None)
    await clock.advance(50)
    assert fired == [5, 10, 15]


async def test_one_that_fails_stops_no_other(clock: ManualClock) -> None:
    timers, fired = SharedTimers(clock), list[str]()
    timers.after(1, lambda: [][0])
    timers.after(1, lambda: fired.append("the next"))
    timers.after(2, lambda: fired.append("and the one after"))
    await clock.advance(3)
    assert fired == ["the next", "and the one after"]


async def test_after_a_stop_nothing_fires(clock: ManualClock) -> None:
    timers, fired = SharedTimers(clock), list[str]()
    timers.after(1, lambda: fired.append("fired"))
    timers.stop()
    await clock.advance(2)
    assert fired == []
