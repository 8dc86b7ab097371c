"""Chat."""

import pytest

from onstage.actions.messages import send_message
from onstage.actions.reading import read_messages
from onstage.actions.snapshot import MESSAGES_KEPT
from onstage.errors import ErrorCode, OnstageError
from tests.support.house import House


async def test_what_is_said_is_kept_in_order_and_told_to_all(house: House) -> None:
    vic = await house.join("vic", "viewer")
    for text in ("one", "two", "three"):
        await send_message(house.ctx, house.caller(vic), "show", text)
        await house.clock.advance(1)
    assert [one.text for one in await read_messages(house.ctx, house.server, "show", limit=2)] == ["two", "three"]
    event = (await house.events())[-1]
    assert event.recipients.everyone
    assert event.data["message"]["sender_name"] == "Vic"


async def test_markup_in_a_message_stays_what_was_said(house: House) -> None:
    text = "<script>alert('x')</script> & \u202e"
    vic = await house.join("vic", "viewer")
    message = await send_message(house.ctx, house.caller(vic), "show", text)
    assert message.text == text
    assert (await house.snapshot(vic))["messages"][0]["text"] == text


async def test_a_server_is_nobody_and_says_nothing(house: House) -> None:
    await house.join("vic", "viewer")
    with pytest.raises(OnstageError) as caught:
        await send_message(house.ctx, house.server, "show", "hello")
    assert caught.value.code is ErrorCode.PERMISSION_DENIED


async def test_a_snapshot_holds_the_newest_messages(house: House) -> None:
    vic = await house.join("vic", "viewer")
    for n in range(MESSAGES_KEPT + 3):
        await send_message(house.ctx, house.caller(vic), "show", str(n))
        await house.clock.advance(1)
    texts = [one["text"] for one in (await house.snapshot(vic))["messages"]]
    assert texts == [str(n) for n in range(3, MESSAGES_KEPT + 3)]
