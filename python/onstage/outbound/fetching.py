"""Fetching a file from a URL that somebody gave us: as guarded as a post, bounded in size and time, never unpacked."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

import httpcore

from onstage.outbound.client import Failure, Outbound

WHOLE_WITHIN_S = 600.0
_OK = 200


async def fetched_whole(outbound: Outbound, url: str, *, most_bytes: int) -> bytes:
    """A small file's bytes.

    Raises:
        Failure: as `fetched`.
    """
    async with aclosing(fetched(outbound, url, most_bytes=most_bytes)) as pieces:
        return b"".join([piece async for piece in pieces])


async def fetched(outbound: Outbound, url: str, *, most_bytes: int) -> AsyncGenerator[bytes, None]:
    """The file's bytes as they come; never more than `most_bytes`.

    Raises:
        Failure: it could not be fetched; the text says why, without the URL.
    """
    ends_at = asyncio.get_running_loop().time() + WHOLE_WITHIN_S
    left = most_bytes
    async with outbound.get(url) as answer:
        _check(answer, most_bytes)
        async for piece in answer.aiter_stream():
            left -= len(piece)
            if left < 0:
                raise _too_large(most_bytes)
            if asyncio.get_running_loop().time() > ends_at:
                raise Failure(f"it did not come within {WHOLE_WITHIN_S:.0f} s")
            yield piece


def _check(answer: httpcore.Response, most_bytes: int) -> None:
    if 300 <= answer.status < 400:
        raise Failure("it is elsewhere; give the URL that this one redirects to")
    if answer.status != _OK:
        raise Failure(f"its server answers {answer.status}")
    headers = {name.lower(): value for name, value in answer.headers}
    if headers.get(b"content-encoding", b"identity") != b"identity":
        raise Failure("its server packs it, which was not asked for")
    declared = headers.get(b"content-length", b"0")
    if declared.isdigit() and int(declared) > most_bytes:
        raise _too_large(most_bytes)


def _too_large(most_bytes: int) -> Failure:
    return Failure(f"it is larger than {most_bytes} bytes")
