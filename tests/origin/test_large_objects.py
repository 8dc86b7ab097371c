"""Files of gigabytes take as long as the line takes; a store that says nothing any more is given up all the same."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import obstore
import pytest
from obstore.exceptions import BaseError
from obstore.store import ObjectStore

from onstage.origin.assets.shelf import Shelf
from onstage.origin.storing import objects
from onstage.origin.storing.objects import Pace, open_objects
from tests.support.s3 import S3Server

MB = 1024 * 1024
FILE = bytes(range(256)) * (24 * MB // 256)
"""More than lies in the buffers of a connection."""
ANSWER_S = 0.5


@pytest.fixture
def s3(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[S3Server]:
    monkeypatch.setattr(objects, "ANSWER_S", ANSWER_S)
    monkeypatch.setitem(objects.RETRY, "retry_timeout", timedelta(seconds=ANSWER_S / 3))
    with S3Server(tmp_path / "s3") as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        yield server


def assets(s3: S3Server, pace: Pace) -> ObjectStore:
    return open_objects(f"s3://{s3.bucket}/shows", "assets", pace)


async def rest(pieces: AsyncIterator[bytes]) -> bytes:
    return b"".join([piece async for piece in pieces])


async def test_a_download_takes_as_long_as_its_reader(s3: S3Server) -> None:
    await obstore.put_async(s3.store(), "shows/assets/rec_1/mp4/720p.mp4", FILE)
    pieces = await Shelf(assets(s3, Pace.DOWNLOAD)).read("rec_1/mp4/720p.mp4", None)
    first = await anext(pieces)
    await asyncio.sleep(3 * ANSWER_S)
    assert first + await rest(pieces) == FILE


async def test_a_download_ends_when_the_store_says_nothing_any_more(s3: S3Server) -> None:
    await obstore.put_async(s3.store(), "shows/assets/rec_1/mp4/720p.mp4", FILE)
    pieces = await Shelf(assets(s3, Pace.DOWNLOAD)).read("rec_1/mp4/720p.mp4", None)
    await anext(pieces)
    s3.freeze()
    with pytest.raises(BaseError):
        await asyncio.wait_for(rest(pieces), 20 * ANSWER_S)


@pytest.mark.parametrize("size", [MB, 12 * MB])
async def test_an_upload_outlasts_the_time_of_an_answer(s3: S3Server, size: int) -> None:
    store = assets(s3, Pace.UPLOAD)
    s3.freeze()
    upload = asyncio.ensure_future(obstore.put_async(store, "rec_1/mp4/720p.mp4", FILE[:size]))
    await asyncio.sleep(4 * ANSWER_S)
    s3.thaw()
    await upload
    found = await obstore.get_async(s3.store(), "shows/assets/rec_1/mp4/720p.mp4")
    assert bytes(await found.bytes_async()) == FILE[:size]
