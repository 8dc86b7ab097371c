"""Voting: once for each question, by who may; what it amounts to, and who sees that."""

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest

from onstage.actions.poll_results import read_leaderboard, read_results, read_votes
from onstage.actions.polls import read_poll, read_polls
from onstage.actions.voting import TELL_EVERY, tell_results, vote
from onstage.errors import ErrorCode, OnstageError
from onstage.model.permission import Permission
from onstage.model.records import Answer, CastAnswer, Participant, Poll, QuestionType, ResultsShown
from onstage.model.views import CastAnswerView, LeaderView
from tests.support.house import House
from tests.support.polls import (
    CAPITAL,
    CHOICE,
    PRIMES,
    QUIZ,
    SEVERAL,
    TEXT,
    choose,
    prepared,
    running,
    stopped,
    votes,
)
from tests.support.refusals import refusal, refused


async def tally(house: House, poll: Poll) -> Any:
    return (await read_results(house.ctx, house.server, "show", poll.id)).result.model_dump(mode="json")


async def test_a_vote_is_counted_and_told_to_the_voter_alone(house: House) -> None:
    anna, vic = await house.join("anna", "host"), await house.join("vic", "viewer")
    poll = await running(house, questions=(CHOICE, SEVERAL, TEXT))
    behind = await house.seq()
    given = await votes(house, poll, vic, choose(1), choose(0, 2, question=1))
    [event] = await house.events(behind=behind)
    assert event.name == "poll.voted"
    assert event.recipients.participant_ids == {vic.id}
    assert not event.recipients.include(anna.id, anna.role)
    assert event.data == {"participant_id": vic.id, "vote": given.model_dump(mode="json")}
    assert await tally(house, poll) == {
        "voters": 1,
        "questions": [
            {"votes": [0, 1, 0], "answers": 1},
            {"votes": [1, 0, 1], "answers": 1},
            {"votes": [], "answers": 0},
        ],
    }


async def test_each_question_is_answered_once_now_or_later(house: House) -> None:
    vic = await house.join("vic", "viewer")
    poll = await running(house, questions=(CHOICE, SEVERAL))
    await votes(house, poll, vic, choose(1))
    before, behind = await tally(house, poll), await house.seq()
    error = await refusal(votes(house, poll, vic, choose(0, question=1), choose(0)))
    assert (error.code, error.detail) == (ErrorCode.ALREADY_VOTED, "Question 0 has been answered.")
    assert (await tally(house, poll), await house.seq()) == (before, behind)
    both = await votes(house, poll, vic, choose(0, question=1))
    assert [one.question for one in both.answers] == [0, 1]
    assert (await tally(house, poll))["voters"] == 1
    assert (await house.snapshot(vic))["votes"] == [both.model_dump(mode="json")]


@pytest.mark.parametrize("anonymous", [False, True])
async def test_of_many_votes_of_one_person_at_once_one_counts(house: House, anonymous: bool) -> None:
    vic = await house.join("vic", "viewer")
    poll = await running(house, is_anonymous=anonymous)
    attempts = (vote(house.ctx, house.caller(vic), "show", poll.id, [choose(option)]) for option in (0, 1, 2, 0))
    outcomes = await asyncio.gather(*attempts, return_exceptions=True)
    assert [getattr(one, "code", None) for one in outcomes].count(ErrorCode.ALREADY_VOTED) == 3
    assert (await tally(house, poll))["questions"][0]["answers"] == 1


async def test_a_vote_holds_when_the_voter_leaves_comes_back_or_goes_on_stage(house: House) -> None:
    await house.join("anna", "host")
    vic = await house.join("vic", "viewer")
    poll = await running(house)
    await votes(house, poll, vic, choose(1))
    await house.gone(vic)
    vic = await house.join("vic", "viewer")
    assert [one["poll_id"] for one in (await house.snapshot(vic))["votes"]] == [poll.id]
    await house.promoted(vic)
    assert await refused(votes(house, poll, vic, choose(0))) is ErrorCode.ALREADY_VOTED


async def test_only_while_it_runs(house: House) -> None:
    anna, vic = await house.join("anna", "host"), await house.join("vic", "viewer")
    waiting = await prepared(house)
    assert await refused(votes(house, waiting, vic, choose(0))) is ErrorCode.POLL_NOT_FOUND
    assert await refused(votes(house, waiting, anna, choose(0))) is ErrorCode.POLL_NOT_OPEN
    over = await stopped(house, await running(house))
    assert await refused(votes(house, over, vic, choose(0))) is ErrorCode.POLL_NOT_OPEN


