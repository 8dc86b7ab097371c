"""The composer process: a socket to the server, a thread that reads the stage, and the clock that drives the show."""

import os
import queue
import socket
import sys
import threading
import time
from collections import deque
from datetime import UTC, datetime

import structlog

from onstage.composer import wire
from onstage.composer.show import Show
from onstage.composer.source import Source
from onstage.composer.stage import Stage

STATS_EVERY_S = 2.0
LATE_AFTER_FRAMES = 1.0
REPEAT_AFTER_FRAMES = 3.0
"""Behind by more, a tick repeats the last picture, which costs less, until the clock is caught up with."""
MOST_UNSENT = 64
"""Messages the server may be behind. Beyond that it does not read at all, and there is no use in going on."""
_READ_BYTES = 65_536
_log = structlog.get_logger(__name__)


class Link:
    """Our end of the socket. A thread reads and one writes, so that the clock waits for neither."""

    def __init__(self, fd: int) -> None:
        self._socket = socket.socket(fileno=fd)
        self._decoder = wire.Decoder()
        self._first: list[wire.Message] = []
        self._unsent: queue.Queue[wire.Up | None] = queue.Queue(MOST_UNSENT)
        self._writer = threading.Thread(target=self._write, name="writer", daemon=True)
        self.received: deque[wire.Message] = deque()

    def start(self) -> wire.Start:
        """Wait for the first message, then read and write in the background."""
        while not self._first:
            data = self._socket.recv(_READ_BYTES)
            if not data:
                sys.exit(0)
            self._first.extend(self._decoder.feed(data))
        first, *others = self._first
        if not isinstance(first, wire.Start):
            raise wire.WireError("the first message is not a start")
        self.received.extend(others)
        threading.Thread(target=self._read, name="reader", daemon=True).start()
        self._writer.start()
        return first

    def send(self, message: wire.Up) -> None:
        """Send in the background."""
        try:
            self._unsent.put_nowait(message)
        except queue.Full:
            _log.error("server_does_not_read")
            os._exit(1)

    def finish(self) -> None:
        """Return once everything has been sent."""
        self._unsent.put(None)
        self._writer.join()

    def _read(self) -> None:
        while data := self._socket.recv(_READ_BYTES):
            self.received.extend(self._decoder.feed(data))
        os._exit(0)  # the server is gone (design §10.12)

    def _write(self) -> None:
        while (message := self._unsent.get()) is not None:
            try:
                self._socket.sendall(wire.encode(message))
            except OSError:
                os._exit(0)


class Meter:
    """Counts for the statistics."""

    def __init__(self) -> None:
        self.ticks = 0
        self.late_ticks = 0
        self.repeated = 0
        self._work_s: list[float] = []
        self._bytes = 0
        self._since_s = time.monotonic()
        self._shown: dict[str, int] = {}

    def ticked(self, work_s: float, *, is_late: bool, repeats: bool) -> None:
        """A tick is done."""
        self.ticks += 1
        self.late_ticks += is_late
        self.repeated += repeats
        self._work_s.append(work_s)

    def sent(self, size: int) -> None:
        """A part of `size` bytes has been made."""
        self._bytes += size

    @property
    def is_due(self) -> bool:
        """Whether it is time to tell."""
        return time.monotonic() - self._since_s >= STATS_EVERY_S

    def stats(self, shown: dict[str, int]) -> wire.Stats:
        """What happened since the last call."""
        now_s = time.monotonic()
        span_s, self._since_s = now_s - self._since_s, now_s
        work, self._work_s = sorted(self._work_s) or [0.0], []
        sent, self._bytes = self._bytes, 0
        tiles = tuple(
            wire.TileStats(identity, (count - self._shown.get(identity, 0)) / span_s)
            for identity, count in shown.items()
        )
        self._shown = dict(shown)
        return wire.Stats(
            ticks=self.ticks,
            late_ticks=self.late_ticks,
            repeated=self.repeated,
            encode_ms_p50=work[len(work) // 2] * 1000,
            encode_ms_p99=work[int(len(work) * 0.99)] * 1000,
            bitrate_bps=round(sent * 8 / span_s),
            tiles=tiles,
        )


def run(fd: int) -> None:
    """Compose one broadcast, from the `Start` on the socket to a `Stop` on it, or its end."""
    link = Link(fd)
    start = link.start()
    stage = Stage(time.monotonic)
    lost: deque[str] = deque(maxlen=1)
    source = Source(start.engine_url, start.engine_token, stage, lost.append)
    source.start()
    show = Show(start, stage)
    link.send(show.init())
    reason = _perform(show, source, link, lost)
    for made in show.finish():
        link.send(made)
    link.send(wire.Ended() if reason is None else wire.Failed(reason))
    link.finish()
    os._exit(0 if reason is None else 1)  # the SDK's own threads would hold us back


def _perform(show: Show, source: Source, link: Link, lost: deque[str]) -> str | None:
    """Tick until told to stop (None), or until the stage is lost (why)."""
    meter = Meter()
    frame_s = 1 / show.profile.frame_rate
    began_s = time.monotonic()
    while not lost:
        if _obey(show, link):
            return None
        due_s = began_s + meter.ticks * frame_s
        wait_s = due_s - time.monotonic()
        if wait_s > 0:
            time.sleep(wait_s)
        behind = -wait_s / frame_s
        repeats = behind > REPEAT_AFTER_FRAMES
        work_began_s = time.monotonic()
        for made in show.tick(datetime.now(UTC), repeats=repeats):
            link.send(made)
            meter.sent(len(getattr(made, "data", b"")))
        meter.ticked(time.monotonic() - work_began_s, is_late=behind > LATE_AFTER_FRAMES, repeats=repeats)
        if meter.is_due:
            source.fit_layers(small=show.has_small_tiles)
            link.send(meter.stats(show.shown))
    return lost[0]


def _obey(show: Show, link: Link) -> bool:
    """Follow what the server said; whether it said to stop."""
    while link.received:
        match link.received.popleft():
            case wire.Stop():
                return True
            case wire.SetLayout(layout):
                show.layout = layout
            case other:
                _log.warning("unexpected_message", kind=type(other).__name__)
    return False
