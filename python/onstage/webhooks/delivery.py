"""Sends what waits: each endpoint's events one after the other, the endpoints beside each other.

Whoever commits an event says so at once (`wake`); a look into the store every few seconds finds what another process
left behind. Who sends holds the endpoint's lease (`actions/delivering.py`).
"""

import asyncio
import contextlib
import re
from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

import structlog

from onstage.actions import delivering
from onstage.actions.context import Context, Courier
from onstage.actions.delivering import Tried, Turn
from onstage.errors import OnstageError
from onstage.model.ids import Prefix, new_id
from onstage.model.records import Attempt
from onstage.model.retries import Retries
from onstage.webhooks.slots import SLOW_AFTER_S, Slot, Slots

LOOK_EVERY_S = 5.0
FORGET_EVERY = 720
"""Looks between two clean-ups: an hour."""
MOST_AT_ONCE = 64
"""Endpoints served at the same time, besides twice as many slow ones (`slots.py`); the others wait for their turn.

Together they need no more connections than `outbound` opens.
"""
MOST_IN_A_TURN = 200
"""Deliveries to one endpoint while others wait."""
LONGEST_TURN_S = 2.0
"""After which a turn takes nothing new: a receiver may need many seconds for each delivery."""
_FOUND_AT_ONCE = 500
_GATHERED_S = 0.02  # between two turns of an endpoint: what comes meanwhile costs one lease and one note together
_WRITTEN_WITHIN_S = 0.25  # a slow receiver's deliveries are written down one by one, a fast one's together
_STOPPED_WITHIN_S = 3.0
_STORE_AWAY_S = (0.5, 1.0, 2.0, 4.0)
_QUOTED = re.compile(r"""'[^']*'|"[^"]*\"""")
_log = structlog.get_logger(__name__)


class Counts(Protocol):
    """What an operator watches."""

    def webhook_attempted(self, outcome: str) -> None:
        """An attempt was `delivered` or `failed`."""
        ...

    def webhook_backlog(self, pending: int, oldest_age_s: float) -> None:
        """So much waits, and for so long."""
        ...


@dataclass(slots=True)
class _Line:
    """The queue of one endpoint, for as long as something waits in it."""

    wake: asyncio.Event = field(default_factory=asyncio.Event)
    is_sending: bool = False


