"""What apps put on a show's timeline."""

from datetime import timedelta

import pytest

from onstage.actions import captions as captioning
from onstage.actions.bodies.base import parse
from onstage.actions.bodies.timed import SendCaptions
from onstage.actions.broadcast_life import report_status
from onstage.actions.broadcasts import NewBroadcast, start_broadcast
from onstage.actions.captions import NewCue, send_captions
from onstage.actions.timed_metadata import MOST_IN_WINDOW, WINDOW_S, NewMetadata, send_metadata
from onstage.errors import ErrorCode, OnstageError
from onstage.model.captions import CaptionTrack
from onstage.model.records import Broadcast, BroadcastStatus
from onstage.store import captions, timed_metadata
from tests.support.house import House

ENGLISH = CaptionTrack(language="en", name="English")


async def on_air(house: House) -> Broadcast:
    await house.join("ann", "host")
    return await start_broadcast(house.ctx, house.server, house.room.id, NewBroadcast(captions=(ENGLISH,)))


async def test_metadata_is_at_the_moment_at_which_it_was_sent(house: House) -> None:
    show = await on_air(house)
    began = house.clock.now()
    first = await send_metadata(house.ctx, house.server, show.id, NewMetadata("one", 2.5))
    await house.clock.advance(3)
    second = await send_metadata(house.ctx, house.server, show.id, NewMetadata("two"))
    async with house.ctx.database.read() as tx:
        assert await timed_metadata.since(tx, show.id, began) == [first, second]
        assert await timed_metadata.since(tx, show.id, began + timedelta(seconds=1)) == [second]
    assert (first.at, second.at) == (began, began + timedelta(seconds=3))


async def test_no_more_metadata_than_a_playlist_bears(house: House) -> None:
    show = await on_air(house)
    for _ in range(MOST_IN_WINDOW):
        await send_metadata(house.ctx, house.server, show.id, NewMetadata("x"))
    with pytest.raises(OnstageError) as caught:
        await send_metadata(house.ctx, house.server, show.id, NewMetadata("x"))
    assert (caught.value.code, caught.value.retry_after_s) == (ErrorCode.RATE_LIMITED, WINDOW_S)
    await house.clock.advance(WINDOW_S + 1)
    await send_metadata(house.ctx, house.server, show.id, NewMetadata("x"))


async def test_a_line_without_times_is_shown_from_now_for_as_long_as_it_takes_to_read(house: House) -> None:
    show = await on_air(house)
    now = house.clock.now()
    cues = [NewCue("Hi"), NewCue("x" * 60), NewCue("then", now - timedelta(seconds=4), now - timedelta(seconds=2))]
    short, long, earlier = await send_captions(house.ctx, house.server, show.id, "en", cues)
    assert (short.starts_at, short.ends_at - short.starts_at) == (now, timedelta(seconds=1.5))
    assert long.ends_at - long.starts_at == timedelta(seconds=4)
    async with house.ctx.database.read() as tx:
        latest = await captions.since(tx, show.id, now - timedelta(seconds=1))
        assert sorted(latest, key=lambda one: one.ends_at) == [short, long]
        assert (await captions.since(tx, show.id, now - timedelta(seconds=3)))[0] == earlier


async def test_captions_of_a_language_that_players_were_not_told_of_are_refused(house: House) -> None:
    show = await on_air(house)
    with pytest.raises(OnstageError) as caught:
        await send_captions(house.ctx, house.server, show.id, "fr", [NewCue("Salut")])
    assert caught.value.code is ErrorCode.CAPTION_LANGUAGE_UNKNOWN
    assert caught.value.expected == "one of en"


@pytest.mark.parametrize("from_now", [timedelta(minutes=-6), timedelta(minutes=6), timedelta(days=2_000_000)])
async def test_a_line_of_long_ago_or_of_times_to_come_is_refused(house: House, from_now: timedelta) -> None:
    show = await on_air(house)
    with pytest.raises(OnstageError) as caught:
        await send_captions(house.ctx, house.server, show.id, "en", [NewCue("x", house.clock.now() + from_now)])
    assert [(one.path, one.problem[:14]) for one in caught.value.errors] == [("cues.0.starts_at", "must be within")]


async def test_no_more_lines_than_a_show_bears(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(captioning, "MOST_NEAR", 3)
    show = await on_air(house)
    await send_captions(house.ctx, house.server, show.id, "en", [NewCue("x"), NewCue("y")])
    with pytest.raises(OnstageError) as caught:
        await send_captions(house.ctx, house.server, show.id, "en", [NewCue("x"), NewCue("y")])
    assert caught.value.code is ErrorCode.RATE_LIMITED
    await send_captions(house.ctx, house.server, show.id, "en", [NewCue("x")])


async def test_nothing_is_put_on_a_show_that_is_over(house: House) -> None:
    show = await on_air(house)
    await report_status(house.ctx, show.id, BroadcastStatus.ENDED)
    for sending in (
        send_metadata(house.ctx, house.server, show.id, NewMetadata("x")),
        send_captions(house.ctx, house.server, show.id, "en", [NewCue("x")]),
    ):
        with pytest.raises(OnstageError) as caught:
            await sending
        assert caught.value.code is ErrorCode.BROADCAST_OVER


@pytest.mark.parametrize(
    ("cue", "problem"),
    [
        ({"text": "x", "ends_at": "2026-01-01T00:00:01Z"}, "needs `starts_at`"),
        ({"text": "x", "starts_at": "2026-01-01T00:00:01Z", "ends_at": "2026-01-01T00:00:01Z"}, "within 60 seconds"),
        ({"text": "x", "starts_at": "2026-01-01T00:00:01Z", "ends_at": "2026-01-01T00:01:02Z"}, "within 60 seconds"),
        ({"text": "\x00"}, "control"),
        ({"text": ""}, "character"),
    ],
)
def test_what_is_no_line_is_told(cue: dict[str, str], problem: str) -> None:
    with pytest.raises(OnstageError) as caught:
        parse(SendCaptions, {"language": "en", "cues": [cue]})
    [found] = caught.value.errors
    assert found.path.startswith("cues.0")
    assert problem in found.problem
