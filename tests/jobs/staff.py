"""Everything below the actions, put together as app.py does it, on the house's clock and store."""

import asyncio
import json
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from obstore.store import ObjectStore

from onstage.actions import presence
from onstage.actions.connections import leave_due
from onstage.actions.context import Unattended
from onstage.bus.memory import Ephemeral, Subscription
from onstage.composer.instance import COMMAND, Cold
from onstage.jobs.after_change import Jobs
from onstage.jobs.auto_stop import AutoStop
from onstage.jobs.broadcasting import Broadcasting
from onstage.jobs.counting import Counting
from onstage.jobs.engine_events import EngineEvents
from onstage.jobs.metrics import Metrics
from onstage.jobs.presence import GATHER_S, PresenceKeeper
from onstage.jobs.steering import Steering
from onstage.jobs.tidying import Tidying
from onstage.jobs.timers import Timers
from onstage.media.engine import Engine
from onstage.model.records import Participant
from onstage.origin.origin import Origin
from tests.support.clock import settle
from tests.support.house import House
from tests.support.waiting import EventLog, until

GRACE_S = 15.0
AUTO_STOP_S = 60.0
_ABOUT_S = 1e-6


@dataclass(slots=True)
class Alone:
    """A server that has no others leads; the test may say otherwise."""

    is_leader: bool = True


@dataclass(slots=True)
class Staff:
    """The jobs, none of them started but presence: each test starts the one it is about."""

    house: House
    presence: PresenceKeeper
    steering: Steering
    counting: Counting
    auto_stop: AutoStop
    broadcasting: Broadcasting
    tidying: Tidying
    engine_events: EngineEvents
    timers: Timers
    metrics: Metrics
    origin: Origin
    leader: Alone

    @property
    def waits_s(self) -> list[float]:
        """What is waited for by the clock."""
        return self.house.clock.waits_s

    async def advance(self, seconds: float) -> None:
        """Let time pass, and what is then due be written."""
        await self.house.clock.advance(seconds)
        await self.written()

    async def written(self) -> None:
        """Everybody who wanted to write has written, and what follows as well."""
        await self.house.settle()

    async def noted(self) -> None:
        """Who has come and gone is in the store."""
        await self.house.clock.advance(GATHER_S)  # the pause after what was noted before
        written = asyncio.ensure_future(self.presence.written())

        async def is_written() -> bool:
            if not written.done() and any(abs(wait_s - GATHER_S) < _ABOUT_S for wait_s in self.waits_s):
                await self.house.clock.advance(GATHER_S)  # more was noted while it wrote
            return written.done()

        await until(is_written, what="who has come and gone to be written")
        await self.house.clock.advance(GATHER_S)

    async def leaving(self) -> None:
        """Write as left whose time is over, as the timers do each second."""
        await leave_due(self.house.ctx)


@asynccontextmanager
async def staffed(
    house: House,
    *,
    engine: Engine | None = None,
    origin_folder: Path | None = None,
    objects: ObjectStore | None = None,
    auto_stop_s: float = AUTO_STOP_S,
    composer: Sequence[str] = COMMAND,
) -> AsyncIterator[Staff]:
    """The jobs of `house`, ended with the block. `engine` takes the place of the house's.

    Segments are in `origin_folder`, unless `objects` is where they go.
    """
    ctx = house.ctx
    ctx.engine = engine or ctx.engine
    metrics = Metrics()
    origin = Origin(ctx.clock, origin_folder, objects=objects, on_published=metrics.part_published)
    keeper, steering, leader = PresenceKeeper(ctx), Steering(ctx), Alone()
    counting, auto_stop = Counting(ctx, leader), AutoStop(ctx, after_s=auto_stop_s)
    broadcasting = Broadcasting(ctx, origin, metrics, composers=Cold(composer))
    engine_events, timers = EngineEvents(ctx, keeper, steering, leader), Timers(ctx)
    tidying = Tidying(ctx, origin, leader)
    ctx.after_change = Jobs(steering, counting, broadcasting, tidying)
    await keeper.start()
    try:
        yield Staff(
            house,
            keeper,
            steering,
            counting,
            auto_stop,
            broadcasting,
            tidying,
            engine_events,
            timers,
            metrics,
            origin,
            leader,
        )
    finally:
        for part in (broadcasting, tidying, timers, auto_stop, counting, engine_events, keeper, steering):
            await part.stop()
        await origin.close()


async def joined(house: House, identity: str, role: str) -> Participant:
    """Somebody who has joined just now and is not connected yet."""
    _, participant = await presence.join(house.ctx, await house.token(identity, role))
    await settle()
    return participant


def store_away(house: House) -> AbstractAsyncContextManager[None]:
    """Nobody reaches the database while the block runs."""
    return house.store.away(house.ctx.database)


@contextmanager
def unattended(house: House) -> Iterator[None]:
    """Changes in the block are only written, as when the server dies right behind the commit."""
    attended, house.ctx.after_change = house.ctx.after_change, Unattended()
    try:
        yield
    finally:
        house.ctx.after_change = attended


@asynccontextmanager
async def heard(house: House) -> AsyncIterator[EventLog[tuple[str, dict[str, Any]]]]:
    """Name and data of every ephemeral event in the room while the block runs."""
    log: EventLog[tuple[str, dict[str, Any]]] = EventLog()

    async def listen(subscription: Subscription) -> None:
        while True:
            for notice in await subscription.get():
                if isinstance(notice, Ephemeral):
                    log.add((notice.name, json.loads(notice.data)))

    async with await house.ctx.bus.subscribe(house.room.id) as subscription:
        listening = asyncio.create_task(listen(subscription))
        yield log
        listening.cancel()
