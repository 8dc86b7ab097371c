"""What is due by the clock: each thing is done with its room held, and none of them keeps the others waiting."""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from itertools import groupby
from operator import itemgetter
from typing import TypeVar

import structlog

from onstage.actions.context import Context
from onstage.errors import ErrorCode, OnstageError
from onstage.model.records import Room
from onstage.store import rooms
from onstage.store.database import Tx

_log = structlog.get_logger(__name__)
One = TypeVar("One")
Act = Callable[[Tx, Room, One], Awaitable[bool]]


async def do_due(ctx: Context, name: str, due: Iterable[tuple[str, One]], act: Act[One], *, at_once: int = 1) -> int:
    """Do what was read as due, each with the id of its room; how many were done.

    `act` looks again, as another server may have been faster, and says whether it did it. What fails is told of in the
    log under `name`, and stays due. `at_once` is how many of one room are done in one transaction.

    Raises:
        OnstageError: `store_unavailable`.
    """
    done = 0
    for room_id, group in groupby(due, key=itemgetter(0)):
        of_room = [one for _, one in group]
        for first in range(0, len(of_room), at_once):
            done += await _try(ctx, name, room_id, of_room[first : first + at_once], act)
    return done


async def _try(ctx: Context, name: str, room_id: str, some: Sequence[One], act: Act[One]) -> int:
    """Do them in one transaction; if that fails, each in one of its own."""
    try:
        return await _do(ctx, room_id, some, act)
    except Exception as error:
        if isinstance(error, OnstageError) and error.code is ErrorCode.STORE_UNAVAILABLE:
            raise
        if len(some) > 1:
            return sum([await _try(ctx, name, room_id, [one], act) for one in some])
        _log.error("due_work_failed", work=name, room=room_id, exc_info=error)
        return 0


async def _do(ctx: Context, room_id: str, some: Sequence[One], act: Act[One]) -> int:
    async with ctx.database.begin() as tx:
        room = await rooms.lock_id(tx, room_id)
        assert room is not None, "rooms are never taken out of the store"
        return sum([await act(tx, room, one) for one in some])
