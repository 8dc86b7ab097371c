"""Who is calling, and may they? Loading a thing and proving the right to it is one call (invariant 5)."""

from dataclasses import dataclass

from onstage.actions.roles import template_of
from onstage.errors import ErrorCode, OnstageError
from onstage.grants import ParticipantGrant
from onstage.model.authority import lacking_for_gift, refusal, refusal_of_gift
from onstage.model.permission import Permission
from onstage.model.records import Participant, Presence, Project, ProjectKey, Room, Session
from onstage.model.role import Role
from onstage.store import participants, projects, rooms, sessions
from onstage.store.database import Tx

BY_SERVER = "your server's credentials: HTTP Basic `project_id:secret`, or a management token"


@dataclass(frozen=True, slots=True)
class ServerCaller:
    """An app's server, with its project's credentials: may do everything in its project.

    `project_key` None: the operator, through the admin API or the command line.
    """

    project_id: str
    project_key: ProjectKey | None = None


@dataclass(frozen=True, slots=True)
class ParticipantCaller:
    """A participant, with a token: may do what their permissions say, in their room."""

    project_id: str
    room_id: str
    identity: str
    grant: ParticipantGrant | None = None  # what the token says

    @property
    def key(self) -> str:
        """What tells them from everybody else's callers, where something is kept for each."""
        return f"{self.room_id} {self.identity}"


Caller = ServerCaller | ParticipantCaller


@dataclass(frozen=True, slots=True)
class Entry:
    """A room that the caller may enter, its open session, and the caller as a participant (None: a server)."""

    room: Room
    session: Session
    actor: Participant | None

    @property
    def actor_id(self) -> str | None:
        """Who did it, as events tell it; None: a server."""
        return None if self.actor is None else self.actor.id


async def access_project(tx: Tx, caller: Caller, *, is_for_tokens: bool = False) -> Project:
    """The caller's project, for calls that only a server makes. `is_for_tokens`: a key that only signs may call.

    Raises:
        OnstageError: `permission_denied` for a participant, `key_bounded`, `project_not_found` for the operator.
    """
    server = require_server(caller, is_for_tokens=is_for_tokens)
    return _there(server, await projects.get(tx, server.project_id))


async def lock_project(tx: Tx, caller: Caller) -> Project:
    """As `access_project`, for this transaction alone: for who changes the project, or counts what it has.

    Rooms are taken before it, never after.

    Raises:
        OnstageError: as `access_project`.
    """
    server = require_server(caller)
    return _there(server, await projects.lock(tx, server.project_id))


async def hold_project(tx: Tx, caller: Caller) -> Project:
    """As `access_project`, kept from being deleted meanwhile: for who adds something to it. Rooms are taken before.

    Raises:
        OnstageError: as `access_project`.
    """
    server = require_server(caller)
    return _there(server, await projects.hold(tx, server.project_id))


def require_server(caller: Caller, *, is_for_tokens: bool = False) -> ServerCaller:
    """The caller, if it is a server whose key does more than sign; `is_for_tokens`: or does just that.

    Raises:
        OnstageError: `permission_denied`, `key_bounded`.
    """
    if not isinstance(caller, ServerCaller):
        raise OnstageError(ErrorCode.PERMISSION_DENIED, "Only your server may do that.", expected=BY_SERVER)
    _require_fit(caller, is_for_tokens=is_for_tokens)
    return caller


def _there(caller: ServerCaller, project: Project | None) -> Project:
    if project is None:
        is_operator = caller.project_key is None
        raise OnstageError(ErrorCode.PROJECT_NOT_FOUND if is_operator else ErrorCode.CREDENTIALS_INVALID)
    return project


def _require_fit(caller: ServerCaller, *, is_for_tokens: bool) -> None:
    """Nothing, unless the key is bounded: what bounds its tokens would mean nothing if it could do all the rest."""
    if caller.project_key is not None and caller.project_key.is_bounded and not is_for_tokens:
        raise OnstageError(ErrorCode.KEY_BOUNDED)


