"""Marks who has the floor on the timeline of shows that ask for it.

By the same rules as the composed picture: nobody takes the floor by a cough, and it changes at most every two seconds.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from onstage.actions.context import Context
from onstage.actions.marking import mark_speaker
from onstage.composer.speaker import SpeakerPicker
from onstage.jobs.tasks import Tasks, attempt

LOOK_EVERY_S = 0.25
"""While somebody speaks: nobody tells when they have spoken for long enough."""


@dataclass(slots=True)
class _Floor:
    picker: SpeakerPicker = field(default_factory=SpeakerPicker)
    told: str | None = None
    is_followed: bool = False


class Speaking:
    """Follows each room in which somebody speaks."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._tasks = Tasks()
        self._rooms: dict[str, _Floor] = {}

    async def stop(self) -> None:
        """Follow nobody any more."""
        await self._tasks.stop()

    def heard(self, room_id: str, identities: Sequence[str]) -> None:
        """Who of those in shows is speaking now, loudest first."""
        floor = self._rooms.setdefault(room_id, _Floor())
        floor.picker.heard(identities, self._ctx.clock.monotonic())
        if identities and not floor.is_followed:
            floor.is_followed = True
            self._tasks.start(self._follow(room_id, floor), f"who speaks in {room_id}")

    def forget(self, room_id: str) -> None:
        """Nobody is on the engine in that room any more."""
        floor = self._rooms.pop(room_id, None)
        if floor is not None:
            floor.picker.heard((), self._ctx.clock.monotonic())

    def forget_all(self) -> None:
        """Nobody tells any more who speaks where: the engine is away, or another server is told."""
        for room_id in list(self._rooms):
            self.forget(room_id)

    async def _follow(self, room_id: str, floor: _Floor) -> None:
        """Until it is silent. One mark is written at a time, so they are in order."""
        while floor.picker.speaking:
            now = floor.picker.floor(self._ctx.clock.monotonic())
            if now and now[0] != floor.told:
                floor.told = now[0]
                await attempt(mark_speaker(self._ctx, room_id, now[0]), "mark a speaker")
            await self._ctx.clock.sleep(LOOK_EVERY_S)
        floor.is_followed = False
