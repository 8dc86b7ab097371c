"""What a show marks on its timeline by itself."""

import json
from typing import Any

import pytest

from onstage.actions.bodies.base import parse
from onstage.actions.bodies.broadcasts import UpdateBroadcast
from onstage.actions.broadcasts import BroadcastChange, NewBroadcast, start_broadcast, update_broadcast
from onstage.actions.marking import MOST_IN_WINDOW, WINDOW_S, mark_speaker
from onstage.actions.moderation import set_backstage
from onstage.actions.polls import stop_poll
from onstage.actions.promotion import PromotionRequest, demote, set_role
from onstage.actions.timed_metadata import NewMetadata, send_metadata
from onstage.errors import OnstageError
from onstage.model.marks import Mark
from onstage.model.records import Broadcast
from onstage.model.timed_metadata import TimedMetadata
from onstage.store import timed_metadata
from tests.support.house import House
from tests.support.polls import running


async def on_air(house: House, *marks: Mark) -> Broadcast:
    return await start_broadcast(house.ctx, house.server, house.room.id, NewBroadcast(marks=marks))


async def marked(house: House, show: Broadcast) -> list[TimedMetadata]:
    async with house.ctx.database.read() as tx:
        return await timed_metadata.since(tx, show.id, show.started_at)


async def told(house: House, show: Broadcast) -> list[dict[str, Any]]:
    return [json.loads(one.payload) for one in await marked(house, show)]


async def test_nothing_is_marked_unless_the_show_asks_for_it(house: House) -> None:
    show = await on_air(house)
    vic = await house.join("vic", "viewer")
    await house.promoted(vic)
    await running(house)
    await mark_speaker(house.ctx, house.room.id, "vic")
    assert await marked(house, show) == []
    await update_broadcast(house.ctx, house.server, show.id, BroadcastChange(marks=(Mark.SPEAKER,)))
    await mark_speaker(house.ctx, house.room.id, "vic")
    [told_now] = await told(house, show)
    assert told_now == {"type": "speaker", "participant_id": vic.id, "name": "Vic"}


async def test_who_comes_into_the_show_is_marked_at_that_moment_and_nobody_else(house: House) -> None:
    show = await on_air(house, Mark.PROMOTION)
    await house.join("anna", "host")
    vic, wes = await house.join("vic", "viewer"), await house.join("wes", "viewer")
    promoted = await house.promoted(vic)
    at = house.clock.now()
    await house.clock.advance(5)
    await set_role(house.ctx, house.server, house.room.id, promoted.id, "host", PromotionRequest(force=True))
    await house.promoted(wes, is_backstage=True)
    await house.clock.advance(5)
    assert [one.at for one in await marked(house, show)] == [at]
    await set_backstage(house.ctx, house.server, house.room.id, wes.id, is_backstage=False)
    await demote(house.ctx, house.server, house.room.id, vic.id, None)
    assert await told(house, show) == [
        {"type": "promotion", "participant_id": vic.id, "name": "Vic", "role": "guest"},
        {"type": "promotion", "participant_id": wes.id, "name": "Wes", "role": "guest"},
    ]


async def test_a_poll_is_marked_when_it_starts_and_stops_and_100ms_pages_offer_it(house: House) -> None:
    show = await on_air(house, Mark.POLL)
    await house.join("anna", "host")
    poll = await running(house)
    await stop_poll(house.ctx, house.server, house.room.id, poll.id)
    started, over = await marked(house, show)
    facts = {"type": "poll", "poll_id": poll.id, "title": poll.plan.title}
    assert [json.loads(one.payload) for one in (started, over)] == [
        {**facts, "status": "started"},
        {**facts, "status": "stopped"},
    ]
    assert [sorted(one.attributes) for one in (started, over)] == [
        ["X-100MSLIVE-PAYLOAD", "X-ONSTAGE-PAYLOAD"],
        ["X-ONSTAGE-PAYLOAD"],
    ]


async def test_whoever_a_show_leaves_out_has_not_the_floor_in_it(house: House) -> None:
    show = await on_air(house, Mark.SPEAKER)
    await house.join("anna", "host")
    await update_broadcast(house.ctx, house.server, show.id, BroadcastChange(mix={"muted": ["anna"]}))
    vic = await house.join("vic", "viewer")
    for identity in ("anna", vic.identity, "stranger"):
        await mark_speaker(house.ctx, house.room.id, identity)
    assert await marked(house, show) == []


async def test_marks_are_bounded_and_take_nothing_from_what_apps_may_send(house: House) -> None:
    show = await on_air(house, Mark.SPEAKER)
    await house.join("anna", "host")
    for _ in range(MOST_IN_WINDOW + 5):
        await mark_speaker(house.ctx, house.room.id, "anna")
    assert len(await marked(house, show)) == MOST_IN_WINDOW
    await send_metadata(house.ctx, house.server, show.id, NewMetadata("mine"))
    await house.clock.advance(WINDOW_S + 1)
    await mark_speaker(house.ctx, house.room.id, "anna")
    assert len(await marked(house, show)) == MOST_IN_WINDOW + 2


async def test_kinds_are_named_once_and_in_one_order() -> None:
    body = parse(UpdateBroadcast, {"marks": ["speaker", "promotion", "speaker"]})
    assert body.change().marks == (Mark.PROMOTION, Mark.SPEAKER)
    with pytest.raises(OnstageError):
        parse(UpdateBroadcast, {"marks": ["applause"]})
