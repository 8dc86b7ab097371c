"""Whether a show still fits the machine (design §10.15)."""

from onstage.actions.context import Context
from onstage.errors import ErrorCode, OnstageError
from onstage.model.ladder import Ladder
from onstage.model.records import Broadcast
from onstage.model.show_cost import cores_of
from onstage.store import broadcasts, servers
from onstage.store.database import Tx

_ROUNDING = 1e-6


async def require_place(ctx: Context, tx: Tx, ladder: Ladder) -> None:
    """Nothing, if this server can compose another show with that ladder; until the transaction ends it has the place.

    Raises:
        OnstageError: `capacity_exhausted`, with what is free and what was asked for.
    """
    await servers.hold_work(tx, ctx.server_id)  # of two rooms that take the last place at once, one has it
    running = await broadcasts.active_on(tx, ctx.server_id)
    if ctx.max_broadcasts is not None and len(running) >= ctx.max_broadcasts:
        detail = f"This machine composes {len(running)} already, as many as it may."
        raise OnstageError(ErrorCode.CAPACITY_EXHAUSTED, detail, expected=f"fewer than {ctx.max_broadcasts} at once")
    free, asked = max(0.0, ctx.broadcast_cores - sum(map(_cost, running))), _cores(ladder)
    if asked > free + _ROUNDING:
        detail = f"It takes about {asked:.2f} cores, and of {ctx.broadcast_cores:.2f} for shows {free:.2f} are free."
        raise OnstageError(ErrorCode.CAPACITY_EXHAUSTED, detail, expected=f"a show of {free:.2f} cores or less")


def _cost(broadcast: Broadcast) -> float:
    return _cores(broadcast.ladder)


def _cores(ladder: Ladder) -> float:
    largest = ladder.rungs[0]
    return cores_of(min(largest.width, largest.height), rungs=len(ladder.rungs))
