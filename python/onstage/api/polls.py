"""Polls and quizzes."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from onstage.actions import poll_results, polls, voting
from onstage.actions.bodies.polls import MOST_QUESTIONS, CastVote, CreatePoll, UpdatePoll
from onstage.actions.polls import SeenPoll
from onstage.api.deps import CallerDep, ContextDep
from onstage.api.idempotency import IdempotentRoute
from onstage.api.paging import Limit, Page, cursor_like, cursor_of, page_of
from onstage.api.problems import answers
from onstage.api.refusals import FROM_SEATS, FROM_STAGE, IN_ROOM
from onstage.errors import ErrorCode as E
from onstage.model.ids import Prefix
from onstage.model.records import PollStatus
from onstage.model.views import CastAnswerView, LeaderView, PollView, ResultsView, VoteView

router = APIRouter(prefix="/v1/rooms/{room}/polls", tags=["polls"], route_class=IdempotentRoute)

StatusFilter = Annotated[PollStatus | None, Query(description="Only polls in this state.")]
QuestionFilter = Annotated[
    int | None, Query(ge=0, lt=MOST_QUESTIONS, description="Only answers to the question of this index.")
]
_Cursor = Annotated[str | None, cursor_of(Prefix.POLL)]
_Rank = Annotated[str | None, cursor_like(r"^[0-9]{1,9}$")]
_VoteOrBallot = Annotated[str | None, cursor_like(r"^(pa_[0-9a-z]+[.][0-9]{1,2}|[0-9a-z]{26})$")]
_ON_POLL = (*FROM_STAGE, E.POLL_NOT_FOUND)
_LOOKING = (*IN_ROOM, E.POLL_NOT_FOUND)


@router.post("", status_code=201, responses=answers(*FROM_STAGE, E.UNKNOWN_ROLE, E.POLL_LIMIT_REACHED))
async def create_poll(room: str, body: CreatePoll, ctx: ContextDep, caller: CallerDep) -> PollView:
    """Prepare a poll or quiz (`poll.create`). It is shown once it is started; the room may be empty until then."""
    return (await polls.create_poll(ctx, caller, room, body.plan())).view()


@router.get("", responses=answers(*IN_ROOM))
async def list_polls(
    room: str,
    ctx: ContextDep,
    caller: CallerDep,
    status: StatusFilter = None,
    limit: Limit = 50,
    cursor: _Cursor = None,
) -> Page[PollView]:
    """The room's polls, newest first; who prepares none sees those that were started while they are there."""
    found = await polls.read_polls(ctx, caller, room, status=status, after=cursor, limit=limit + 1)
    return page_of(found, SeenPoll.view, limit=limit, id_of=lambda one: one.poll.id)


@router.get("/{poll}", responses=answers(*_LOOKING))
async def get_poll(room: str, poll: str, ctx: ContextDep, caller: CallerDep) -> PollView:
    """One poll. Who may `poll.create` sees the right answers, who may `poll.stop` the result as it is."""
    return (await polls.read_poll(ctx, caller, room, poll)).view()


@router.patch("/{poll}", responses=answers(*_ON_POLL, E.POLL_ALREADY_STARTED, E.UNKNOWN_ROLE))
async def update_poll(room: str, poll: str, body: UpdatePoll, ctx: ContextDep, caller: CallerDep) -> PollView:
    """Change a poll that has not started (`poll.create`)."""
    return (await polls.update_poll(ctx, caller, room, poll, body.change)).view()


@router.delete("/{poll}", status_code=204, responses=answers(*_ON_POLL, E.POLL_ALREADY_STARTED))
async def delete_poll(room: str, poll: str, ctx: ContextDep, caller: CallerDep) -> Response:
    """Forget a poll that has not started (`poll.create`)."""
    await polls.delete_poll(ctx, caller, room, poll)
    return Response(status_code=204)


@router.post("/{poll}/start", responses=answers(*_ON_POLL, E.POLL_ALREADY_STARTED, E.POLL_LIMIT_REACHED))
async def start_poll(room: str, poll: str, ctx: ContextDep, caller: CallerDep) -> PollView:
    """Show the poll and take votes (`poll.start`)."""
    return (await polls.start_poll(ctx, caller, room, poll)).view()


@router.post("/{poll}/stop", responses=answers(*_ON_POLL, E.POLL_NOT_OPEN))
async def stop_poll(room: str, poll: str, ctx: ContextDep, caller: CallerDep) -> PollView:
    """Take no more votes (`poll.stop`). So does the end of the session, and `duration_s`."""
    return (await polls.stop_poll(ctx, caller, room, poll)).view()


@router.post("/{poll}/vote", responses=answers(*FROM_SEATS, E.POLL_NOT_FOUND, E.POLL_NOT_OPEN, E.ALREADY_VOTED))
async def vote(room: str, poll: str, body: CastVote, ctx: ContextDep, caller: CallerDep) -> VoteView:
    """Answer questions, each once (`poll.vote`). Of an anonymous poll nothing says later who chose what."""
    return await voting.vote(ctx, caller, room, poll, body.given())


@router.get("/{poll}/results", responses=answers(*_LOOKING, E.POLL_RESULTS_HIDDEN))
async def get_poll_results(room: str, poll: str, ctx: ContextDep, caller: CallerDep) -> ResultsView:
    """What the votes amount to, for those who may see it now."""
    return await poll_results.read_results(ctx, caller, room, poll)


@router.get("/{poll}/leaderboard", responses=answers(*_LOOKING, E.POLL_RESULTS_HIDDEN, E.POLL_HAS_NO_LEADERBOARD))
async def list_leaders(
    room: str, poll: str, ctx: ContextDep, caller: CallerDep, limit: Limit = 50, cursor: _Rank = None
) -> Page[LeaderView]:
    """A quiz's places: points, then who was done sooner, then names."""
    quiz, found = await poll_results.read_leaderboard(ctx, caller, room, poll, cursor=cursor, limit=limit + 1)
    return page_of(found, lambda one: LeaderView.of(one, quiz), limit=limit, id_of=lambda one: str(one.rank))


@router.get("/{poll}/votes", responses=answers(*_ON_POLL))
async def list_votes(
    room: str,
    poll: str,
    ctx: ContextDep,
    caller: CallerDep,
    question: QuestionFilter = None,
    limit: Limit = 50,
    cursor: _VoteOrBallot = None,
) -> Page[CastAnswerView]:
    """Every answer that was given (`poll.stop`); of an anonymous poll without names, and in no order."""
    found = await poll_results.read_votes(ctx, caller, room, poll, question=question, cursor=cursor, limit=limit + 1)
    return page_of(found, CastAnswerView.of, limit=limit, id_of=lambda one: one.id)
