"""Who plays by a URL alone is counted while they do, once, and within bounds."""

from typing import Any

import pytest

from onstage.actions.broadcast_life import report_status
from onstage.actions.reading import read_counts
from onstage.jobs.metrics import Metrics
from onstage.jobs.viewers import TELL_EVERY_S, ViewerCounting
from onstage.model.records import BroadcastStatus
from onstage.origin.doors import viewers as bounds
from onstage.origin.doors.viewers import BEACON_COUNTS_S, BEACON_EVERY_S, NEW_PER_ADDRESS
from tests.playback.venue import Venue

SIDS = [f"viewer-{number:04}" for number in range(10)]
TARGET_S = 2


async def reload(venue: Venue, sid: str, **headers: str) -> None:
    answer = await venue.get(f"/live/{venue.media_list}?sid={sid}", headers)
    assert answer.status_code == 200


async def beacon(venue: Venue, sid: str, show: str | None = None, **headers: str) -> Any:
    show = show or venue.window.broadcast_id
    return await venue.show.client.post(f"/live/{show}/beacon?sid={sid}", headers=headers)


def count(venue: Venue) -> int:
    return venue.viewers.counts().get(venue.window.broadcast_id, 0)


async def test_a_player_is_counted_once_for_three_target_durations_after_each_reload(venue: Venue) -> None:
    for sid in SIDS[:3] * 4:
        await reload(venue, sid)
    assert count(venue) == 3
    await venue.house.clock.advance(3 * TARGET_S - 0.001)
    await reload(venue, SIDS[0])
    assert count(venue) == 3
    await venue.house.clock.advance(0.001)
    assert count(venue) == 1
    await venue.house.clock.advance(3 * TARGET_S)
    assert count(venue) == 0


async def test_a_player_that_waits_in_a_held_reload_is_counted(venue: Venue) -> None:
    assert (await venue.get("/live/" + venue.media_list)).status_code == 200
    held = await venue.show.held(f"/live/{venue.media_list}?_HLS_msn=4&_HLS_part=0&sid={SIDS[0]}")
    assert count(venue) == 1
    await venue.show.feed(1)
    assert (await held).status_code == 200


async def test_the_sid_changes_no_byte_and_stands_in_no_child(venue: Venue) -> None:
    plain = await venue.get("/live/" + venue.media_list)
    counted = await venue.get(f"/live/{venue.media_list}?sid={SIDS[0]}")
    assert counted.content == plain.content
    assert counted.headers == plain.headers
    assert SIDS[0] not in (await venue.get(f"/live/{venue.room_list}?sid={SIDS[0]}")).text


async def test_a_player_without_a_sid_or_with_a_bad_one_plays_and_is_not_counted(venue: Venue) -> None:
    for query in ("", "?sid=", "?sid=short", f"?sid={'x' * 65}", "?sid=with%20space", "?sid=%00%00%00%00%00%00%00%00"):
        assert (await venue.get(f"/live/{venue.media_list}{query}")).status_code == 200
    assert count(venue) == 0


async def test_behind_a_cache_a_beacon_counts_until_the_next_but_one_is_missing(venue: Venue) -> None:
    for show in (venue.window.broadcast_id, venue.house.room.id):
        answer = await beacon(venue, SIDS[0], show)
        assert (answer.status_code, answer.content) == (204, b"")
        assert answer.headers["cache-control"] == "no-store"
    assert count(venue) == 1
    assert BEACON_COUNTS_S > 2 * BEACON_EVERY_S
    await venue.house.clock.advance(BEACON_COUNTS_S - 1)
    await reload(venue, SIDS[0])  # which would count for a shorter time
    await venue.house.clock.advance(3 * TARGET_S)
    assert count(venue) == 0


async def test_a_beacon_that_says_nothing_is_malformed_and_one_for_nothing_not_found(venue: Venue) -> None:
    for sid in ("", "short"):
        assert ((await beacon(venue, sid)).status_code, (await beacon(venue, sid)).json()["code"]) == (422, "malformed")
    assert (await beacon(venue, SIDS[0], "bc_nothing")).json()["code"] == "broadcast_not_found"


async def test_one_address_can_make_up_only_so_many_viewers_a_minute(venue: Venue) -> None:
    for number in range(NEW_PER_ADDRESS):
        assert (await beacon(venue, f"made-up-{number}")).status_code == 204
    refused = await beacon(venue, "one-more-of-them")
    assert (refused.status_code, refused.json()["code"]) == (429, "rate_limited")
    assert int(refused.headers["retry-after"]) > 0
    await reload(venue, "one-more-of-them")  # it plays all the same
    assert count(venue) == NEW_PER_ADDRESS
    assert (await beacon(venue, "made-up-0")).status_code == 204  # who is known goes on
    assert (await beacon(venue, SIDS[0], **{"X-Address": "elsewhere"})).status_code == 204
    await venue.house.clock.advance(60)
    assert (await beacon(venue, "one-more-of-them")).status_code == 204


async def test_memory_is_bounded_whoever_asks(venue: Venue, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounds, "MOST_VIEWERS", 5)
    answers = [(await beacon(venue, sid)).status_code for sid in SIDS[:7]]
    assert answers == [204] * 5 + [429] * 2
    await venue.house.clock.advance(BEACON_COUNTS_S)
    assert count(venue) == 0
    assert (await beacon(venue, SIDS[6])).status_code == 204


async def test_counts_reach_the_room_and_the_metrics_and_go_with_the_broadcast(venue: Venue) -> None:
    house, metrics = venue.house, Metrics()
    counting = ViewerCounting(house.ctx, venue.viewers, metrics)
    await counting.start()

    async def told() -> int:
        await house.clock.advance(TELL_EVERY_S)
        await house.settle()
        return (await read_counts(house.ctx, house.server, "show")).hls

    assert await told() == 0
    for sid in SIDS[:4]:
        await beacon(venue, sid)
    assert await told() == 4
    assert venue.following.counted == [house.room.id]
    label = f'onstage_broadcast_viewers{{broadcast="{venue.window.broadcast_id}"}} 4.0'
    assert label in metrics.text().decode()
    vic = await house.join("vic", "viewer")
    assert (await house.snapshot(vic))["counts"] == {"stage": 0, "audience": 0, "viewer": 1, "hls": 4}
    assert await told() == 4
    assert venue.following.counted.count(house.room.id) == 2  # for vic; an unchanged count is not told again
    await report_status(house.ctx, venue.window.broadcast_id, BroadcastStatus.ENDED)
    assert (await read_counts(house.ctx, house.server, "show")).hls == 0
    await house.clock.advance(BEACON_COUNTS_S)
    for _ in range(2):  # nobody, and then nothing
        await told()
    assert venue.window.broadcast_id not in metrics.text().decode()
    await counting.stop()
