"""What comes of polls: results, leaderboards, and every answer that was given."""

from onstage.actions.access import Caller
from onstage.actions.context import Context
from onstage.actions.cursors import wrong_cursor
from onstage.actions.polls import PollEntry, access_poll
from onstage.errors import ErrorCode, OnstageError
from onstage.model.permission import Permission
from onstage.model.polls import has_leaderboard, is_result_shown
from onstage.model.records import CastAnswer, Leader, Poll, PollStatus, ResultsShown
from onstage.model.views import ResultsView
from onstage.store import votes


async def read_results(ctx: Context, caller: Caller, room: str, poll_id: str) -> ResultsView:
    """What the votes amount to: as it is for who may stop the poll, as last told for the others.

    Raises:
        OnstageError: as `access_poll`; `poll_results_hidden`.
    """
    async with ctx.database.read() as tx:
        entry = await access_poll(tx, caller, room, poll_id, None)
    poll = entry.poll
    if not (entry.sight.result or is_result_shown(poll)):
        raise OnstageError(ErrorCode.POLL_RESULTS_HIDDEN)
    return ResultsView(poll_id=poll.id, status=poll.status, result=poll.tally if entry.sight.result else poll.result)


async def read_leaderboard(
    ctx: Context, caller: Caller, room: str, poll_id: str, *, cursor: str | None, limit: int
) -> tuple[Poll, list[Leader]]:
    """A page of a quiz's places, best first. Points tell what is right, so most see them only after the stop.

    Raises:
        OnstageError: as `access_poll`; `poll_has_no_leaderboard`, `poll_results_hidden`, `malformed`.
    """
    behind = _rank(cursor)
    async with ctx.database.read() as tx:
        entry = await access_poll(tx, caller, room, poll_id, None)
        if not has_leaderboard(entry.poll.plan):
            raise OnstageError(ErrorCode.POLL_HAS_NO_LEADERBOARD)
        if not (entry.sight.result or _are_points_shown(entry)):
            raise OnstageError(ErrorCode.POLL_RESULTS_HIDDEN)
        return entry.poll, await votes.leaders(tx, entry.poll.id, behind=behind, limit=limit)


def _are_points_shown(entry: PollEntry) -> bool:
    return entry.poll.status is PollStatus.STOPPED and entry.poll.plan.results_shown is not ResultsShown.NEVER


def _rank(cursor: str | None) -> int:
    """The rank that a leaderboard's cursor is: places are what is paged, whoever holds them now."""
    if cursor is None:
        return 0
    if not (cursor.isascii() and cursor.isdigit() and len(cursor) < 10):
        raise wrong_cursor()
    return int(cursor)


async def read_votes(
    ctx: Context, caller: Caller, room: str, poll_id: str, *, question: int | None, cursor: str | None, limit: int
) -> list[CastAnswer]:
    """A page of the answers that were given: of an anonymous poll by nobody and in no order.

    Raises:
        OnstageError: as `access_poll` with `poll.stop`; `malformed`.
    """
    async with ctx.database.read() as tx:
        entry = await access_poll(tx, caller, room, poll_id, Permission.POLL_STOP)
        if entry.poll.plan.is_anonymous:
            if cursor is not None and not cursor.isalnum():  # one of a poll with names
                raise wrong_cursor()
            return await votes.page_of_ballots(tx, entry.poll.id, question=question, after=cursor, limit=limit)
        after = None if cursor is None else _voter_and_question(cursor)
        return await votes.page_of_votes(tx, entry.poll.id, question=question, after=after, limit=limit)


def _voter_and_question(cursor: str) -> tuple[str, int]:
    voter, _, number = cursor.partition(".")
    if not (number.isascii() and number.isdigit() and len(number) < 4):
        raise wrong_cursor()
    return voter, int(number)
