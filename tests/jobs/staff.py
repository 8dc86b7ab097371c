"""Everything below the actions, put together as app.py does it, on the house's clock and store."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import make_url

from onstage.composer.instance import COMMAND
from onstage.jobs.after_change import Jobs
from onstage.jobs.broadcasting import Broadcasting
from onstage.jobs.counting import Counting
from onstage.jobs.engine_events import EngineEvents
from onstage.jobs.metrics import Metrics
from onstage.jobs.presence import PresenceKeeper
from onstage.jobs.steering import Steering
from onstage.jobs.timers import Timers
from onstage.media.engine import Engine
from onstage.origin.origin import Origin
from tests.support.clock import settle
from tests.support.house import House

GRACE_S = 15.0
AUTO_STOP_S = 60.0


@dataclass(slots=True)
class Staff:
    """The jobs, none of them started: each test starts the one it is about."""

    house: House
    presence: PresenceKeeper
    steering: Steering
    counting: Counting
    broadcasting: Broadcasting
    engine_events: EngineEvents
    timers: Timers
    metrics: Metrics
    origin: Origin

    @property
    def waits_s(self) -> list[float]:
        """What is waited for by the clock."""
        return self.house.clock.waits_s

    async def advance(self, seconds: float) -> None:
        """Let time pass, and what is then due be written."""
        await self.house.clock.advance(seconds)
        await self.written()

    async def written(self) -> None:
        """Everybody who wanted to write has written: writers take their turns."""
        for _ in range(3):  # what follows a change may be another one
            await settle()
            async with self.house.ctx.database.begin():
                pass


@asynccontextmanager
async def staffed(
    house: House,
    *,
    engine: Engine | None = None,
    origin_folder: Path | None = None,
    auto_stop_s: float = AUTO_STOP_S,
    composer: Sequence[str] = COMMAND,
) -> AsyncIterator[Staff]:
    """The jobs of `house`, ended with the block. `engine` takes the place of the house's."""
    ctx = house.ctx
    ctx.engine = engine or ctx.engine
    metrics = Metrics()
    origin = Origin(ctx.clock, origin_folder, on_published=metrics.part_published)
    presence, steering = PresenceKeeper(ctx, grace_s=GRACE_S), Steering(ctx)
    counting = Counting(ctx, auto_stop_s=auto_stop_s)
    broadcasting = Broadcasting(ctx, origin, metrics, command=composer)
    engine_events, timers = EngineEvents(ctx, presence, steering), Timers(ctx)
    ctx.after_change = Jobs(presence, steering, counting, broadcasting)
    try:
        yield Staff(house, presence, steering, counting, broadcasting, engine_events, timers, metrics, origin)
    finally:
        for part in (broadcasting, timers, counting, engine_events, presence, steering):
            await part.stop()
        await origin.close()


@asynccontextmanager
async def store_away(house: House) -> AsyncIterator[None]:
    """The database file is not there while the block runs."""
    path = Path(str(make_url(house.ctx.database.url).database))
    aside = path.with_suffix(".aside")
    await house.ctx.database.close()
    path.rename(aside)
    path.mkdir()
    try:
        yield
    finally:
        path.rmdir()
        aside.rename(path)
