"""Who something is said to: roles that there are, people who are there, and whoever sees somebody."""

from collections.abc import Collection

from onstage.actions.access import Entry
from onstage.actions.roles import role_in, template_of
from onstage.errors import ErrorCode, OnstageError
from onstage.events import EVERYONE, Recipients
from onstage.model.ids import ParticipantId
from onstage.model.records import Participant, Presence
from onstage.model.visibility import is_seen_by_all
from onstage.store import participants
from onstage.store.database import Tx


def who_sees(after: Participant, *, before: Participant | None = None) -> Recipients:
    """Who hears of somebody, as they are now, or of how they changed."""
    states = [after] if before is None else [before, after]
    return EVERYONE if is_seen_by_all(*states) else Recipients.only(after.id)


async def require_roles(tx: Tx, entry: Entry, roles: Collection[str]) -> None:
    """Nothing, if the room's template has every one of the roles.

    Raises:
        OnstageError: `unknown_role`.
    """
    if roles:
        template = await template_of(tx, entry.room)
        for role in roles:
            role_in(template, role)


async def find_present(tx: Tx, entry: Entry, participant: str) -> ParticipantId:
    """Who is meant by an id or identity, if they are there.

    Raises:
        OnstageError: `participant_not_found`.
    """
    found = await participants.find(tx, entry.session.id, participant)
    if found is None or found.presence is not Presence.JOINED:
        raise OnstageError(ErrorCode.PARTICIPANT_NOT_FOUND, f"Nobody here has the id or identity {participant!r}.")
    return found.id