async def access_room(
    tx: Tx, caller: Caller, room: str, permission: Permission | None, *, is_for_tokens: bool = False
) -> tuple[Room, Participant | None]:
    """The room, held for this transaction, and the caller as a participant of its open session.

    `permission` None stands for what everybody in the room may do. `is_for_tokens`: a key that only signs may call.

    Raises:
        OnstageError: `room_not_found`, `token_wrong_room`, `session_ended`, `participant_removed`, `not_on_stage`,
            `permission_denied`, `key_bounded`, `token_exceeds_key`.
    """
    found = await _find_room(tx, caller, room, is_for_tokens=is_for_tokens)
    if isinstance(caller, ServerCaller):
        return found, None
    return found, await _actor(tx, caller, await sessions.open_of(tx, found.id), permission)


async def _find_room(tx: Tx, caller: Caller, room: str, *, is_for_tokens: bool = False) -> Room:
    if isinstance(caller, ServerCaller):
        _require_fit(caller, is_for_tokens=is_for_tokens)
    found = await (rooms.find if tx.is_read_only else rooms.lock)(tx, caller.project_id, room)
    if found is None:
        raise OnstageError(ErrorCode.ROOM_NOT_FOUND, f"The project has no room {room!r}.")
    if isinstance(caller, ParticipantCaller) and found.id != caller.room_id:
        raise OnstageError(ErrorCode.TOKEN_WRONG_ROOM)
    if isinstance(caller, ServerCaller) and not tx.is_read_only:
        # A project with people in a room is not deleted; one without may be, while its server was let in already.
        _there(caller, await projects.hold(tx, caller.project_id))
    return found


async def access_recorded_room(tx: Tx, caller: Caller, room: str) -> Room:
    """As `access_room`, for a project's server alone; also a deleted room, by its id, while it has recordings.

    Raises:
        OnstageError: `permission_denied`, `key_bounded`, `room_not_found`.
    """
    server = require_server(caller)
    try:
        return (await access_room(tx, server, room, None))[0]
    except OnstageError as error:
        found = await rooms.find_deleted(tx, server.project_id, room)
        if error.code is not ErrorCode.ROOM_NOT_FOUND or found is None:
            raise
    if not tx.is_read_only:
        _there(server, await projects.hold(tx, server.project_id))
    return found


async def access_session(tx: Tx, caller: Caller, room: str, permission: Permission | None) -> Entry:
    """As `access_room`, for what needs people in the room.

    Raises:
        OnstageError: also `session_ended` when nobody is there.
    """
    found = await _find_room(tx, caller, room)
    session = await sessions.open_of(tx, found.id)
    actor = None if isinstance(caller, ServerCaller) else await _actor(tx, caller, session, permission)
    if session is None:
        raise OnstageError(ErrorCode.SESSION_ENDED)
    return Entry(found, session, actor)


async def access_participant(
    tx: Tx, caller: Caller, room: str, participant: str, permission: Permission
) -> tuple[Entry, Participant]:
    """Somebody present in the room, by id or identity, if the caller may do `permission` to them.

    Raises:
        OnstageError: as `access_session`, `participant_not_found`, and what the table in `model/authority.py` says:
            `not_on_stage`, `permission_denied`, `outranked`, or that the participant is of the wrong level.
    """
    entry = await access_session(tx, caller, room, None)
    found = await participants.find(tx, entry.session.id, participant)
    if found is None or found.presence is not Presence.JOINED:
        require(entry.actor, permission)  # who may do it to nobody learns no more than that
        raise OnstageError(ErrorCode.PARTICIPANT_NOT_FOUND, _why_not_here(found, participant))
    require(entry.actor, permission, found)
    return entry, found


