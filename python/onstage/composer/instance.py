"""One life of a composer: its process and our end of its socket. The supervisor decides what follows its death."""

import asyncio
import contextlib
import socket
import sys
from collections.abc import AsyncIterator, Sequence
from typing import Protocol, Self

from onstage.children import Child, spawn
from onstage.composer import wire

COMMAND = (sys.executable, "-m", "onstage.composer")
"""How a composer is started; `--fd N` follows. The same as `onstage composer`, without importing the server."""

_READ_BYTES = 256 * 1024


class ComposerInstance:
    """A running composer process. Made by `start`."""

    def __init__(self, child: Child, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._child = child
        self._reader = reader
        self._writer = writer

    @classmethod
    async def spawn(cls, command: Sequence[str]) -> Self:
        """Start the process, which then waits for a `Start` to be sent.

        Raises:
            OSError: The process could not be started.
        """
        ours, theirs = socket.socketpair()
        try:
            with theirs:
                argv = [*command, "--fd", str(theirs.fileno())]
                child = await spawn(argv, name="composer", pass_fds=[theirs.fileno()])
        except OSError:
            ours.close()
            raise
        reader, writer = await asyncio.open_unix_connection(sock=ours, limit=_READ_BYTES)
        return cls(child, reader, writer)

    @property
    def pid(self) -> int:
        """The child's process id."""
        return self._child.pid

    @property
    def is_running(self) -> bool:
        """Whether the process has not ended yet."""
        return self._child.returncode is None

    async def ended(self) -> int:
        """Return the exit code once the process has ended."""
        return await self._child.wait()

    def send(self, message: wire.Down) -> None:
        """Send a message; lost without a word if the composer is dead, which `messages` tells."""
        if not self._writer.is_closing():
            self._writer.write(wire.encode(message))

    async def messages(self) -> AsyncIterator[wire.Up]:
        """Everything the composer says, until it closes its end.

        Raises:
            WireError: It said something that is no message from a composer.
        """
        decoder = wire.Decoder()
        while data := await self._read():
            for message in decoder.feed(data):
                if isinstance(message, wire.Down):
                    raise wire.WireError(f"a composer does not send {type(message).__name__}")
                yield message

    async def _read(self) -> bytes:
        try:
            return await self._reader.read(_READ_BYTES)
        except ConnectionError:
            return b""

    def kill(self) -> None:
        """End it at once; `messages` then ends."""
        self._child.kill()

    async def close(self, grace_s: float) -> int:
        """Close our end, give the process `grace_s` seconds to end by itself, then kill it. Returns its exit code."""
        self._writer.close()
        with contextlib.suppress(ConnectionError):
            await self._writer.wait_closed()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(grace_s):
                await self._child.wait()
        return await self._child.stop(grace_s=0.0)

    def last_words(self) -> str:
        """The last line it wrote to its standard output or error."""
        return self._child.tail[-1] if self._child.tail else "without a word"


class Composers(Protocol):
    """Where supervisors get composers from."""

    async def start_composer(self, first: wire.Start) -> ComposerInstance:
        """A composer that has been told what to compose.

        Raises:
            OSError: No process could be started.
        """
        ...


class Cold:
    """Starts each composer when it is needed."""

    def __init__(self, command: Sequence[str] = COMMAND) -> None:
        """`command` starts a composer; `--fd N` is added."""
        self._command = command

    async def start_composer(self, first: wire.Start) -> ComposerInstance:
        """A composer that has to load what it needs before its first picture.

        Raises:
            OSError: The process could not be started.
        """
        instance = await ComposerInstance.spawn(self._command)
        instance.send(first)
        return instance
