"""One target of a running show: a thread that connects, publishes, and tells what becomes of it. One attempt."""

import time
from collections.abc import Callable
from dataclasses import dataclass

from onstage.composer import wire
from onstage.composer.outputs.chunks import Kind, ProtocolError
from onstage.composer.outputs.connection import Connection, DownError, Endpoint
from onstage.composer.outputs.feed import Feed
from onstage.composer.outputs.rtmp import Publisher, RefusedError, Stage
from onstage.composer.threads import start_thread
from onstage.model.outputs import OutputTrouble
from onstage.model.targets import TargetState

AGREED_WITHIN_S = 15.0
"""From the first byte until the server takes the stream."""
LOOK_EVERY_S = 0.5
SLOW_FOR_S = 10.0
"""Since the last drop, until a target counts as keeping up again."""


@dataclass(frozen=True, slots=True)
class Headers:
    """What every target is told before the first picture."""

    metadata: bytes
    video: bytes
    audio: bytes


class Target:
    """Feeds one target from now on, until it fails or is closed. Tells what is wrong once, and is over then."""

    def __init__(self, add: wire.AddTarget, headers: Headers, tell: Callable[[TargetState], None]) -> None:
        self.feed = Feed()
        self._add = add
        self._headers = headers
        self._tell = tell
        self._publisher = Publisher(add.url)
        self._slow_until_s = 0.0
        self._drops = 0
        self._thread = start_thread("target", self._run)

    def close(self) -> None:
        """End the stream in order, in the background."""
        self.feed.close()

    def join(self, within_s: float) -> None:
        """Wait for so long until it has ended."""
        self._thread.join(within_s)

    def _run(self) -> None:
        try:
            self._publish()
        except DownError as error:
            self._down(error.trouble, error.detail)
        except RefusedError as error:
            self._down(OutputTrouble.REFUSED, str(error))
        except ProtocolError as error:
            self._down(OutputTrouble.UNREACHABLE, f"it does not speak RTMP: {error}")

    def _down(self, trouble: OutputTrouble, detail: str) -> None:
        self.feed.close()
        if trouble is OutputTrouble.LOST and self._publisher.stage is not Stage.LIVE:
            is_rtmp = self._publisher.stage is not Stage.HANDSHAKE
            trouble = OutputTrouble.CLOSED if is_rtmp else OutputTrouble.UNREACHABLE
        self._tell(TargetState(self._add.output_id, is_live=False, trouble=trouble, detail=detail))

    def _publish(self) -> None:
        url = self._add.url
        connection = Connection(Endpoint(self._add.addresses, url.port, url.host.strip("[]"), url.scheme == "rtmps"))
        try:
            self._agree(connection)
            if self._publisher.stage is Stage.LIVE:
                self._send_headers(connection)
                self.feed.open()
                self._tell(TargetState(self._add.output_id, is_live=True))
                self._send_all(connection)
                connection.send(self._publisher.finish())
        finally:
            connection.close()

    def _agree(self, connection: Connection) -> None:
        ends_at_s = time.monotonic() + AGREED_WITHIN_S
        connection.send(self._publisher.begin())
        while self._publisher.stage is not Stage.LIVE and not self.feed.is_over:
            left_s = ends_at_s - time.monotonic()
            if left_s <= 0:
                raise DownError(OutputTrouble.UNREACHABLE, f"no agreement within {AGREED_WITHIN_S:.0f} s")
            self._hear(connection, min(left_s, LOOK_EVERY_S))

    def _hear(self, connection: Connection, within_s: float) -> None:
        data = connection.receive(within_s)
        if data is not None:
            for answer in self._publisher.receive(data):
                connection.send(answer)

    def _send_headers(self, connection: Connection) -> None:
        tags = (
            (Kind.DATA, self._headers.metadata),
            (Kind.VIDEO, self._headers.video),
            (Kind.AUDIO, self._headers.audio),
        )
        connection.send(b"".join(self._publisher.media(kind, body, 0) for kind, body in tags))

    def _send_all(self, connection: Connection) -> None:
        while not self.feed.is_over:
            tag = self.feed.take(LOOK_EVERY_S)
            if tag is not None:
                connection.send(self._publisher.media(tag.kind, tag.body, tag.at_ms))
            self._hear(connection, 0.0)
            self._tell_of_slowness(time.monotonic())

    def _tell_of_slowness(self, now_s: float) -> None:
        if self.feed.drops != self._drops:
            self._drops = self.feed.drops
            if not self._slow_until_s:
                self._tell(TargetState(self._add.output_id, is_live=True, trouble=OutputTrouble.SLOW))
            self._slow_until_s = now_s + SLOW_FOR_S
        elif self._slow_until_s and now_s >= self._slow_until_s:
            self._slow_until_s = 0.0
            self._tell(TargetState(self._add.output_id, is_live=True))
