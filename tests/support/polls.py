"""Polls for tests: prepared and run by the app's server unless somebody is named."""

from typing import Any

from onstage.actions.polls import create_poll, start_poll, stop_poll
from onstage.actions.voting import vote
from onstage.model.records import Answer, Participant, Poll, PollKind, PollPlan, Question, QuestionType
from onstage.model.views import VoteView
from tests.support.house import House

CHOICE = Question(text="Tea or coffee?", options=("tea", "coffee", "neither"))
SEVERAL = Question(text="Which days?", type=QuestionType.MULTIPLE_CHOICE, options=("mon", "tue", "wed"))
TEXT = Question(text="Why?", type=QuestionType.TEXT)
CAPITAL = Question(text="Capital of France?", options=("Lyon", "Paris"), correct=(1,), points=2)
PRIMES = Question(text="Primes?", type=QuestionType.MULTIPLE_CHOICE, options=("2", "3", "4"), correct=(0, 1), points=3)
QUIZ: dict[str, Any] = {"kind": PollKind.QUIZ, "questions": (CAPITAL, PRIMES)}


def plan(**given: Any) -> PollPlan:
    return PollPlan(**{"kind": PollKind.POLL, "title": "Drinks", "questions": (CHOICE,), **given})


async def prepared(house: House, by: Participant | None = None, **given: Any) -> Poll:
    """A poll that has not started."""
    caller = house.server if by is None else house.caller(by)
    return (await create_poll(house.ctx, caller, "show", plan(**given))).poll


async def running(house: House, **given: Any) -> Poll:
    """A poll that takes votes."""
    poll = await prepared(house, **given)
    return (await start_poll(house.ctx, house.server, "show", poll.id)).poll


async def stopped(house: House, poll: Poll) -> Poll:
    """The same poll, after it."""
    return (await stop_poll(house.ctx, house.server, "show", poll.id)).poll


def choose(*options: int, question: int = 0) -> Answer:
    return Answer(question=question, options=options)


async def votes(house: House, poll: Poll, voter: Participant, *answers: Answer) -> VoteView:
    """A second passes after it, so that everybody votes at a moment of their own."""
    given = await vote(house.ctx, house.caller(voter), voter.room_id, poll.id, answers)
    await house.clock.advance(1)
    return given
