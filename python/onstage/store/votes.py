"""Queries on votes, and on the ballots of anonymous polls."""

from collections.abc import Collection, Sequence

from sqlalchemy import RowMapping, and_, bindparam, collate, func, insert, or_, select

from onstage.model.ids import ParticipantId, PollId
from onstage.model.records import Answer, CastAnswer, Leader, Vote
from onstage.store.database import Tx
from onstage.store.tables import ballots, votes

# The database's own order of strings is its locale's; a leaderboard is the same everywhere.
_BY_CODE_POINT = {"sqlite": "BINARY", "postgresql": "C"}


def _vote(row: RowMapping) -> Vote:
    return Vote(
        poll_id=PollId(row["poll_id"]),
        participant_id=ParticipantId(row["participant_id"]),
        participant_name=row["participant_name"],
        question=row["question"],
        answer=None if row["answer"] is None else Answer.model_validate(row["answer"]),
        points=row["points"],
        voted_at=row["voted_at"],
    )


_ADD = insert(votes)


async def add(tx: Tx, given: Sequence[Vote]) -> None:
    """Insert the votes somebody gives at once."""
    await tx.connection.execute(
        _ADD,
        [
            {
                "poll_id": vote.poll_id,
                "participant_id": vote.participant_id,
                "participant_name": vote.participant_name,
                "question": vote.question,
                "answer": None if vote.answer is None else vote.answer.model_dump(mode="json"),
                "points": vote.points,
                "voted_at": vote.voted_at,
            }
            for vote in given
        ],
    )


_ADD_BALLOTS = insert(ballots)


async def add_ballots(tx: Tx, poll_id: str, given: Sequence[tuple[str, Answer]]) -> None:
    """Insert answers to an anonymous poll, each with a random id."""
    await tx.connection.execute(
        _ADD_BALLOTS,
        [
            {"id": ballot_id, "poll_id": poll_id, "question": answer.question, "answer": answer.model_dump(mode="json")}
            for ballot_id, answer in given
        ],
    )


_BY_PARTICIPANT = select(votes).where(
    votes.c.participant_id == bindparam("participant_id"), votes.c.poll_id.in_(bindparam("poll_ids", expanding=True))
)


async def by_participant(tx: Tx, poll_ids: Collection[str], participant_id: str) -> list[Vote]:
    """What one participant has answered in these polls, by poll and question."""
    if not poll_ids:
        return []
    which = {"participant_id": participant_id, "poll_ids": list(poll_ids)}
    rows = (await tx.connection.execute(_BY_PARTICIPANT, which)).mappings()
    return sorted(map(_vote, rows), key=lambda vote: (vote.poll_id, vote.question))


async def page_of_votes(
    tx: Tx, poll_id: str, *, question: int | None, after: tuple[str, int] | None, limit: int
) -> list[CastAnswer]:
    """The answers to a poll that is not anonymous by participant and question, from behind `after`."""
    query = select(votes).where(votes.c.poll_id == poll_id)
    if question is not None:
        query = query.where(votes.c.question == question)
    if after is not None:
        participant_id, number = after
        same = and_(votes.c.participant_id == participant_id, votes.c.question > number)
        query = query.where(or_(votes.c.participant_id > participant_id, same))
    ordered = query.order_by(votes.c.participant_id, votes.c.question).limit(limit)
    found = [_vote(row) for row in (await tx.connection.execute(ordered)).mappings()]
    return [
        CastAnswer(f"{vote.participant_id}.{vote.question}", vote.answer, vote)
        for vote in found
        if vote.answer is not None
    ]


async def page_of_ballots(
    tx: Tx, poll_id: str, *, question: int | None, after: str | None, limit: int
) -> list[CastAnswer]:
    """The answers to an anonymous poll, in no order that means anything, from behind the id `after`."""
    query = select(ballots).where(ballots.c.poll_id == poll_id)
    if question is not None:
        query = query.where(ballots.c.question == question)
    if after is not None:
        query = query.where(ballots.c.id > after)
    rows = (await tx.connection.execute(query.order_by(ballots.c.id).limit(limit))).mappings()
    return [CastAnswer(row["id"], Answer.model_validate(row["answer"]), None) for row in rows]


async def leaders(tx: Tx, poll_id: str, *, behind: int, limit: int) -> list[Leader]:
    """The places behind that rank: more points first, then who was done sooner, then by name, then by id."""
    points, last = func.sum(votes.c.points), func.max(votes.c.voted_at)
    name = func.max(votes.c.participant_name)
    by_name = collate(name, _BY_CODE_POINT[tx.connection.dialect.name])
    columns = select(votes.c.participant_id, name.label("name"), points.label("points"), last.label("voted_at"))
    query = columns.where(votes.c.poll_id == poll_id).group_by(votes.c.participant_id)
    ordered = query.order_by(points.desc(), last, by_name, votes.c.participant_id).offset(behind).limit(limit)
    rows = (await tx.connection.execute(ordered)).mappings()
    return [
        Leader(
            rank=rank,
            participant_id=ParticipantId(row["participant_id"]),
            participant_name=row["name"],
            points=int(row["points"]),
            voted_at=row["voted_at"],
        )
        for rank, row in enumerate(rows, start=behind + 1)
    ]
