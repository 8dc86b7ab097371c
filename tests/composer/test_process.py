"""The composer's link to its server, its pace and its counts, without a process."""

import queue
import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from onstage.composer import wire
from onstage.composer.link import MOST_UNSENT, Link
from onstage.composer.meter import Meter
from onstage.composer.pace import GIVE_UP_AFTER_S, Pace, StoodStillError
from onstage.model.broadcast_reasons import BroadcastReason
from onstage.model.layout import Layout, LayoutName
from onstage.model.media import Rung, SegmentEnd
from onstage.model.presentation import Presentation

START = wire.Start("bc_1", "ws://x", "t", (Rung("360p", 640, 360, 1),), 1, False, "default", Presentation("A show"))
SPOTLIGHT = Presentation("A show", Layout(name=LayoutName.SPOTLIGHT))
EPOCH = datetime(2026, 1, 1, tzinfo=UTC)
WITHIN_S = 20.0


class Ends:
    """A link, the server's end of it, and the exit codes it asked for."""

    def __init__(self) -> None:
        self.server, ours = socket.socketpair()
        self.codes: queue.Queue[int] = queue.Queue()
        self.link = Link(ours, end=self.codes.put)

    def started(self) -> "Ends":
        self.server.sendall(wire.encode(START))
        assert self.link.start() == START
        return self


@pytest.fixture
def ends() -> Iterator[Ends]:
    pair = Ends()
    yield pair
    pair.server.close()


def test_the_end_of_the_socket_ends_the_process(ends: Ends) -> None:
    ends.started().server.close()
    assert ends.codes.get(timeout=WITHIN_S) == 0


def test_a_server_that_is_gone_before_it_said_anything_is_no_error(ends: Ends) -> None:
    ends.server.close()
    assert ends.link.start() is None


def test_garbage_ends_the_process_as_a_failure(ends: Ends) -> None:
    ends.started().server.sendall(b"\xff" * 64)
    assert ends.codes.get(timeout=WITHIN_S) == 1


@pytest.mark.parametrize("first", [wire.encode(wire.Stop()), b"\xff" * 64], ids=["stop", "garbage"])
def test_what_is_no_start_is_refused(ends: Ends, first: bytes) -> None:
    ends.server.sendall(first)
    with pytest.raises(wire.WireError):
        ends.link.start()


def test_messages_right_behind_the_start_are_not_lost(ends: Ends) -> None:
    ends.server.sendall(wire.encode(START) + wire.encode(wire.Present(SPOTLIGHT)))
    ends.link.start()
    assert list(ends.link.received) == [wire.Present(SPOTLIGHT)]


def test_a_server_that_does_not_read_ends_the_process(ends: Ends) -> None:
    ends.started()
    # Larger than what the kernel keeps for a socket, MOST_UNSENT times.
    failure = wire.Failed(BroadcastReason.COMPOSER_DIED, "x" * 60_000)
    for _ in range(3 * MOST_UNSENT):
        ends.link.send(failure)
    assert ends.codes.get(timeout=WITHIN_S) == 1


def test_finishing_sends_everything_first(ends: Ends) -> None:
    ends.started()
    for _ in range(10):
        ends.link.send(SegmentEnd("720p"))
    ends.link.send(wire.Ended())
    ends.link.finish()
    decoder = wire.Decoder()
    assert list(decoder.feed(ends.server.recv(65_536))) == [SegmentEnd("720p")] * 10 + [wire.Ended()]


class OwnTime:
    """Time that passes only by sleeping and working."""

    def __init__(self) -> None:
        self.now_s = 1000.0
        self.pace = Pace(30, now_s=lambda: self.now_s, sleep=self.sleep, wall=self.wall)

    def sleep(self, seconds: float) -> None:
        self.now_s += seconds

    def wall(self) -> datetime:
        return EPOCH + timedelta(seconds=self.now_s - 1000.0)


def test_ticks_come_at_t0_and_n_frames_whatever_the_work_takes() -> None:
    time = OwnTime()
    walls = []
    for tick in range(300):
        walls.append(time.pace.next().wall)
        time.sleep(0.001 * (tick % 30))
    expected = [EPOCH + timedelta(seconds=tick / 30) for tick in range(300)]
    assert all(abs(wall - due) < timedelta(microseconds=50) for wall, due in zip(walls, expected, strict=True))


def test_a_late_tick_carries_the_time_it_was_due_and_is_caught_up_with() -> None:
    time = OwnTime()
    time.pace.next()
    time.sleep(5.7 / 30)
    ticks = [time.pace.next() for _ in range(8)]
    assert [tick.repeats for tick in ticks] == [True, True, False, False, False, False, False, False]
    assert [tick.is_late for tick in ticks] == [True, True, True, True, False, False, False, False]
    assert [round((tick.wall - EPOCH).total_seconds() * 30) for tick in ticks] == [1, 2, 3, 4, 5, 6, 7, 8]


def test_a_machine_that_stood_still_is_not_caught_up_with() -> None:
    time = OwnTime()
    time.pace.next()
    time.sleep(GIVE_UP_AFTER_S + 1)
    with pytest.raises(StoodStillError, match="stood still for 11 s"):
        time.pace.next()


def test_statistics_count_from_the_start_and_rate_since_the_last() -> None:
    now_s = 0.0
    meter = Meter(lambda: now_s)
    for tick in range(60):
        meter.ticked(0.001 * (tick + 1), is_late=tick == 7, repeats=False)
    meter.made(250_000)
    now_s = 2.0
    assert meter.is_due
    first = meter.stats({"ann": 60})
    assert (first.ticks, first.late_ticks, first.bitrate_bps) == (60, 1, 1_000_000)
    assert (first.encode_ms_p50, first.encode_ms_p99) == pytest.approx((31, 60))
    assert first.tiles == (wire.TileStats("ann", 30.0),)
    assert not meter.is_due
    now_s = 4.0
    meter.ticked(0.005, is_late=False, repeats=True)
    second = meter.stats({"ann": 90, "bob": 10})
    assert (second.ticks, second.late_ticks, second.repeated, second.bitrate_bps) == (61, 1, 1, 0)
    assert second.tiles == (wire.TileStats("ann", 15.0), wire.TileStats("bob", 5.0))
