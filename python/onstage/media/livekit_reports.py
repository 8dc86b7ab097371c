"""The reporting half of the LiveKit engine: what webhooks, observers and lists tell becomes one stream of events."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable

import structlog

from onstage.clock import Clock
from onstage.errors import OnstageError
from onstage.media.engine import EngineDown, EngineEvent, EngineParticipant, EngineUp, RoomEvent, SpeakersChanged
from onstage.media.roster import Roster

HEALTH_INTERVAL_S = 2.0
RECONCILE_INTERVAL_S = 10.0
_FAILURES_TO_BE_DOWN = 2
_SUSPECT_INTERVAL_S = 1.0
_HINT_GATHER_S = 0.3  # webhooks usually tell first, so that the list only confirms them
_QUEUE_EVENTS = 4096

Report = Callable[[Roster], list[RoomEvent]]
log = structlog.get_logger(__name__)


class LiveKitReports:
    """Puts reports in order and in line. Implements `Sightings` for the observers."""

    def __init__(
        self,
        *,
        list_participants: Callable[[str], Awaitable[list[EngineParticipant]]],
        check: Callable[[], Awaitable[None]],
        clock: Clock,
    ) -> None:
        self._list_participants = list_participants
        self._check = check
        self._clock = clock
        self._roster = Roster()
        self._in_order = asyncio.Lock()  # events leave in the order in which the roster made them
        self._events: asyncio.Queue[EngineEvent | None] = asyncio.Queue(_QUEUE_EVENTS)
        self._sightings: asyncio.Queue[Report] = asyncio.Queue(_QUEUE_EVENTS)
        self._hints: set[str] = set()
        self._hinted = asyncio.Event()
        self._down_reason: str | None = None
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Begin to check and to reconcile."""
        loops = (self._reconcile_forever(), self._tell_sightings_forever(), self._check_forever())
        self._tasks = [asyncio.create_task(loop) for loop in loops]

    async def stop(self) -> None:
        """End the stream of events."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        while self._events.full():
            self._events.get_nowait()
        self._events.put_nowait(None)

    async def events(self) -> AsyncIterator[EngineEvent]:
        """See `Engine.events`."""
        while (event := await self._events.get()) is not None:
            yield event

    async def tell(self, report: Report) -> None:
        """Let `report` change the roster, and put what follows from it in line. Waits for a slow reader."""
        async with self._in_order:
            for event in report(self._roster):
                await self._events.put(event)

    async def went_down(self, reason: str) -> None:
        """The engine does not answer."""
        if self._down_reason is None:
            self._down_reason = reason
            log.error("engine_down", reason=reason)
            await self._events.put(EngineDown(reason))

    async def came_up(self) -> None:
        """The engine answers again: look at every room anew."""
        if self._down_reason is not None:
            self._down_reason = None
            log.info("engine_up")
            await self._events.put(EngineUp())
            for room in self._roster.rooms:
                self.saw_change(room)

    def saw_mute(self, room: str, identity: str, track_id: str, *, is_muted: bool) -> None:
        """See `Sightings`."""
        try:
            self._sightings.put_nowait(lambda roster: roster.muted(room, identity, track_id, is_muted=is_muted))
        except asyncio.QueueFull:
            self.saw_change(room)  # the list tells mutes too

    def saw_speakers(self, room: str, identities: tuple[str, ...]) -> None:
        """See `Sightings`."""
        with contextlib.suppress(asyncio.QueueFull):
            self._events.put_nowait(SpeakersChanged(room, identities))

    def saw_change(self, room: str) -> None:
        """See `Sightings`."""
        self._hints.add(room)
        self._hinted.set()

    async def reconcile(self, room: str) -> None:
        """Compare what we believe of a room with the engine's list."""
        asked_at = self._roster.revision
        try:
            people = await self._list_participants(room)
        except OnstageError as error:
            log.debug("engine_reconcile_failed", room=room, error=str(error))
            return
        await self.tell(lambda roster: roster.listed(room, people, asked_at=asked_at))

    async def _reconcile_forever(self) -> None:
        while True:
            for room in await self._rooms_to_look_at():
                await self.reconcile(room)

    async def _rooms_to_look_at(self) -> frozenset[str]:
        """Rooms where something was seen, soon; suspect ones, a little later; all of them now and then."""
        suspects = self._roster.suspect_rooms
        interval_s = _SUSPECT_INTERVAL_S if suspects else RECONCILE_INTERVAL_S
        if not await self._hinted_within(interval_s):
            return suspects or self._roster.rooms
        await self._clock.sleep(_HINT_GATHER_S)
        rooms = frozenset(self._hints)
        self._hints.clear()
        self._hinted.clear()
        return rooms

    async def _hinted_within(self, seconds: float) -> bool:
        waits = [asyncio.ensure_future(self._hinted.wait()), asyncio.ensure_future(self._clock.sleep(seconds))]
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
        return self._hinted.is_set()

    async def _tell_sightings_forever(self) -> None:
        while True:
            await self.tell(await self._sightings.get())

    async def _check_forever(self) -> None:
        failures = 0
        while True:
            try:
                await self._check()
                failures = 0
                await self.came_up()
            except OnstageError as error:
                failures += 1
                if failures >= _FAILURES_TO_BE_DOWN:
                    await self.went_down(error.detail)
            await self._clock.sleep(HEALTH_INTERVAL_S)
