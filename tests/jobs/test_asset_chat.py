"""Chat logs of long shows: read and written a page at a time, so that the server answers meanwhile."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from onstage.actions.asset_life import PAGE_MESSAGES, read_said
from onstage.actions.broadcast_life import report_status
from onstage.actions.recordings import read_recordings
from onstage.model.ids import MessageId
from onstage.model.records import BroadcastStatus, Message
from onstage.origin.assets.plan import Line, add_lines, read_lines
from onstage.store import messages
from tests.jobs.test_assets import begun, said
from tests.support.clock import EPOCH
from tests.support.house import House


async def many(house: House, like: Message, count: int) -> list[str]:
    """So many messages more, each a moment after the one before; their ids."""
    made = [
        replace(
            like,
            id=MessageId(f"msg_{like.seq}_{number}"),
            seq=like.seq + 1 + number,
            sent_at=like.sent_at + timedelta(milliseconds=number),
        )
        for number in range(count)
    ]
    async with house.ctx.database.begin() as tx:
        for one in made:
            await messages.add(tx, one)
    return [one.id for one in made]


async def test_a_long_log_is_read_in_pages_in_order(house: House) -> None:
    await house.join("vic", "viewer")
    show = await begun(house)
    first = await said(house, "first")
    expected = [first.id, *await many(house, first, PAGE_MESSAGES + 1)]
    await house.clock.advance(PAGE_MESSAGES / 500)
    await report_status(house.ctx, show.id, BroadcastStatus.ENDED)
    [recording] = await read_recordings(house.ctx, house.server, room="show", after=None, limit=1)
    pages = [page async for page in read_said(house.ctx, recording)]
    assert [len(page) for page in pages] == [PAGE_MESSAGES, 2]
    assert [one.id for page in pages for one in page] == expected


def test_pages_of_a_log_are_written_behind_one_another(tmp_path: Path) -> None:
    lines = [Line(f"msg_{number}", None, "Vic", "a\nline\u2028of é", EPOCH) for number in range(3)]
    assert read_lines(tmp_path) == []
    add_lines(tmp_path, lines[:2])
    add_lines(tmp_path, lines[2:])
    assert read_lines(tmp_path) == lines
