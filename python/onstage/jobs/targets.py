"""Keeps the live targets of one show fed: checks each address just before it is connected to, and tries again."""

import asyncio
import secrets
from collections.abc import Callable

import structlog

from onstage.actions.context import Context
from onstage.actions.target_urls import unsealed
from onstage.composer.wire import AddTarget, RemoveTarget
from onstage.jobs.tasks import Tasks
from onstage.model.outputs import Output, OutputReason, Outputs, OutputStatus, OutputTrouble, OutputType
from onstage.model.target_course import TargetCourse
from onstage.model.targets import TargetState
from onstage.outbound import NotAllowed

Tell = Callable[[str, OutputStatus, OutputReason | None], object]
"""Takes an output's id, and what became of it."""
_dice = secrets.SystemRandom()
_MOST_ADDRESSES = 4
_MOST_TOLD = 16
_RESTARTED = OutputReason(OutputTrouble.COMPOSER)
_log = structlog.get_logger(__name__)


class ShowTargets:
    """The targets of one show. Its composer is told to connect once; what follows a failure is decided here."""

    def __init__(
        self,
        ctx: Context,
        send: Callable[[AddTarget | RemoveTarget], None],
        tell: Tell,
        *,
        jitter: Callable[[], float] = lambda: _dice.uniform(-1, 1),
    ) -> None:
        """`send` reaches the composer, `tell` the store; `jitter` is from -1 to 1."""
        self._ctx = ctx
        self._send = send
        self._tell = tell
        self._jitter = jitter
        self._tasks = Tasks()
        self._drivers: dict[str, _Driver] = {}
        self._is_composing = asyncio.Event()

    def follow(self, outputs: Outputs) -> None:
        """Feed the targets among these that are not over, and no others."""
        wanted = {one.id: one for one in outputs if one.type is OutputType.RTMP and not one.status.is_over}
        for output_id in self._drivers.keys() - wanted.keys():
            self._drivers.pop(output_id).task.cancel()
            self._send(RemoveTarget(output_id))
        for output_id in wanted.keys() - self._drivers.keys():
            self._drivers[output_id] = self._started(wanted[output_id])

    def _started(self, output: Output) -> "_Driver":
        driver = _Driver(output)
        driver.task = self._tasks.start(self._drive(driver), f"target {output.id}")
        return driver

    def composing(self) -> None:
        """A composer was started, and is told of all targets."""
        self._is_composing.set()

    def composer_lost(self) -> None:
        """The composer died, and with it all streams."""
        self._is_composing.clear()
        for driver in self._drivers.values():
            driver.tell(None)

    def take(self, state: TargetState) -> None:
        """What the composer tells of a target."""
        driver = self._drivers.get(state.output_id)
        if driver is not None:
            driver.tell(state)

    async def stop(self) -> None:
        """Decide nothing more."""
        await self._tasks.stop()

    async def _drive(self, driver: "_Driver") -> None:
        output, course = driver.output, driver.course
        if output.status is not OutputStatus.CONNECTING:  # it was fed by a server before this one
            course.restarted(had_been_fed=True)
            self._tell(output.id, OutputStatus.RECONNECTING, _RESTARTED)
        while True:
            reason = await self._attempt(driver)
            if reason is None:
                course.restarted(had_been_fed=False)
                continue
            step = course.failed(reason, self._ctx.clock.monotonic(), jitter=self._jitter())
            self._tell(output.id, step.status, step.reason)
            if step.pause_s is None:
                return
            await self._ctx.clock.sleep(step.pause_s)

    async def _attempt(self, driver: "_Driver") -> OutputReason | None:
        """Have it fed, until that ends: why; None when it was the composer that ended."""
        await self._is_composing.wait()
        while not driver.told.empty():
            driver.told.get_nowait()  # of the attempt before
        try:
            add = await self._checked(driver.output)
        except NotAllowed as error:
            return OutputReason(OutputTrouble.NOT_ALLOWED, f"The URL {error}.")
        if add is None:
            return OutputReason(OutputTrouble.UNREADABLE)
        self._send(add)
        return await self._watch(driver)

    async def _checked(self, output: Output) -> AddTarget | None:
        url = unsealed(self._ctx, output.sealed or "")
        if url is None:
            return None
        addresses = await self._ctx.outbound.guard.addresses(url.host, url.port)
        return AddTarget(output.id, url, tuple(addresses[:_MOST_ADDRESSES]))

    async def _watch(self, driver: "_Driver") -> OutputReason | None:
        while True:
            state = await driver.told.get()
            if state is None:
                if driver.is_live:
                    driver.is_live = False
                    self._tell(driver.output.id, OutputStatus.RECONNECTING, _RESTARTED)
                return None
            reason = None if state.trouble is None else OutputReason(state.trouble, state.detail)
            driver.is_live = state.is_live
            if not state.is_live:
                _log.info("target_lost", output=driver.output.id, trouble=state.trouble, detail=state.detail)
                return reason or OutputReason(OutputTrouble.LOST)
            step = driver.course.fed(self._ctx.clock.monotonic(), reason)
            self._tell(driver.output.id, step.status, step.reason)


class _Driver:
    """One target, and what was told of it and not yet heard; None: its composer died."""

    task: asyncio.Task[None]

    def __init__(self, output: Output) -> None:
        self.output = output
        self.course = TargetCourse()
        self.told: asyncio.Queue[TargetState | None] = asyncio.Queue(_MOST_TOLD)
        self.is_live = False

    def tell(self, state: TargetState | None) -> None:
        """Let it be heard of, before the oldest that was not: how it stands now is what counts."""
        if self.told.full():
            self.told.get_nowait()
        self.told.put_nowait(state)