class Dispatcher:
    """Sends deliveries for one server process."""

    def __init__(
        self, ctx: Context, courier: Courier, counts: Counts, *, retries: Retries, most_at_once: int = MOST_AT_ONCE
    ) -> None:
        self._ctx = ctx
        self._courier = courier
        self._counts = counts
        self._retries = retries
        self._holder = new_id(Prefix.SERVER)
        self._slots = Slots(most_at_once)
        self._lines: dict[str, tuple[_Line, asyncio.Task[None]]] = {}
        self._watching: list[asyncio.Task[None]] = []
        self._looks = 0
        self._is_stopping = False

    async def start(self) -> None:
        """Send from now on, first what waited."""
        for watch, pause_s in ((self._look, LOOK_EVERY_S), (self._part, SLOW_AFTER_S / 2)):
            self._watching.append(asyncio.create_task(self._for_ever(watch, pause_s), name="webhooks"))

    async def stop(self) -> None:
        """Let the attempts that are on their way end, if they do so soon, and give the leases back."""
        self._is_stopping = True
        sending = [task for line, task in self._lines.values() if line.is_sending]
        if sending:
            await asyncio.wait(sending, timeout=_STOPPED_WITHIN_S)
        await self.abandon()
        with contextlib.suppress(OnstageError):  # the store is away: the leases run out by themselves
            await delivering.release_all(self._ctx, self._holder)

    async def abandon(self) -> None:
        """Send no more, and leave everything as a crash would: nothing is written, no lease is given back."""
        self._is_stopping = True
        running = [*self._watching, *(task for _, task in self._lines.values())]
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    def wake(self, endpoint_ids: Collection[str]) -> None:
        """Something waits for these endpoints, or may be tried at once."""
        for endpoint_id in endpoint_ids:
            known = self._lines.get(endpoint_id)
            if known is not None:
                known[0].wake.set()
            elif not self._is_stopping:
                line = _Line()
                task = asyncio.create_task(self._serve(endpoint_id, line), name=f"webhooks of {endpoint_id}")
                self._lines[endpoint_id] = (line, task)

    async def _for_ever(self, watch: Callable[[], Awaitable[None]], pause_s: float) -> None:
        while True:
            try:
                await watch()
            except OnstageError as error:
                _log.warning("webhooks_store_away", code=error.code.code)
            except Exception as error:  # noqa: BLE001 - a bug in one look must not be the last one
                _log.error("webhooks_look_failed", exc_info=error)
            await self._ctx.clock.sleep(pause_s)

    async def _look(self) -> None:
        in_line = len(self._lines)  # these may be all that is found first
        self.wake(await delivering.endpoints_with_work(self._ctx, limit=in_line + _FOUND_AT_ONCE))
        await self._count()
        self._looks += 1
        if self._looks % FORGET_EVERY == 1:
            await delivering.forget_old_deliveries(self._ctx)

    async def _part(self) -> None:
        self._slots.part(self._ctx.clock.monotonic())

    async def _count(self) -> None:
        backlog = await delivering.read_backlog(self._ctx)
        age = 0.0 if backlog.oldest_at is None else (self._ctx.clock.now() - backlog.oldest_at).total_seconds()
        self._counts.webhook_backlog(backlog.pending, age)

    async def _serve(self, endpoint_id: str, line: _Line) -> None:
        """Send until nothing waits. Between a look that found nothing and the end nobody else runs."""
        try:
            while not self._is_stopping:
                line.wake.clear()
                due = await delivering.when_due(self._ctx, self._holder, endpoint_id)
                if due is None:
                    if not line.wake.is_set():
                        return
                elif due.at > self._ctx.clock.now():
                    await self._wait(due.at, line)
                else:
                    await self._send(endpoint_id, due.project_id, line)
                    await self._ctx.clock.sleep(_GATHERED_S)
        except OnstageError as error:  # the next look goes on
            _log.warning("webhooks_store_away", endpoint=endpoint_id, code=error.code.code)
        except Exception as error:  # noqa: BLE001 - a bug with one endpoint must not end the others
            _log.error("webhooks_failed", endpoint=endpoint_id, exc_info=error)
        finally:
            del self._lines[endpoint_id]

    async def _wait(self, due: datetime, line: _Line) -> None:
        pause_s = (due - self._ctx.clock.now()).total_seconds()
        sleeping = asyncio.ensure_future(self._ctx.clock.sleep(pause_s))
        waking = asyncio.ensure_future(line.wake.wait())
        try:
            await asyncio.wait({sleeping, waking}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            sleeping.cancel()
            waking.cancel()

    async def _send(self, endpoint_id: str, project_id: str, line: _Line) -> None:
        """One turn, of so many deliveries and so much time that the others don't wait for long."""
        async with self._slots.turn(endpoint_id, project_id) as slot:
            line.is_sending = True
            sent, began = 0, self._ctx.clock.monotonic()
            turn = await delivering.take(self._ctx, self._holder, endpoint_id)
            while turn is not None:
                tried = await self._try(turn, slot)
                sent += len(tried)
                is_long = self._ctx.clock.monotonic() - began >= LONGEST_TURN_S
                turn = await self._record(endpoint_id, tried, is_last=is_long or sent >= MOST_IN_A_TURN)
            line.is_sending = False

    async def _try(self, turn: Turn, slot: Slot) -> list[Tried]:
        """Send the batch, until one fails or what was done should be written down."""
        tried: list[Tried] = []
        began = self._ctx.clock.monotonic()
        for one in turn.batch:
            slot.begin(self._ctx.clock.monotonic())
            attempt = await self._courier.post(turn.endpoint, one.event)
            slot.end(self._ctx.clock.monotonic())
            self._counts.webhook_attempted("delivered" if attempt.is_delivered else "failed")
            tried.append(Tried(one.delivery, attempt))
            took_long = self._ctx.clock.monotonic() - began > _WRITTEN_WITHIN_S
            if not attempt.is_delivered or took_long or self._is_stopping:
                break
        _log_last(turn, tried[-1].attempt)
        return tried

    async def _record(self, endpoint_id: str, tried: list[Tried], *, is_last: bool) -> Turn | None:
        """Write down what was tried; while the store is away, again: what is not written is sent twice."""
        for pause_s in (*_STORE_AWAY_S, None):
            try:
                return await delivering.record(
                    self._ctx,
                    self._holder,
                    endpoint_id,
                    tried,
                    retries=self._retries,
                    is_last=is_last or self._is_stopping,
                )
            except OnstageError:
                if pause_s is None:
                    raise
            await self._ctx.clock.sleep(pause_s)
        raise AssertionError("the last round returns or raises")


def _log_last(turn: Turn, attempt: Attempt) -> None:
    """Neither the URL, which may hold a token, nor anything that was sent or answered."""
    if not attempt.is_delivered:
        _log.info(
            "webhook_failed",
            endpoint=turn.endpoint.id,
            status=attempt.status,
            error=None if attempt.error is None else _without_quotations(attempt.error),
            duration_ms=attempt.duration_ms,
        )


def _without_quotations(error: str) -> str:
    """Why no answer came, without hosts, addresses, or what came in its place."""
    kind = error.partition(":")[0]
    return kind if kind.endswith("ProtocolError") else _QUOTED.sub("…", error)
