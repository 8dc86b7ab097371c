"""The object store that the tests use does what ours must rely on, over the S3 protocol, with signatures checked."""

import asyncio
import os
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import obstore
import pytest
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import S3Store

from tests.support.s3 import S3Server

PART_BYTES = 5 * 1024 * 1024  # the least that S3 takes but as the last


@pytest.fixture
def s3(tmp_path: Path) -> Iterator[S3Server]:
    with S3Server(tmp_path / "s3") as server:
        yield server


@pytest.fixture
def store(s3: S3Server) -> S3Store:
    return s3.store()


async def read(store: S3Store, path: str) -> bytes:
    return bytes(await (await obstore.get_async(store, path)).bytes_async())


async def test_an_object_is_read_as_it_was_written_until_it_is_deleted(store: S3Store) -> None:
    await obstore.put_async(store, "bc_1/720p/seg 1.m4s", b"one")
    await obstore.put_async(store, "bc_1/720p/seg 1.m4s", b"another")
    assert await read(store, "bc_1/720p/seg 1.m4s") == b"another"
    await obstore.delete_async(store, "bc_1/720p/seg 1.m4s")
    with pytest.raises((NotFoundError, FileNotFoundError)):
        await read(store, "bc_1/720p/seg 1.m4s")


async def test_objects_are_listed_below_a_prefix_and_by_folder(store: S3Store) -> None:
    paths = [f"bc_{show}/720p/seg{number}.m4s" for show in (1, 2) for number in range(3)]
    for path in paths:
        await obstore.put_async(store, path, b"x")
    listed = await obstore.list(store, prefix="bc_1").collect_async()
    assert sorted(entry["path"] for entry in listed) == paths[:3]
    folders = await obstore.list_with_delimiter_async(store)
    assert sorted(folders["common_prefixes"]) == ["bc_1", "bc_2"]
    await obstore.delete_async(store, paths[:3])
    assert not await obstore.list(store, prefix="bc_1").collect_async()


async def test_a_listing_of_more_than_one_page_is_whole(s3: S3Server, store: S3Store) -> None:
    folder = s3.folder / s3.bucket / "many"
    folder.mkdir()
    for number in range(1_001):  # S3 lists at most 1 000 at once
        (folder / f"{number:04}").touch()
    assert len({entry["path"] for entry in await obstore.list(store, prefix="many").collect_async()}) == 1_001


async def test_a_range_is_read_alone(store: S3Store) -> None:
    await obstore.put_async(store, "film.mp4", bytes(range(256)))
    assert bytes(await obstore.get_range_async(store, "film.mp4", start=100, length=5)) == bytes(range(100, 105))


async def test_a_large_object_is_written_in_parts(store: S3Store) -> None:
    data = os.urandom(2 * PART_BYTES + 1)
    await obstore.put_async(store, "film.mp4", data, use_multipart=True, chunk_size=PART_BYTES)
    assert await read(store, "film.mp4") == data


async def test_a_wrong_key_is_refused(s3: S3Server) -> None:
    with pytest.raises(BaseError):
        await obstore.put_async(s3.store(secret_key="a guess"), "x", b"x")


async def test_what_was_stored_is_there_after_the_server_was_away(s3: S3Server, store: S3Store) -> None:
    await obstore.put_async(store, "x", b"kept")
    s3.stop()
    s3.start()
    assert await read(store, "x") == b"kept"


async def test_a_signed_url_is_read_by_anybody_and_no_other(s3: S3Server, store: S3Store) -> None:
    await obstore.put_async(store, "x", b"for all")
    signed = await obstore.sign_async(store, "GET", "x", timedelta(minutes=1))
    async with httpx.AsyncClient() as anybody:
        assert (await anybody.get(signed)).content == b"for all"
        assert (await anybody.get(f"{s3.endpoint}/{s3.bucket}/x")).status_code == 403


async def test_a_server_that_says_nothing_any_more_goes_on(s3: S3Server, store: S3Store) -> None:
    await obstore.put_async(store, "x", b"kept")
    s3.freeze()
    reading = asyncio.create_task(read(store, "x"))
    done, _ = await asyncio.wait([reading], timeout=0.1)
    assert not done
    s3.thaw()
    assert await reading == b"kept"
