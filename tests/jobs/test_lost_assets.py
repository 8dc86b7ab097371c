"""Files that a server was to make which is gone: made by another, or told as lost."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

from onstage.actions.assets import request_assets
from onstage.actions.servers import register
from onstage.jobs.lost_assets import LostAssets
from onstage.jobs.whereabouts import LOOK_EVERY_S, LOST_AFTER_S
from onstage.model.assets import AssetFailure, AssetKind, AssetStatus
from onstage.model.records import Recording
from onstage.store import assets
from tests.jobs.staff import Alone
from tests.jobs.test_assets import at_work, begun, only, over
from tests.support.house import House
from tests.support.waiting import until

POSTER = "poster/poster.jpg"


@asynccontextmanager
async def another_server(house: House, leader: Alone, *, is_shared: bool) -> AsyncIterator[tuple[House, LostAssets]]:
    """While the house's own is gone."""
    other = replace(house, ctx=replace(house.ctx, server_id="srv_other"))
    await register(other.ctx, None)
    lost = LostAssets(other.ctx, leader, is_shared=is_shared)
    await lost.start()
    yield other, lost
    await lost.stop()


async def a_poster_to_make(house: House, folder: Path) -> Recording:
    recording = await over(house, await begun(house), folder)
    await only(house, recording, AssetKind.POSTER)
    return recording


async def now(house: House, recording: Recording) -> tuple[AssetStatus, AssetFailure | None]:
    async with house.ctx.database.read() as tx:
        [poster] = await assets.of_recording(tx, recording.id)
    return poster.status, poster.reason


async def passed(house: House, seconds: float) -> None:
    """So long, look by look."""
    for _ in range(round(seconds / LOOK_EVERY_S)):
        await house.clock.advance(LOOK_EVERY_S)
        await house.settle()


async def test_the_leader_makes_what_a_lost_server_left_in_shared_storage(house: House, tmp_path: Path) -> None:
    recording, leader = await a_poster_to_make(house, tmp_path), Alone(is_leader=False)
    async with another_server(house, leader, is_shared=True) as (other, lost):
        await passed(house, 2 * LOST_AFTER_S)
        assert list(lost.makes_for()) == []
        leader.is_leader = True
        async with at_work(other, tmp_path, recording, makes_for=lost.makes_for) as hand:
            assert (await hand.get(POSTER)).status_code == 200


async def test_what_only_a_lost_server_has_fails_until_it_is_back(house: House, tmp_path: Path) -> None:
    recording = await a_poster_to_make(house, tmp_path)
    lost = (AssetStatus.FAILED, AssetFailure.SERVER_LOST)

    async def is_ready() -> bool:
        return await now(house, recording) == (AssetStatus.READY, None)

    async with another_server(house, Alone(), is_shared=False) as (other, _):
        await passed(house, LOST_AFTER_S)
        assert await now(house, recording) == (AssetStatus.PREPARING, None)
        await passed(house, 2 * LOOK_EVERY_S)
        assert await now(house, recording) == lost
        await request_assets(other.ctx, other.server, recording.id, [AssetKind.POSTER])
        assert await now(house, recording) == (AssetStatus.PREPARING, None)
        await passed(house, LOST_AFTER_S + 2 * LOOK_EVERY_S)
        assert await now(house, recording) == lost
    async with at_work(house, tmp_path, recording) as hand:
        await until(is_ready, what="the poster to be made")
        assert (await hand.get(POSTER)).status_code == 200
