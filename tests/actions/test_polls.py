"""Polls: who prepares, starts, changes and stops them, who sees what of them, and how they end."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from onstage.actions import polls as poll_actions
from onstage.actions import rooms
from onstage.actions.polls import (
    MOST_RUNNING,
    STOPPED_KEPT,
    SeenPoll,
    create_poll,
    delete_poll,
    read_poll,
    read_polls,
    start_poll,
    stop_due,
    stop_poll,
    update_poll,
)
from onstage.errors import ErrorCode
from onstage.model.permission import Permission
from onstage.model.records import Participant, PollStatus, ResultsShown
from tests.support.house import House
from tests.support.polls import CAPITAL, CHOICE, QUIZ, TEXT, choose, plan, prepared, running, stopped, votes
from tests.support.refusals import refusal, refused


async def seen_by(house: House, person: Participant | None, **which: object) -> list[str]:
    caller = house.server if person is None else house.caller(person)
    status = which.get("status")
    assert status is None or isinstance(status, PollStatus)
    found = await read_polls(house.ctx, caller, "show", status=status, after=None, limit=50)
    return [one.poll.id for one in found]


async def test_a_poll_is_prepared_before_anybody_is_there(house: House) -> None:
    poll = await prepared(house)
    assert (poll.status, poll.created_by, poll.session_id) == (PollStatus.CREATED, None, None)
    assert await refused(start_poll(house.ctx, house.server, "show", poll.id)) is ErrorCode.SESSION_ENDED


async def test_what_is_prepared_is_told_to_the_project_and_to_nobody_in_the_room(house: House) -> None:
    anna = await house.join("anna", "host")
    behind = await house.seq()
    await prepared(house, by=anna, **QUIZ)
    [created] = await house.events(behind=behind)
    assert created.name == "poll.created"
    assert not created.recipients.include(anna.id, anna.role)
    assert created.data["poll"]["questions"][0]["correct"] == [1]
    assert (await house.snapshot(anna))["polls"] == []


async def test_a_started_poll_is_told_to_everybody_without_its_right_answers(house: House) -> None:
    vic = await house.join("vic", "viewer")
    behind = await house.seq()
    poll = await running(house, **QUIZ)
    started = (await house.events(behind=behind))[-1]
    assert (started.name, started.recipients.everyone) == ("poll.started", True)
    assert [one["correct"] for one in started.data["poll"]["questions"]] == [None, None]
    assert (await house.snapshot(vic))["polls"] == [started.data["poll"]]
    assert poll.session_id == vic.session_id


async def test_each_step_takes_its_permission_and_a_place_on_stage(house: House) -> None:
    host, gus = await house.join("anna", "host"), await house.join("gus", "guest")
    maker = await house.join("mia", "guest", permissions=(Permission.POLL_CREATE,))
    vic = await house.join("vic", "viewer", permissions=(Permission.POLL_CREATE, Permission.POLL_STOP))
    poll = await prepared(house, by=maker)
    steps: list[Callable[[Participant], Awaitable[object]]] = [
        lambda person: create_poll(house.ctx, house.caller(person), "show", plan()),
        lambda person: update_poll(house.ctx, house.caller(person), "show", poll.id, lambda old: old),
        lambda person: start_poll(house.ctx, house.caller(person), "show", poll.id),
        lambda person: stop_poll(house.ctx, house.caller(person), "show", poll.id),
    ]
    for step in steps:
        assert await refused(step(gus)) is ErrorCode.PERMISSION_DENIED
        assert await refused(step(vic)) is ErrorCode.NOT_ON_STAGE
    assert await refused(steps[2](maker)) is ErrorCode.PERMISSION_DENIED
    for step in steps:
        await step(host)


async def test_a_poll_is_changed_until_it_starts(house: House) -> None:
    anna = await house.join("anna", "host")
    poll = await prepared(house)

    async def change(**fields: object) -> SeenPoll:
        caller = house.caller(anna)
        return await update_poll(house.ctx, caller, "show", poll.id, lambda old: replace(old, **fields))  # type: ignore[arg-type]  # fields of a plan

    changed = await change(title="Food", questions=(CHOICE, TEXT), vote_roles=("viewer",))
    assert (changed.poll.plan.title, len(changed.poll.tally.questions)) == ("Food", 2)
    assert (await read_poll(house.ctx, house.server, "show", poll.id)).poll == changed.poll
    assert await refused(change(questions=(CAPITAL,))) is ErrorCode.MALFORMED  # right answers in a poll
    error = await refusal(change(vote_roles=("king",)))
    assert (error.code, error.expected) == (ErrorCode.UNKNOWN_ROLE, "host, guest, audience, viewer")
    await start_poll(house.ctx, house.server, "show", poll.id)
    for attempt in (
        change(title="late"),
        delete_poll(house.ctx, house.server, "show", poll.id),
        start_poll(house.ctx, house.server, "show", poll.id),
    ):
        assert await refused(attempt) is ErrorCode.POLL_ALREADY_STARTED


async def test_a_poll_that_has_not_started_is_forgotten(house: House) -> None:
    poll = await prepared(house)
    await delete_poll(house.ctx, house.server, "show", poll.id)
    assert await refused(read_poll(house.ctx, house.server, "show", poll.id)) is ErrorCode.POLL_NOT_FOUND
    assert await refused(delete_poll(house.ctx, house.server, "show", poll.id)) is ErrorCode.POLL_NOT_FOUND


async def test_a_poll_is_stopped_once_and_only_while_it_runs(house: House) -> None:
    await house.join("anna", "host")
    poll = await prepared(house)
    assert await refused(stop_poll(house.ctx, house.server, "show", poll.id)) is ErrorCode.POLL_NOT_OPEN
    await start_poll(house.ctx, house.server, "show", poll.id)
    await stopped(house, poll)
    assert await refused(stop_poll(house.ctx, house.server, "show", poll.id)) is ErrorCode.POLL_NOT_OPEN


async def test_who_prepares_none_sees_those_that_started_while_they_are_there(house: House) -> None:
    host, vic = await house.join("anna", "host"), await house.join("vic", "viewer")
    starter = await house.join("sue", "guest", permissions=(Permission.POLL_START,))
    before = await running(house)
    await rooms.end_room(house.ctx, house.server, "show", reason="over", lock=False)
    host, vic = await house.join("anna", "host"), await house.join("vic", "viewer")
    starter = await house.join("sue", "guest", permissions=(Permission.POLL_START,))
    now, over = await running(house), await running(house)
    await house.clock.advance(1)
    await stopped(house, over)
    waiting = await prepared(house)
    everything = {before.id, now.id, over.id, waiting.id}
    for person in (None, host, starter):
        assert set(await seen_by(house, person)) == everything
    assert set(await seen_by(house, vic)) == {now.id, over.id}
    assert await seen_by(house, vic, status=PollStatus.STOPPED) == [over.id]
    assert await seen_by(house, vic, status=PollStatus.CREATED) == []
    assert await seen_by(house, None, status=PollStatus.CREATED) == [waiting.id]
    for hidden in (before, waiting):
        attempt = read_poll(house.ctx, house.caller(vic), "show", hidden.id)
        assert await refused(attempt) is ErrorCode.POLL_NOT_FOUND


async def test_polls_are_listed_newest_first_page_by_page_also_of_one_moment(house: House) -> None:
    made = [await prepared(house) for _ in range(5)]
    listed: list[str] = []
    after = None
    while True:
        found = await read_polls(house.ctx, house.server, "show", status=None, after=after, limit=2)
        listed += [one.poll.id for one in found]
        if len(found) < 2:
            break
        after = found[-1].poll.id
    assert listed == sorted((poll.id for poll in made), reverse=True)


async def test_a_poll_of_another_room_or_project_is_not_found(house: House) -> None:
    poll = await prepared(house)
    other = await house.another_room("other")
    for attempt in (
        read_poll(house.ctx, house.server, other.id, poll.id),
        delete_poll(house.ctx, house.server, other.id, poll.id),
        start_poll(house.ctx, house.server, other.id, poll.id),
    ):
        assert await refused(attempt) is ErrorCode.POLL_NOT_FOUND


@pytest.mark.parametrize(
    ("permission", "knows_correct", "knows_result"),
    [(Permission.POLL_CREATE, True, False), (Permission.POLL_START, False, False), (Permission.POLL_STOP, False, True)],
)
async def test_who_makes_polls_sees_right_answers_and_who_stops_them_results(
    house: House, permission: Permission, knows_correct: bool, knows_result: bool
) -> None:
    gus = await house.join("gus", "guest", permissions=(permission,))
    poll = await running(house, **QUIZ, results_shown=ResultsShown.NEVER)
    view = (await read_poll(house.ctx, house.caller(gus), "show", poll.id)).view()
    assert (view.questions[0].correct is not None) is knows_correct
    assert (view.result is not None) is knows_result


async def test_who_sits_sees_no_more_than_others_whatever_their_token_says(house: House) -> None:
    both = (Permission.POLL_CREATE, Permission.POLL_STOP)
    vic = await house.join("vic", "viewer", permissions=both)
    poll = await running(house, **QUIZ, results_shown=ResultsShown.NEVER)
    view = (await read_poll(house.ctx, house.caller(vic), "show", poll.id)).view()
    assert (view.questions[0].correct, view.result) == (None, None)


@pytest.mark.parametrize("shown", ResultsShown)
async def test_the_end_tells_right_answers_and_the_result_unless_it_stays_hidden(
    house: House, shown: ResultsShown
) -> None:
    vic = await house.join("vic", "viewer")
    poll = await running(house, **QUIZ, results_shown=shown)
    await votes(house, poll, vic, choose(1))
    behind = await house.seq()
    await stopped(house, poll)
    [event] = await house.events(behind=behind)
    told = event.data["poll"]
    assert (event.name, told["status"]) == ("poll.stopped", "stopped")
    assert [one["correct"] for one in told["questions"]] == [[1], [0, 1]]
    if shown is ResultsShown.NEVER:
        assert told["result"] is None
    else:
        assert told["result"]["questions"][0] == {"votes": [0, 1], "answers": 1}
    assert (await house.snapshot(vic))["polls"] == [told]


@pytest.mark.parametrize("how", ["the room is ended", "the last one leaves"])
async def test_the_end_of_the_session_stops_its_polls(house: House, how: str) -> None:
    anna = await house.join("anna", "host")
    poll, other = await running(house), await running(house)
    waiting = await prepared(house)
    behind = await house.seq()
    if how == "the room is ended":
        await rooms.end_room(house.ctx, house.server, "show", reason="over", lock=False)
    else:
        await house.gone(anna)
    names = await house.names(behind=behind)
    assert names.count("poll.stopped") == 2
    assert names.index("session.ended") > max(at for at, name in enumerate(names) if name == "poll.stopped")
    for one in (poll, other):
        assert (await read_poll(house.ctx, house.server, "show", one.id)).poll.status is PollStatus.STOPPED
    assert (await read_poll(house.ctx, house.server, "show", waiting.id)).poll.status is PollStatus.CREATED
    vic = await house.join("vic", "viewer")
    assert (await house.snapshot(vic))["polls"] == []


async def test_a_poll_with_a_duration_stops_by_itself_and_once(house: House) -> None:
    vic = await house.join("vic", "viewer")
    short, long = await running(house, duration_s=30), await running(house, duration_s=60)
    assert short.stops_at is not None
    await house.clock.advance(29)
    assert await stop_due(house.ctx) == 0
    await house.clock.advance(1)
    assert await refused(votes(house, short, vic, choose(0))) is ErrorCode.POLL_NOT_OPEN  # before the clock looks
    assert await stop_due(house.ctx) == 1
    assert await stop_due(house.ctx) == 0
    assert [one["status"] for one in (await house.snapshot(vic))["polls"]].count("stopped") == 1
    assert (await read_poll(house.ctx, house.server, "show", long.id)).poll.status is PollStatus.STARTED


async def test_so_many_polls_run_at_once_and_no_more(house: House) -> None:
    await house.join("anna", "host")
    first, *_ = [await running(house) for _ in range(MOST_RUNNING)]
    extra = await prepared(house)
    error = await refusal(start_poll(house.ctx, house.server, "show", extra.id))
    assert (error.code, error.expected) == (ErrorCode.POLL_LIMIT_REACHED, f"fewer than {MOST_RUNNING} running")
    await stopped(house, first)
    await start_poll(house.ctx, house.server, "show", extra.id)


async def test_so_many_polls_wait_in_a_room_and_no_more(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(poll_actions, "MOST_WAITING", 2)
    first = await prepared(house)
    await prepared(house)
    assert await refused(prepared(house)) is ErrorCode.POLL_LIMIT_REACHED
    await delete_poll(house.ctx, house.server, "show", first.id)
    await prepared(house)


async def test_a_snapshot_holds_what_runs_and_the_last_that_stopped(house: House) -> None:
    vic = await house.join("vic", "viewer")
    lasting = await running(house)
    over = []
    for _ in range(STOPPED_KEPT + 2):
        poll = await running(house)
        await votes(house, poll, vic, choose(0))
        over.append(await stopped(house, poll))
    snapshot = await house.snapshot(vic)
    kept = {poll.id for poll in over[2:]}
    assert [one["id"] for one in snapshot["polls"]] == [lasting.id, *(poll.id for poll in over[2:])]
    assert {one["poll_id"] for one in snapshot["votes"]} == kept