async def test_only_who_may_vote_in_a_role_that_votes(house: House) -> None:
    gus, vic, amy = [await house.join(*one) for one in (("gus", "guest"), ("vic", "viewer"), ("amy", "audience"))]
    poll = await running(house, vote_roles=("viewer", "guest"))
    await votes(house, poll, gus, choose(0))
    await votes(house, poll, vic, choose(0))
    error = await refusal(votes(house, poll, amy, choose(0)))
    assert (error.code, error.expected) == (ErrorCode.PERMISSION_DENIED, "viewer, guest")
    server = vote(house.ctx, house.server, "show", poll.id, [choose(0)])
    assert await refused(server) is ErrorCode.PERMISSION_DENIED
    mute = await house.promoted(await house.join("max", "viewer"), permissions=frozenset())
    assert await refused(votes(house, poll, mute, choose(0))) is ErrorCode.PERMISSION_DENIED


async def test_what_is_wrong_with_a_vote_is_told_by_its_path_and_nothing_is_counted(house: House) -> None:
    vic = await house.join("vic", "viewer")
    poll = await running(house, questions=(CHOICE, SEVERAL.model_copy(update={"is_required": True})))
    error = await refusal(votes(house, poll, vic, choose(0, 1), choose(1, question=7)))
    assert error.code is ErrorCode.MALFORMED
    assert [one.path for one in error.errors] == ["answers.0.options", "answers.1.question", "answers"]
    assert (await tally(house, poll))["voters"] == 0
    await votes(house, poll, vic, choose(0), choose(1, question=1))


@pytest.mark.parametrize(
    ("shown", "before", "after"),
    [
        (ResultsShown.LIVE, True, True),
        (ResultsShown.AFTER_STOP, False, True),
        (ResultsShown.NEVER, False, False),
    ],
)
async def test_results_are_read_by_those_they_are_shown_to(
    house: House, shown: ResultsShown, before: bool, after: bool
) -> None:
    anna, vic = await house.join("anna", "host"), await house.join("vic", "viewer")
    poll = await running(house, results_shown=shown)
    await votes(house, poll, vic, choose(1))

    async def may_read(person: Participant) -> bool:
        try:
            await read_results(house.ctx, house.caller(person), "show", poll.id)
        except OnstageError as error:
            if error.code is not ErrorCode.POLL_RESULTS_HIDDEN:
                raise
            return False
        return True

    assert await may_read(vic) is before
    assert await may_read(anna)
    await stopped(house, poll)
    assert await may_read(vic) is after
    assert await may_read(anna)


async def voters_shown(house: House, person: Participant, poll: Poll) -> int:
    """How many have voted, as that person's page shows it."""
    [shown] = [one for one in (await house.snapshot(person))["polls"] if one["id"] == poll.id]
    return int(shown["result"]["voters"])


async def test_live_results_are_told_once_a_second_and_only_when_votes_came(house: House) -> None:
    people = [await house.join(name, "viewer") for name in ("vic", "wim", "zoe")]
    poll = await running(house, results_shown=ResultsShown.LIVE)
    quiet = await running(house, results_shown=ResultsShown.AFTER_STOP)
    behind = await house.seq()
    assert await tell_results(house.ctx) == 0
    for person in people[:2]:
        await vote(house.ctx, house.caller(person), "show", poll.id, [choose(1)])
        await vote(house.ctx, house.caller(person), "show", quiet.id, [choose(1)])
    assert await voters_shown(house, people[0], poll) == 0  # as last told
    assert await tell_results(house.ctx) == 1
    await vote(house.ctx, house.caller(people[2]), "show", poll.id, [choose(2)])
    assert await tell_results(house.ctx) == 0  # the second is not over
    await house.clock.advance(TELL_EVERY / timedelta(seconds=1))
    assert await tell_results(house.ctx) == 1
    await house.clock.advance(5)
    assert await tell_results(house.ctx) == 0
    told = [event for event in await house.events(behind=behind) if event.name == "poll.counted"]
    assert [event.data["result"]["questions"][0]["votes"] for event in told] == [[0, 2, 0], [0, 2, 1]]
    assert all(event.data["poll_id"] == poll.id and event.recipients.everyone for event in told)
    assert await voters_shown(house, people[0], poll) == 3


