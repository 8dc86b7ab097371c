"""Composers that have loaded everything before they are needed, and wait on their sockets for a `Start`."""

import asyncio
import contextlib
from collections import deque
from collections.abc import Sequence

import structlog

from onstage.clock import Clock
from onstage.composer import wire
from onstage.composer.instance import COMMAND, Cold, ComposerInstance

WARM = "--warm"
"""Tells a composer to load what it will need before it waits."""
REPLACE_AFTER_S = 5.0
"""Pause before the next one is started after one was taken: the show that took it needs the machine then."""
BACK_OFF_S = (0.5, 2.0, 10.0, 60.0)
"""Pause before the next spare when one has died unused, by the deaths in a row; then the last one."""
_CLOSE_GRACE_S = 1.0
_log = structlog.get_logger(__name__)


class _Spare:
    """One that waits, and whether it still does."""

    def __init__(self, instance: ComposerInstance) -> None:
        self.instance = instance
        self.taken = asyncio.Event()

    async def is_used(self) -> bool:
        """Return once it was taken (True) or has died."""
        waits = {asyncio.ensure_future(self.taken.wait()), asyncio.ensure_future(self.instance.ended())}
        try:
            await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for wait in waits:
                wait.cancel()
        return self.taken.is_set()


class Spares:
    """Keeps so many spare composers, each in the place of one that was taken or has died."""

    def __init__(self, clock: Clock, count: int, *, command: Sequence[str] = COMMAND) -> None:
        """`command` starts a composer; `--fd N` is added. With a `count` of 0 every composer is started when needed."""
        self._clock = clock
        self._count = count
        self._command = command
        self._cold = Cold(command)
        self._waiting: deque[_Spare] = deque()
        self._keepers: list[asyncio.Task[None]] = []

    @property
    def pids(self) -> list[int]:
        """The process ids of those that wait."""
        return [one.instance.pid for one in self._waiting]

    async def start(self) -> None:
        """Keep spares from now on."""
        self._keepers = [asyncio.create_task(self._keep(), name=f"spare composer {n}") for n in range(self._count)]

    async def stop(self) -> None:
        """End those that wait, and keep none any more."""
        for keeper in self._keepers:
            keeper.cancel()
        await asyncio.gather(*self._keepers, return_exceptions=True)

    async def start_composer(self, first: wire.Start) -> ComposerInstance:
        """A spare that is told what to compose; when none is left, a composer that has yet to load everything.

        Raises:
            OSError: The process could not be started.
        """
        while self._waiting:
            spare = self._waiting.popleft()
            if spare.instance.is_running:
                spare.taken.set()
                spare.instance.send(first)
                return spare.instance
        return await self._cold.start_composer(first)

    async def _keep(self) -> None:
        """Keep one after another."""
        deaths = 0
        while True:
            if await self._keep_one():
                deaths = 0
                await self._clock.sleep(REPLACE_AFTER_S)
            else:
                await self._clock.sleep(BACK_OFF_S[min(deaths, len(BACK_OFF_S) - 1)])
                deaths += 1

    async def _keep_one(self) -> bool:
        """Start one, and keep it until it is taken (True) or dies."""
        try:
            spare = _Spare(await ComposerInstance.spawn([*self._command, WARM]))
        except OSError as error:
            _log.error("spare_composer_not_started", error=error.strerror)
            return False
        self._waiting.append(spare)
        try:
            if await spare.is_used():
                return True
            _log.warning("spare_composer_died", said=spare.instance.last_words())
            return False
        finally:
            if not spare.taken.is_set():
                with contextlib.suppress(ValueError):  # found dead by who wanted to take it
                    self._waiting.remove(spare)
                await spare.instance.close(_CLOSE_GRACE_S)