def _why_not_here(found: Participant | None, participant: str) -> str:
    """What whoever meant to do something to somebody is told, who is not there."""
    if found is None:
        return f"Nobody here has the id or identity {participant!r}."
    if found.presence is Presence.REMOVED:
        return f"{found.identity!r} was removed from the session."
    return f"{found.identity!r} has left the session; it can be done once they have joined again."


def require(actor: Participant | None, permission: Permission, target: Participant | None = None) -> None:
    """Nothing, if the actor (None: a server) may do that now, to `target` if there is one.

    Raises:
        OnstageError: what the table in `model/authority.py` says.
    """
    match refusal(actor, permission, target):
        case None:
            return
        case ErrorCode.NOT_ON_STAGE as code:
            raise OnstageError(code, f"`{permission}` is for participants on stage.")
        case ErrorCode.PERMISSION_DENIED as code if actor is not None and permission not in actor.permissions:
            expected = f"`{permission}` among the role's permissions or the token's, or your server"
            raise OnstageError(code, f"The role {actor.role!r} lacks `{permission}`.", expected=expected)
        case ErrorCode.PERMISSION_DENIED as code:
            raise OnstageError(
                code, f"Nobody does `{permission}` to themselves.", expected="somebody else, or your server"
            )
        case code:
            raise OnstageError(code)


def require_gift(
    actor: Participant | None,
    role: Role,
    permissions: frozenset[Permission] | None = None,
    *,
    by_rank: bool = True,
) -> None:
    """Nothing, if the actor (None: a server) may give that role, or those permissions with it.

    Raises:
        OnstageError: `outranked`, `permission_denied`.
    """
    code = refusal_of_gift(actor, role, permissions, by_rank=by_rank)
    if code is ErrorCode.OUTRANKED:
        raise OnstageError(code, f"The role {role.name!r} ranks higher than your own.")
    if code is not None and actor is not None:
        missing = ", ".join(sorted(lacking_for_gift(actor, role, permissions, by_rank=by_rank)))
        expected = "somebody who has them, or your server"
        if by_rank and permissions is None:
            expected += f"; or in the template a lower rank for {role.name!r} (a higher `priority`)"
        raise OnstageError(code, f"You can't give what you don't have: {missing}.", expected=expected)


async def _actor(
    tx: Tx, caller: ParticipantCaller, session: Session | None, permission: Permission | None
) -> Participant:
    """The caller as a participant of that session, who may do `permission`."""
    actor = None if session is None else await participants.of_identity(tx, session.id, caller.identity)
    if actor is None:
        raise OnstageError(ErrorCode.SESSION_ENDED, "The token's holder is not in the room's session; join first.")
    if actor.presence is Presence.REMOVED:
        raise OnstageError(ErrorCode.PARTICIPANT_REMOVED)
    if actor.presence is Presence.LEFT:
        raise OnstageError(ErrorCode.PARTICIPANT_LEFT)
    await require_speaker(tx, caller.grant, actor)
    if permission is not None:
        require(actor, permission)
    return actor


async def require_speaker(tx: Tx, grant: ParticipantGrant | None, participant: Participant) -> None:
    """Nothing, if the token may speak for its identity's participant, as they are now.

    A bounded key's may for those whom that key let in, whatever they were made since by somebody with the right;
    and else for nobody who is more than the key could make them.

    Raises:
        OnstageError: `token_exceeds_key`.
    """
    if grant is None or (grant.key_id is not None and grant.key_id == participant.let_in_by):
        return
    own = participant.permissions
    if grant.bounds.counts_only_besides:
        own &= await _own_permissions(tx, participant)
    grant.bounds.require(role=participant.role, own=own, besides=participant.permissions - own)


async def _own_permissions(tx: Tx, participant: Participant) -> frozenset[Permission]:
    """What the participant's role gives by itself, as its template is now."""
    room = await rooms.get(tx, participant.room_id)
    role = None if room is None else (await template_of(tx, room)).role(participant.role)
    return frozenset() if role is None else role.permissions
