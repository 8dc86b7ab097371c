"""The composer's end of the socket to the server. One thread reads and one writes: the clock waits for neither."""

import os
import queue
import socket
import sys
from collections import deque
from collections.abc import Callable

import structlog

from onstage.composer import wire
from onstage.composer.threads import start_thread

MOST_UNSENT = 384
"""Messages the server may be behind: half a minute of a ladder of five and its sound. Beyond that it does not read at
all, and there is no going on."""
_FINISH_WITHIN_S = 5.0
_READ_BYTES = 65_536
_log = structlog.get_logger(__name__)


def exit_now(code: int) -> None:
    """End the process from any thread, without waiting for the SDK's own threads, with its last words written."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


class Link:
    """Messages to and from the server. When it is gone, so are we (design §10.12)."""

    def __init__(self, connection: socket.socket, *, end: Callable[[int], None] = exit_now) -> None:
        """Take over a connection.

        Args:
            connection: Our end of the pair.
            end: Ends the process with an exit code, from whichever thread finds out that the server is gone (0) or
                that it makes no sense (1). Returns only in tests.
        """
        self._socket = connection
        self._end = end
        self._decoder = wire.Decoder()
        self._unsent: queue.Queue[wire.Up | None] = queue.Queue(MOST_UNSENT)
        self.received: deque[wire.Message] = deque()

    def start(self) -> wire.Start | None:
        """Wait for the first message, then read and write in the background. None: the server was gone already.

        Raises:
            wire.WireError: The first message is not a start, or not a message at all.
        """
        while not self.received:
            data = self._socket.recv(_READ_BYTES)
            if not data:
                return None
            self.received.extend(self._decoder.feed(data))
        first = self.received.popleft()
        if not isinstance(first, wire.Start):
            raise wire.WireError("the first message is not a start")
        start_thread("link-reader", self._read)
        self._writer = start_thread("link-writer", self._write)
        return first

    def send(self, message: wire.Up) -> None:
        """Send in the background."""
        try:
            self._unsent.put_nowait(message)
        except queue.Full:
            _log.error("server_does_not_read", unsent=MOST_UNSENT)
            self._end(1)

    def finish(self) -> None:
        """Return once everything has been sent, or the server has not read it in time."""
        try:
            self._unsent.put(None, timeout=_FINISH_WITHIN_S)
        except queue.Full:
            return
        self._writer.join(_FINISH_WITHIN_S)

    def _read(self) -> None:
        try:
            while data := self._socket.recv(_READ_BYTES):
                self.received.extend(self._decoder.feed(data))
        except wire.WireError as error:
            _log.error("server_makes_no_sense", error=str(error))
            self._end(1)
            return
        except OSError:
            pass  # as good as the end
        self._end(0)

    def _write(self) -> None:
        while (message := self._unsent.get()) is not None:
            try:
                self._socket.sendall(wire.encode(message))
            except OSError:
                self._end(0)
                return
