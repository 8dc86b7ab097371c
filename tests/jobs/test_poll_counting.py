"""Polls by the clock: live results at most once a second, also with several servers, and stops on time."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from onstage.actions.context import Context
from onstage.actions.polls import read_poll
from onstage.actions.voting import vote
from onstage.jobs.polls import LOOK_EVERY_S, PollClock
from onstage.model.records import Participant, Poll, PollStatus, ResultsShown
from tests.jobs.staff import store_away
from tests.support.house import House
from tests.support.polls import choose, running
from tests.support.waiting import until


@asynccontextmanager
async def looking(house: House, *, servers: int = 1) -> AsyncIterator[None]:
    """So many servers look at the polls while the block runs."""
    clocks = [PollClock(house.ctx) for _ in range(servers)]
    for clock in clocks:
        await clock.start()
    await looked(house, servers)
    try:
        yield
    finally:
        for clock in clocks:
            await clock.stop()


async def looked(house: House, servers: int = 1) -> None:
    """Wait until everybody has looked and sleeps."""
    waiting = "the pauses between two looks"
    await until(lambda: house.clock.waits_s.count(LOOK_EVERY_S) >= servers, what=waiting)


async def pass_s(house: House, seconds: float, *, servers: int = 1) -> None:
    """Let time pass, look by look."""
    for _ in range(round(seconds / LOOK_EVERY_S)):
        await house.clock.advance(LOOK_EVERY_S)
        await looked(house, servers)


async def told(house: House) -> list[tuple[float, int]]:
    """When results were told, in seconds from the first, and how many had voted."""
    events = [event for event in await house.events() if event.name == "poll.counted"]
    first = events[0].at if events else house.clock.now()
    return [((event.at - first).total_seconds(), event.data["result"]["voters"]) for event in events]


async def cast(house: House, poll: Poll, voter: Participant) -> None:
    await vote(house.ctx, house.caller(voter), "show", poll.id, [choose(0)])


async def test_live_results_are_told_within_a_second_and_not_twice_in_one(house: House) -> None:
    voters = [await house.join(f"v{number:02}", "viewer") for number in range(10)]
    poll = await running(house, results_shown=ResultsShown.LIVE)
    async with looking(house):
        for voter in voters:  # two a second
            await cast(house, poll, voter)
            await pass_s(house, 0.5)
        await pass_s(house, 5)
    moments = await told(house)
    assert moments == [(0, 1), (1, 3), (2, 5), (3, 7), (4, 9), (5, 10)]


async def test_several_servers_tell_no_more_than_one(house: House) -> None:
    voters = [await house.join(f"v{number:02}", "viewer") for number in range(6)]
    poll = await running(house, results_shown=ResultsShown.LIVE)
    async with looking(house, servers=3):
        for voter in voters:
            await cast(house, poll, voter)
            await pass_s(house, 0.5, servers=3)
        await pass_s(house, 3, servers=3)
    assert await told(house) == [(0, 1), (1, 3), (2, 5), (3, 6)]


async def test_nothing_is_told_while_nobody_votes_or_the_results_are_not_live(house: House) -> None:
    vic = await house.join("vic", "viewer")
    for shown in ResultsShown:
        poll = await running(house, results_shown=shown)
        if shown is not ResultsShown.LIVE:
            await cast(house, poll, vic)
    behind = await house.seq()
    async with looking(house):
        await pass_s(house, 5)
    assert await house.names(behind=behind) == []


async def test_a_poll_stops_when_its_time_is_over(house: House) -> None:
    await house.join("vic", "viewer")
    poll = await running(house, duration_s=10)
    async with looking(house):
        await pass_s(house, 9.5)
        assert "poll.stopped" not in await house.names()
        await pass_s(house, 0.5)
        assert (await house.names()).count("poll.stopped") == 1
        await pass_s(house, 5)
    assert (await house.names()).count("poll.stopped") == 1
    assert (await read_poll(house.ctx, house.server, "show", poll.id)).poll.status is PollStatus.STOPPED


async def test_a_store_that_is_away_is_asked_again(house: House) -> None:
    vic = await house.join("vic", "viewer")
    poll = await running(house, results_shown=ResultsShown.LIVE, duration_s=5)
    await cast(house, poll, vic)
    await house.clock.advance(5)
    async with store_away(house):
        clock = PollClock(house.ctx)
        await clock.start()
        await looked(house)
    assert "poll.stopped" not in await house.names()
    await pass_s(house, LOOK_EVERY_S)
    stopped = (await house.events())[-1]
    assert (stopped.name, stopped.data["poll"]["result"]) == (
        "poll.stopped",
        {"voters": 1, "questions": [{"votes": [1, 0, 0], "answers": 1}]},
    )
    await clock.stop()


async def test_a_bug_with_one_kind_of_work_ends_no_other(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(_ctx: Context) -> int:
        raise ValueError("a row that can't be read")

    monkeypatch.setattr("onstage.jobs.polls.stop_due", broken)
    voter = await house.join("vic", "viewer")
    poll = await running(house, results_shown=ResultsShown.LIVE)
    async with looking(house):
        await pass_s(house, 1)
        await cast(house, poll, voter)
        await pass_s(house, 2)
    assert await told(house) == [(0.0, 1)]
