"""What is asked about polls."""

from onstage.actions import polls, voting
from onstage.actions.access import ParticipantCaller
from onstage.actions.bodies.base import Body
from onstage.actions.bodies.polls import CastVote, CreatePoll
from onstage.actions.context import Context
from onstage.gateway.requests.kinds import Id, RequestKind, Requests
from onstage.model.views import PollView, VoteView


class OfPoll(Body):
    """One poll."""

    poll: str = Id


class VoteInPoll(CastVote, OfPoll):
    """poll.vote."""


async def _create_poll(ctx: Context, caller: ParticipantCaller, data: CreatePoll) -> PollView:
    return (await polls.create_poll(ctx, caller, caller.room_id, data.plan())).view()


async def _start_poll(ctx: Context, caller: ParticipantCaller, data: OfPoll) -> PollView:
    return (await polls.start_poll(ctx, caller, caller.room_id, data.poll)).view()


async def _stop_poll(ctx: Context, caller: ParticipantCaller, data: OfPoll) -> PollView:
    return (await polls.stop_poll(ctx, caller, caller.room_id, data.poll)).view()


async def _vote(ctx: Context, caller: ParticipantCaller, data: VoteInPoll) -> VoteView:
    return await voting.vote(ctx, caller, caller.room_id, data.poll, data.given())


REQUESTS: Requests = {
    "poll.create": RequestKind(CreatePoll, _create_poll),
    "poll.start": RequestKind(OfPoll, _start_poll),
    "poll.stop": RequestKind(OfPoll, _stop_poll),
    "poll.vote": RequestKind(VoteInPoll, _vote),
}
