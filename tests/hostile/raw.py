"""HTTP as nobody should write it: bytes on a socket, and what comes back."""

import asyncio
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import httpx

from tests.support.waiting import DEADLINE_S


@dataclass(frozen=True, slots=True)
class Raw:
    """One answer."""

    status: int
    headers: dict[str, str]
    body: bytes


class Wire:
    """One connection."""

    def __init__(self, url: str) -> None:
        parsed = httpx.URL(url)
        self._host, self._port = parsed.host, parsed.port or 80

    async def __aenter__(self) -> Self:
        self._reader, self._writer = await asyncio.open_connection(self._host, self._port)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._writer.close()

    async def send(self, text: str | bytes) -> None:
        self._writer.write(text.encode("latin-1") if isinstance(text, str) else text)
        await self._writer.drain()

    async def answer(self, *, has_body: bool = True) -> Raw:
        """The next answer, whole; that to a HEAD has no body, whatever its length says."""
        async with asyncio.timeout(DEADLINE_S):
            head = (await self._reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            first, *lines = head.rstrip().split("\r\n")
            headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in lines)}
            length = int(headers.get("content-length", "0")) if has_body else 0
            body = await self._reader.readexactly(length)
        return Raw(int(first.split()[1]), headers, body)

    async def status_or_cut(self) -> int | None:
        """The status of the next answer; None if the other end goes without one."""
        try:
            return (await self.answer()).status
        except (ConnectionError, EOFError):
            return None

    async def is_closed(self) -> bool:
        """Whether the other end says no more."""
        async with asyncio.timeout(DEADLINE_S):
            try:
                return await self._reader.read(1) == b""
            except ConnectionResetError:
                return True


async def ask(url: str, method: str, path: str, *lines: str) -> Raw:
    """The answer to a request with exactly these header lines."""
    async with Wire(url) as wire:
        await wire.send("\r\n".join((f"{method} {path} HTTP/1.1", "Host: here", *lines, "", "")))
        return await wire.answer(has_body=method != "HEAD")


def post(path: str, *lines: str) -> str:
    """The head of a POST."""
    return "\r\n".join((f"POST {path} HTTP/1.1", "Host: here", "Content-Type: application/json", *lines, "", ""))
