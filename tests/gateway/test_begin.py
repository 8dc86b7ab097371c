"""Connections that end while they begin."""

import asyncio
from typing import Any

import pytest

from onstage.errors import ErrorCode, OnstageError
from tests.support.gateway import ServedHouse
from tests.support.waiting import until


async def test_nothing_is_left_of_who_went_before_the_store_failed(
    doors: ServedHouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    is_asked, may_answer = asyncio.Event(), asyncio.Event()

    async def take_long(_room_id: str) -> int:
        is_asked.set()
        await may_answer.wait()
        return 0

    async def fail(*_: Any) -> None:
        raise OnstageError(ErrorCode.STORE_UNAVAILABLE)

    monkeypatch.setattr(doors.gateway._feeds, "_newest_seq", take_long)
    monkeypatch.setattr("onstage.gateway.welcomes.take_snapshots", fail)
    async with doors.client(await doors.token("anna", "host")):
        await is_asked.wait()
    await until(lambda: doors.gateway.connections == 0, what="the socket to be gone")
    may_answer.set()
    await until(lambda: not doors.gateway._work, what="the hello to be answered")
    assert doors.gateway._feeds._feeds == {}
