"""The session's key-value store: shared state that lives as long as the session, with a version for each key."""

import json
from typing import Any

from onstage.actions.access import Caller, Entry, access_room, access_session
from onstage.actions.context import Context
from onstage.actions.emit import emit
from onstage.actions.roles import template_of
from onstage.errors import ErrorCode, OnstageError
from onstage.events import StateChanged
from onstage.model.permission import Permission
from onstage.model.records import StateEntry
from onstage.model.state_keys import LARGEST_TOTAL_BYTES, MOST_KEYS, MOST_KEYS_EVER, may_write
from onstage.model.views import StateView
from onstage.store import sessions, state
from onstage.store.database import Tx


async def read_state(ctx: Context, caller: Caller, room: str) -> list[StateEntry]:
    """Every key, sorted; none when the room has no session.

    Raises:
        OnstageError: as `access_room`.
    """
    async with ctx.database.read() as tx:
        found, _ = await access_room(tx, caller, room, None)
        session = await sessions.open_of(tx, found.id)
        return [] if session is None else await state.whole(tx, session.id)


async def read_key(ctx: Context, caller: Caller, room: str, key: str) -> StateEntry:
    """One key.

    Raises:
        OnstageError: as `access_session`; `state_key_not_found`.
    """
    async with ctx.database.read() as tx:
        entry = await access_session(tx, caller, room, None)
        found = await state.get(tx, entry.session.id, key)
    if found is None or found.value is None:
        raise OnstageError(ErrorCode.STATE_KEY_NOT_FOUND, f"The session has no key {key!r}.")
    return found


async def set_state(
    ctx: Context, caller: Caller, room: str, key: str, value: Any, *, if_version: int | None = None
) -> StateEntry:
    """Write a key; `value` None deletes it.

    With `if_version` only if the key is at that version now; 0 stands for a key that does not exist. Versions count
    on when a key is deleted and written again.

    Raises:
        OnstageError: as `access_session` with `state.set`; `state_key_denied`, `state_key_not_found` for deleting
            what is not there, `state_conflict`, `state_full`.
    """
    async with ctx.database.begin() as tx:
        entry = await access_session(tx, caller, room, Permission.STATE_SET)
        await _require_key(tx, entry, key)
        before = await state.get(tx, entry.session.id, key)
        _require_version(key, before, if_version)
        if value is None and (before is None or before.value is None):
            raise OnstageError(ErrorCode.STATE_KEY_NOT_FOUND, f"The session has no key {key!r}.")
        after = StateEntry(
            session_id=entry.session.id,
            key=key,
            value=value,
            version=1 if before is None else before.version + 1,
            updated_by=None if entry.actor is None else entry.actor.id,
            updated_at=ctx.clock.now(),
        )
        await _put(tx, after)
        await emit(ctx, tx, entry.room, StateChanged(entry=StateView.of(after)))
    return after


async def _require_key(tx: Tx, entry: Entry, key: str) -> None:
    if entry.actor is None:
        return
    role = (await template_of(tx, entry.room)).role(entry.actor.role)
    patterns = () if role is None else role.state_keys
    if not may_write(patterns, key, entry.actor.id):
        allowed = ", ".join(patterns) or "none"
        detail = f"The role {entry.actor.role!r} may not write the key {key!r}."
        raise OnstageError(ErrorCode.STATE_KEY_DENIED, detail, expected=f"a key that matches: {allowed}")


def _require_version(key: str, before: StateEntry | None, if_version: int | None) -> None:
    version = 0 if before is None else before.version
    exists = before is not None and before.value is not None
    if if_version is None or if_version == version or (if_version == 0 and not exists):
        return
    is_at = f"is at version {version}" if exists else "does not exist"
    detail = f"The key {key!r} {is_at}, not {if_version}."
    raise OnstageError(ErrorCode.STATE_CONFLICT, detail, expected=f"if_version {version if exists else 0}")


async def _put(tx: Tx, entry: StateEntry) -> None:
    if entry.value is None:
        await state.put(tx, entry, size=0)
        return
    size = len(entry.key) + len(json.dumps(entry.value, ensure_ascii=False).encode())
    others = await state.measure(tx, entry.session_id, without=entry.key)
    if others.keys >= MOST_KEYS or others.keys_ever >= MOST_KEYS_EVER:
        raise OnstageError(ErrorCode.STATE_FULL, "There are too many keys.", expected=f"at most {MOST_KEYS} keys")
    if others.total + size > LARGEST_TOTAL_BYTES:
        limit = f"at most {LARGEST_TOTAL_BYTES} bytes of keys and values together"
        raise OnstageError(ErrorCode.STATE_FULL, f"The value is {size} bytes too many.", expected=limit)
    await state.put(tx, entry, size=size)
