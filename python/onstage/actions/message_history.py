"""What was said before: pages in both directions, as far as the caller may read."""

from dataclasses import dataclass

from onstage.actions.access import BY_SERVER, Caller, access_room
from onstage.actions.context import Context
from onstage.actions.cursors import wrong_cursor
from onstage.actions.history import access_history
from onstage.errors import ErrorCode, OnstageError
from onstage.model.records import Message, Participant, Session
from onstage.store import messages, sessions
from onstage.store.database import Tx
from onstage.store.messages import Excerpt


@dataclass(frozen=True, slots=True)
class HistoryQuery:
    """Which messages: on one side of the one whose id is `cursor`, or behind `after_seq`.

    Without either a page begins at the newest, or at the oldest if it is to go on to newer ones.
    """

    limit: int = 50
    cursor: str | None = None
    is_newer: bool = False
    after_seq: int | None = None
    type: str | None = None
    is_pinned: bool | None = None


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """Messages, oldest first; the cursor of the next page in the same direction, None when that is the end."""

    messages: list[Message]
    next_cursor: str | None


async def read_messages(
    ctx: Context, caller: Caller, room: str, query: HistoryQuery, *, session_id: str | None = None
) -> HistoryPage:
    """A page of what was said in the room's session, or, for a server, in another of its sessions.

    Empty when the room has no session.

    Raises:
        OnstageError: as `access_room`; `permission_denied` for a participant who asks for another session;
            `session_not_found`; `malformed` for a cursor that is none of the caller's.
    """
    async with ctx.database.read() as tx:
        found, actor = await access_room(tx, caller, room, None)
        session = await _session(tx, found.id, actor, session_id)
        return HistoryPage([], None) if session is None else await _page(tx, session, actor, query)


async def read_session_messages(ctx: Context, caller: Caller, session_id: str, query: HistoryQuery) -> HistoryPage:
    """A page of what was said in a session, for a server: also of a room that was deleted.

    Raises:
        OnstageError: as `access_history`; `malformed` for a cursor that is none.
    """
    async with ctx.database.read() as tx:
        return await _page(tx, await access_history(tx, caller, session_id), None, query)


async def _session(tx: Tx, room_id: str, actor: Participant | None, session_id: str | None) -> Session | None:
    if session_id is None:
        return await sessions.open_of(tx, room_id)
    if actor is not None and actor.session_id != session_id:
        raise OnstageError(ErrorCode.PERMISSION_DENIED, "Only your server reads other sessions.", expected=BY_SERVER)
    session = await sessions.get(tx, session_id)
    if session is None or session.room_id != room_id:
        raise OnstageError(ErrorCode.SESSION_NOT_FOUND)
    return session


async def _page(tx: Tx, session: Session, actor: Participant | None, query: HistoryQuery) -> HistoryPage:
    """The page, from what is read with one more than asked for."""
    seq = query.after_seq if query.cursor is None else await _place(tx, session.room_id, actor, query.cursor)
    excerpt = Excerpt(query.limit + 1, seq, query.is_newer, query.type, query.is_pinned)
    found = await messages.page(tx, session.id, actor, excerpt)
    if len(found) <= query.limit:
        return HistoryPage(found, None)
    shown = found[: query.limit] if query.is_newer else found[-query.limit :]
    return HistoryPage(shown, shown[-1 if query.is_newer else 0].id)


async def _place(tx: Tx, room_id: str, actor: Participant | None, cursor: str) -> int:
    message = await messages.find(tx, room_id, cursor, actor)
    if message is None:
        raise wrong_cursor("there is no such message here")
    return message.seq