async def test_of_several_servers_that_look_at_once_one_tells(house: House) -> None:
    vic = await house.join("vic", "viewer")
    poll = await running(house, results_shown=ResultsShown.LIVE)
    await votes(house, poll, vic, choose(1))
    assert sum(await asyncio.gather(*(tell_results(house.ctx) for _ in range(5)))) == 1


async def test_a_result_that_was_not_told_is_told_with_the_stop(house: House) -> None:
    vic = await house.join("vic", "viewer")
    poll = await running(house, results_shown=ResultsShown.LIVE)
    await votes(house, poll, vic, choose(1))
    over = await stopped(house, poll)
    assert over.result.voters == 1
    await house.clock.advance(5)
    assert await tell_results(house.ctx) == 0


async def leaders(
    house: House, poll: Poll, person: Participant | None = None, *, cursor: str | None = None, limit: int = 50
) -> list[LeaderView]:
    caller = house.server if person is None else house.caller(person)
    quiz, found = await read_leaderboard(house.ctx, caller, "show", poll.id, cursor=cursor, limit=limit)
    return [LeaderView.of(one, quiz) for one in found]


async def test_a_leaderboard_is_by_points_then_by_time_then_by_name(house: House) -> None:
    names = ("ann", "Bob", "cat", "dan", "eve")
    ann, bob, cat, dan, eve = [await house.join(name, "viewer") for name in names]
    poll = await running(house, **QUIZ)
    right, wrong, primes = choose(1), choose(0), choose(1, 0, question=1)
    await votes(house, poll, eve, wrong)
    await votes(house, poll, dan, right, primes)  # after one second, 5 points
    for person in (cat, ann, bob):  # at the same moment, 2 points
        await vote(house.ctx, house.caller(person), "show", poll.id, [right])
    places = [(one.rank, one.name, one.points, one.took_ms) for one in await leaders(house, poll)]
    assert places == [
        (1, "Dan", 5, 1000),
        (2, "Ann", 2, 2000),
        (3, "Bob", 2, 2000),
        (4, "Cat", 2, 2000),
        (5, "Eve", 0, 0),
    ]
    await house.clock.advance(10)
    await vote(house.ctx, house.caller(eve), "show", poll.id, [primes])
    assert [(one.name, one.took_ms) for one in await leaders(house, poll, limit=2)] == [("Dan", 1000), ("Eve", 12_000)]
    assert [one.rank for one in await leaders(house, poll, cursor="2", limit=2)] == [3, 4]
    assert await leaders(house, poll, cursor="5") == []


async def test_a_leaderboard_is_shown_when_it_can_give_nothing_away(house: House) -> None:
    anna, vic = await house.join("anna", "host"), await house.join("vic", "viewer")
    live = await running(house, **QUIZ, results_shown=ResultsShown.LIVE)
    never = await running(house, **QUIZ, results_shown=ResultsShown.NEVER)
    for quiz in (live, never):
        await votes(house, quiz, vic, choose(1))
        assert await refused(leaders(house, quiz, vic)) is ErrorCode.POLL_RESULTS_HIDDEN
        assert len(await leaders(house, quiz, anna)) == 1
        await stopped(house, quiz)
    assert [one.points for one in await leaders(house, live, vic)] == [2]
    assert await refused(leaders(house, never, vic)) is ErrorCode.POLL_RESULTS_HIDDEN


@pytest.mark.parametrize("given", [{}, {**QUIZ, "is_anonymous": True}])
async def test_what_counts_no_points_for_persons_has_no_leaderboard(house: House, given: dict[str, Any]) -> None:
    await house.join("anna", "host")
    poll = await running(house, **given)
    assert await refused(leaders(house, poll)) is ErrorCode.POLL_HAS_NO_LEADERBOARD


async def cast(
    house: House, poll: Poll, *, question: int | None = None, page: int = 50, person: Participant | None = None
) -> list[CastAnswer]:
    """Every answer, page by page."""
    caller = house.server if person is None else house.caller(person)
    found: list[CastAnswer] = []
    while True:
        cursor = found[-1].id if found else None
        more = await read_votes(house.ctx, caller, "show", poll.id, question=question, cursor=cursor, limit=page)
        found += more
        if len(more) < page:
            return found


