"""Writes to the store what becomes of the shows that run here. Their media does not wait for it."""

import asyncio
from collections.abc import Awaitable, Callable, Collection

import structlog

from onstage.actions.broadcast_life import report_degraded, report_restarted, report_status
from onstage.actions.context import Context
from onstage.actions.outputs import report_output
from onstage.actions.recording_life import report_incomplete
from onstage.errors import OnstageError
from onstage.jobs.tasks import Tasks
from onstage.model.degradation import Degradation
from onstage.model.outputs import OutputReason, OutputStatus
from onstage.model.records import BroadcastReason, BroadcastStatus
from onstage.turns import Turns

STORE_AWAY_S = 1.0
"""Pause before the store, when it is away, is told again."""
_log = structlog.get_logger(__name__)


class ShowReports:
    """Of each show one report after the other, each until the store has taken it. The task ends when it has."""

    def __init__(self, ctx: Context, tasks: Tasks) -> None:
        """`tasks`: among which they are written."""
        self._ctx = ctx
        self._tasks = tasks
        self._turns = Turns()

    def status(
        self, broadcast_id: str, status: BroadcastStatus, reason: BroadcastReason | None = None
    ) -> asyncio.Task[None]:
        """How far the show is."""
        return self._write(broadcast_id, lambda: report_status(self._ctx, broadcast_id, status, reason=reason))

    def output(
        self, broadcast_id: str, output_id: str, status: OutputStatus, reason: OutputReason | None
    ) -> asyncio.Task[None]:
        """How an output of it is."""
        return self._write(broadcast_id, lambda: report_output(self._ctx, broadcast_id, output_id, status, reason))

    def degraded(self, broadcast_id: str, now: Collection[Degradation], of: Collection[Degradation]) -> None:
        """What `of` these it goes on without now."""
        self._write(broadcast_id, lambda: report_degraded(self._ctx, broadcast_id, now, of=of))

    def restarted(self, broadcast_id: str) -> None:
        """Its composer died, and another goes on."""
        self._write(broadcast_id, lambda: report_restarted(self._ctx, broadcast_id))

    def incomplete(self, broadcast_id: str) -> None:
        """Media of it was lost that a recording should have."""
        self._write(broadcast_id, lambda: report_incomplete(self._ctx, broadcast_id))

    def _write(self, broadcast_id: str, report: Callable[[], Awaitable[None]]) -> asyncio.Task[None]:
        return self._tasks.start(self._written(broadcast_id, report), f"report of {broadcast_id}")

    async def _written(self, broadcast_id: str, report: Callable[[], Awaitable[None]]) -> None:
        async with self._turns.of(broadcast_id):
            while True:
                try:
                    return await report()
                except OnstageError as error:
                    _log.warning("broadcast_report_failed", broadcast=broadcast_id, error=str(error))
                    await self._ctx.clock.sleep(STORE_AWAY_S)
