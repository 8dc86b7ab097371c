"""Pages with the newest first leave nobody out, also of those that began at the same moment."""

from dataclasses import replace

from onstage.model.ids import BroadcastId
from onstage.model.ladder import LADDERS
from onstage.model.media import VideoEncoderName
from onstage.model.records import Broadcast, BroadcastStatus, CanvasShape, Layout, Quality
from onstage.store import broadcasts
from tests.support.house import House


async def test_shows_of_one_moment_are_on_one_page_or_the_next(house: House) -> None:
    now = house.clock.now()
    first = Broadcast(
        id=BroadcastId("bc_0"),
        project_id=house.project.id,
        room_id=house.room.id,
        session_id=None,
        title="",
        status=BroadcastStatus.ENDED,
        reason=None,
        layout=Layout(),
        canvas=CanvasShape.WIDE,
        quality=Quality.LOW,
        ladder=LADDERS[Quality.LOW],
        encoder=VideoEncoderName.X264,
        profile="default",
        started_at=now,
        live_at=None,
        ended_at=now,
    )
    ids = [f"bc_{number}" for number in range(4)]
    async with house.ctx.database.begin() as tx:
        for one in ids:
            await broadcasts.add(tx, replace(first, id=BroadcastId(one)))
        found, after = list[str](), None
        while page := await broadcasts.page(tx, house.room.id, after=after, limit=1):
            after = page[-1].id
            found.append(after)
    assert found == ids[::-1]
