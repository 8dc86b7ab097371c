"""The snapshots of those who come to one room at once, read together."""

from collections import defaultdict
from dataclasses import dataclass

from onstage.actions.access import ParticipantCaller
from onstage.actions.context import Context
from onstage.actions.snapshot import Snapshot, take_snapshots
from onstage.errors import OnstageError
from onstage.turns import Turns

MOST_TOGETHER = 32


@dataclass(eq=False, slots=True)
class _Waiting:
    caller: ParticipantCaller
    taken: Snapshot | OnstageError | None = None


class Welcomes:
    """While one reads a room's snapshot others come; the next of them reads for all.

    Most of a snapshot is the same for everybody, and thousands come when a show begins.
    """

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._turns = Turns()
        self._waiting: defaultdict[str, list[_Waiting]] = defaultdict(list)

    async def snapshot(self, caller: ParticipantCaller) -> Snapshot:
        """What the caller sees, at some moment after the call.

        Raises:
            OnstageError: as `take_snapshot`.
        """
        mine, room = _Waiting(caller), self._waiting[caller.room_id]
        room.append(mine)
        try:
            async with self._turns.of(caller.room_id):
                if mine.taken is None:  # then nobody who came before did it, and this is the first that is left
                    await self._read([one for one in room if one.taken is None][:MOST_TOGETHER])
        finally:
            room.remove(mine)
            if not room:
                self._waiting.pop(caller.room_id, None)
        if isinstance(mine.taken, OnstageError):
            raise mine.taken
        assert mine.taken is not None, "who reads is among those it reads for"
        return mine.taken

    async def _read(self, together: list[_Waiting]) -> None:
        callers = [one.caller for one in together]
        taken = await take_snapshots(self._ctx, callers[0].room_id, callers)
        for one, snapshot in zip(together, taken, strict=True):
            one.taken = snapshot