@pytest.mark.parametrize("anonymous", [False, True])
async def test_every_answer_is_read_by_who_may_stop_the_poll(house: House, anonymous: bool) -> None:
    people = [await house.join(f"viewer{number}", "viewer") for number in range(5)]
    poll = await running(house, questions=(CHOICE, TEXT), is_anonymous=anonymous)
    for number, person in enumerate(people):
        await votes(house, poll, person, choose(number % 3), Answer(question=1, text=f"because {number}"))
    found = await cast(house, poll, page=3)
    assert len({one.id for one in found}) == 10
    assert sorted(one.answer.text or "" for one in found) == [""] * 5 + [f"because {number}" for number in range(5)]
    assert [one.answer.options for one in await cast(house, poll, question=1)] == [()] * 5
    for person in (people[0], await house.join("gus", "guest")):
        assert await refused(cast(house, poll, person=person)) in (
            ErrorCode.NOT_ON_STAGE,
            ErrorCode.PERMISSION_DENIED,
        )
    helper = await house.join("sue", "guest", permissions=(Permission.POLL_STOP,))
    assert len(await cast(house, poll, person=helper)) == 10


async def everything_anybody_hears(house: House, poll: Poll, people: list[Participant]) -> list[str]:
    """Every answer about the poll, to anybody but the voters themselves, and the data of every event, as text."""
    texts = [event.name + json.dumps(event.data) for event in await house.events() if event.name.startswith("poll.")]
    for caller in (house.server, *map(house.caller, people)):
        texts.append((await read_poll(house.ctx, caller, "show", poll.id)).view().model_dump_json())
        texts.append((await read_results(house.ctx, caller, "show", poll.id)).model_dump_json())
        listed = await read_polls(house.ctx, caller, "show", status=None, after=None, limit=10)
        texts += [one.view().model_dump_json() for one in listed]
    texts += [CastAnswerView.of(one).model_dump_json() for one in await cast(house, poll)]
    for person in people:
        snapshot = await house.snapshot(person)
        texts.append(json.dumps([snapshot["polls"], snapshot["votes"], snapshot["state"], snapshot["messages"]]))
    return texts


@pytest.mark.parametrize("kind", [{"questions": (CHOICE, TEXT)}, {**QUIZ, "questions": (CAPITAL, PRIMES, TEXT)}])
async def test_nothing_ties_a_person_to_what_they_chose_in_an_anonymous_poll(
    house: House, kind: dict[str, Any]
) -> None:
    anna = await house.join("anna", "host")
    voters = [await house.join(name, "viewer") for name in ("xaver", "yvonne", "zacharias")]
    poll = await running(house, **kind, is_anonymous=True, results_shown=ResultsShown.LIVE)
    text_at = next(at for at, one in enumerate(poll.plan.questions) if one.type is QuestionType.TEXT)
    for number, person in enumerate(voters):
        said = Answer(question=text_at, text=f"secret {number}")
        given = await votes(house, poll, person, choose(number % 2), said)
        assert [one.model_dump() for one in given.answers] == [
            {"question": at, "options": (), "text": None} for at in (0, text_at)
        ]
        await tell_results(house.ctx)
        assert await refused(votes(house, poll, person, choose(0))) is ErrorCode.ALREADY_VOTED
    await stopped(house, poll)
    texts = await everything_anybody_hears(house, poll, [anna, *voters])
    assert sum("secret" in text for text in texts) == 3  # in the list of answers alone
    for person in voters:
        for word in (person.id, person.name, person.identity):
            assert not any(word in text for text in texts), word
    for event in await house.events():  # a row names the voter only to bring them a vote without a choice
        if event.name.startswith("poll.") and not event.recipients.everyone:
            assert all(one["options"] == [] for one in event.data.get("vote", {"answers": []})["answers"])
    assert all(one.vote is None for one in await cast(house, poll))


async def test_ballots_are_in_no_order_that_tells_who_came_first(house: House) -> None:
    poll = None
    voters = [await house.join(f"v{number:02}", "viewer") for number in range(12)]
    poll = await running(house, questions=(TEXT,), is_anonymous=True)
    for number, person in enumerate(voters):
        await votes(house, poll, person, Answer(question=0, text=f"{number:02}"))
    found = await cast(house, poll)
    assert [one.id for one in found] == sorted(one.id for one in found)
    assert [one.answer.text for one in found] != sorted(one.answer.text or "" for one in found)
