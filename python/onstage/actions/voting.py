"""Voting, and telling while it goes on what the votes amount to."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from functools import partial

from onstage.actions.access import Caller
from onstage.actions.context import Context
from onstage.actions.due import do_due
from onstage.actions.emit import emit
from onstage.actions.polls import PollEntry, access_poll
from onstage.errors import ErrorCode, OnstageError
from onstage.events import PollCounted, PollVoted, Recipients
from onstage.model.ids import PollId, random_text
from onstage.model.permission import Permission
from onstage.model.polls import answer_problems, counted, is_result_shown, points_for
from onstage.model.records import Answer, Participant, Poll, PollStatus, Room, Vote
from onstage.model.views import VoteView
from onstage.store import polls, votes
from onstage.store.database import Tx

TELL_EVERY = timedelta(seconds=1)
_BALLOT_ID_LENGTH = 26


async def vote(ctx: Context, caller: Caller, room: str, poll_id: str, answers: Sequence[Answer]) -> VoteView:
    """Answer questions of a running poll, each once; everything the caller has answered so far.

    Of an anonymous poll nothing ties the answers to who gave them: the vote says which questions were answered, and
    the answers go into ballots.

    Raises:
        OnstageError: as `access_poll` with `poll.vote`; `permission_denied` for a server or a role that does not
            vote here, `poll_not_open`, `malformed`, `already_voted`.
    """
    async with ctx.database.begin() as tx:
        entry = await access_poll(tx, caller, room, poll_id, Permission.POLL_VOTE)
        voter = _require_voter(entry)
        _require_open(ctx, entry.poll)
        earlier = await votes.by_participant(tx, [entry.poll.id], voter.id)
        _require_good(entry.poll, answers, earlier)
        given = _votes(ctx, entry.poll, voter, answers)
        await votes.add(tx, given)
        if entry.poll.plan.is_anonymous:
            await votes.add_ballots(tx, entry.poll.id, [(random_text(_BALLOT_ID_LENGTH), one) for one in answers])
        await _count(tx, entry.poll, answers, is_new_voter=not earlier)
        view = vote_view(entry.poll.id, [*earlier, *given])
        by = None if entry.poll.plan.is_anonymous else voter.id
        await emit(ctx, tx, entry.room, PollVoted(participant_id=by, vote=view), Recipients.only(voter.id))
    return view


def vote_view(poll_id: str, given: Sequence[Vote]) -> VoteView:
    """Everything one participant has answered, by question."""
    ordered = sorted(given, key=lambda one: one.question)
    return VoteView(poll_id=poll_id, answers=[one.answer or Answer(question=one.question) for one in ordered])


async def own_votes(tx: Tx, shown: Sequence[Poll], participant: Participant) -> list[VoteView]:
    """What the participant has answered in these polls, in their order."""
    given = await votes.by_participant(tx, [poll.id for poll in shown], participant.id)
    voted_in = {one.poll_id for one in given}
    return [
        vote_view(poll.id, [one for one in given if one.poll_id == poll.id]) for poll in shown if poll.id in voted_in
    ]


def _require_voter(entry: PollEntry) -> Participant:
    roles = entry.poll.plan.vote_roles
    if entry.actor is None:
        raise OnstageError(ErrorCode.PERMISSION_DENIED, "A vote has a voter.", expected="a participant's token")
    if roles is not None and entry.actor.role not in roles:
        expected = ", ".join(roles)
        raise OnstageError(
            ErrorCode.PERMISSION_DENIED, f"The role {entry.actor.role!r} has no vote here.", expected=expected
        )
    return entry.actor


def _require_open(ctx: Context, poll: Poll) -> None:
    if poll.status is not PollStatus.STARTED:
        raise OnstageError(ErrorCode.POLL_NOT_OPEN, f"The poll is {poll.status}.")
    if poll.stops_at is not None and poll.stops_at <= ctx.clock.now():
        raise OnstageError(ErrorCode.POLL_NOT_OPEN, "The poll's time is over.")


def _require_good(poll: Poll, answers: Sequence[Answer], earlier: Sequence[Vote]) -> None:
    answered = {one.question for one in earlier}
    problems = answer_problems(poll.plan.questions, answers, answered)
    if problems:
        raise OnstageError(ErrorCode.MALFORMED, errors=problems)
    again = sorted(answered & {one.question for one in answers})
    if again:
        raise OnstageError(ErrorCode.ALREADY_VOTED, f"Question {again[0]} has been answered.")


def _votes(ctx: Context, poll: Poll, voter: Participant, answers: Sequence[Answer]) -> list[Vote]:
    anonymous = poll.plan.is_anonymous
    return [
        Vote(
            poll_id=poll.id,
            participant_id=voter.id,
            participant_name=voter.name,
            question=answer.question,
            answer=None if anonymous else answer,
            points=0 if anonymous else points_for(poll.plan.questions[answer.question], answer),
            voted_at=ctx.clock.now(),
        )
        for answer in answers
    ]


async def _count(tx: Tx, poll: Poll, answers: Sequence[Answer], *, is_new_voter: bool) -> None:
    """Count on; the room is held, so nobody counts at the same time."""
    tally = counted(poll.tally, answers, is_new_voter=is_new_voter)
    await polls.save_counts(tx, replace(poll, tally=tally, result_is_old=is_result_shown(poll)))


async def tell_results(ctx: Context) -> int:
    """Tell the results that are shown live and have changed, each at most once a second; how many."""
    async with ctx.database.read() as tx:
        due = await polls.to_tell(tx, counted_before=ctx.clock.now() - TELL_EVERY)
    return await do_due(ctx, "tell results", due, partial(_tell_result, ctx))


async def _tell_result(ctx: Context, tx: Tx, room: Room, poll_id: PollId) -> bool:
    poll = await polls.get(tx, room.id, poll_id)
    now = ctx.clock.now()
    if poll is None or not poll.result_is_old:
        return False
    if poll.counted_at is not None and now < poll.counted_at + TELL_EVERY:
        return False
    await polls.save_counts(tx, replace(poll, result=poll.tally, result_is_old=False, counted_at=now))
    await emit(ctx, tx, room, PollCounted(poll_id=poll.id, result=poll.tally))
    return True
