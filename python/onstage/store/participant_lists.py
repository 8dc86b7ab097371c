"""Lists and counts of the people of a session."""

from collections.abc import Iterator, Sequence

from sqlalchemy import ColumnElement, and_, bindparam, func, or_, select

from onstage.model.filters import ParticipantFilter
from onstage.model.records import Participant, Presence
from onstage.store.database import Tx
from onstage.store.participants import participant_of
from onstage.store.tables import participants


async def page(
    tx: Tx, session_id: str, which: ParticipantFilter, *, after: str | None, limit: int
) -> Sequence[Participant]:
    """Those of the session by id, at most `limit`, from behind `after`."""
    query = select(participants).where(participants.c.session_id == session_id, *_conditions(which))
    if after is not None:
        query = query.where(participants.c.id > after)
    rows = (await tx.connection.execute(query.order_by(participants.c.id).limit(limit))).mappings()
    return [participant_of(row) for row in rows]


def _conditions(which: ParticipantFilter) -> Iterator[ColumnElement[bool]]:
    if which.level is not None:
        yield participants.c.level == which.level.value
    if which.role is not None:
        yield participants.c.role == which.role
    if which.name_prefix is not None:
        yield participants.c.name.istartswith(which.name_prefix, autoescape=True)
    if which.name_contains is not None:
        yield participants.c.name.icontains(which.name_contains, autoescape=True)
    if which.has_hand_raised is not None:
        is_up = participants.c.hand_raised_at.is_not(None)
        yield is_up if which.has_hand_raised else ~is_up
    if which.presence is not None:
        yield participants.c.presence == which.presence.value


_IS_PRESENT = and_(
    participants.c.session_id == bindparam("session_id"), participants.c.presence == Presence.JOINED.value
)
_COUNT_HANDS = select(func.count()).where(_IS_PRESENT, participants.c.hand_raised_at.is_not(None))
_PLACE_OF_HAND = _COUNT_HANDS.where(
    or_(
        participants.c.hand_raised_at < bindparam("raised_at"),
        and_(participants.c.hand_raised_at == bindparam("raised_at"), participants.c.id <= bindparam("participant_id")),
    )
)


async def place_of_hand(tx: Tx, participant: Participant) -> int:
    """Where in the queue their raised hand is: 1 is the next."""
    which = {
        "session_id": participant.session_id,
        "raised_at": participant.hand_raised_at,
        "participant_id": participant.id,
    }
    return int((await tx.connection.execute(_PLACE_OF_HAND, which)).scalar_one())


async def count_hands(tx: Tx, session_id: str) -> int:
    """How many have a hand up."""
    return int((await tx.connection.execute(_COUNT_HANDS, {"session_id": session_id})).scalar_one())


_COUNT_ROLES = (
    select(participants.c.role, func.count())
    .where(_IS_PRESENT)
    .group_by(participants.c.role)
    .order_by(participants.c.role)
)


async def count_roles(tx: Tx, session_id: str) -> dict[str, int]:
    """How many are present in each role that anybody has, by name."""
    rows = (await tx.connection.execute(_COUNT_ROLES, {"session_id": session_id})).all()
    return {role: int(count) for role, count in rows}
