"""A show at a real RTMP server: what arrives is what was encoded, in time, and no target holds anything up."""

import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

import av
import numpy as np
import pytest

from onstage.composer.outlet import Outlet
from onstage.composer.outputs.targets import Targets
from onstage.composer.packager import Sample
from onstage.composer.wire import AddTarget, Start
from onstage.model.media import Rung
from onstage.model.outputs import OutputTrouble
from onstage.model.presentation import Presentation
from onstage.model.targets import TargetState, TargetUrl
from tests.composer.media import loudest_hz, tone
from tests.support.certificates import certificate
from tests.support.rtmp import RtmpServer
from tests.support.serving import free_port

WITHIN_S = 20.0
RUNG = Rung("180p", 320, 180, 300_000)
LARGE = Rung("180p", 320, 180, 20_000_000)
HZ = 440
FLASH_EVERY = 30
"""Pictures: one is white, and only its share of sound has the tone."""
WHITE, GREY = 235, 60


class Show:
    """An outlet on a thread of its own, which flashes and beeps once a second, several times as fast as life."""

    def __init__(self, *, next_ticks: int = 0, rung: Rung = RUNG) -> None:
        start = Start("bc_1", "ws://x", "t", (rung,), 96_000, False, "default", Presentation(""), next_ticks=next_ticks)
        self.outlet = Outlet(start, time.monotonic)
        self.states: queue.Queue[TargetState] = queue.Queue()
        self.targets = Targets(*self.outlet.configs, rung, 30, self.states.put)
        self.outlet.tap = self
        self.pictures: list[bytes] = []
        self.slowest_s = 0.0
        self._noise = np.random.default_rng(1) if rung is LARGE else None
        self._canvas = av.VideoFrame(RUNG.width, RUNG.height, "yuv420p")
        self._orders: queue.Queue[Callable[[], None]] = queue.Queue()
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def take_picture(self, sample: Sample) -> None:
        self.pictures.append(sample.data)
        self.targets.take_picture(sample)

    def take_sounds(self, samples: Sequence[Sample]) -> None:
        self.targets.take_sounds(samples)

    def _run(self) -> None:
        tick = 0
        while not self._is_over.is_set():
            while not self._orders.empty():
                self._orders.get()()
            flashes = tick % FLASH_EVERY == 0
            for plane, value in zip(self._canvas.planes, (WHITE if flashes else GREY, 128, 128), strict=True):
                np.frombuffer(plane, np.uint8)[:] = value  # type: ignore[call-overload]  # a plane is a buffer
            if self._noise is not None:
                plane = np.frombuffer(self._canvas.planes[0], np.uint8)  # type: ignore[call-overload]  # likewise
                plane[:] = self._noise.integers(0, 256, plane.size, np.uint8)
            sound = tone(HZ, 1600, start=tick * 1600, level=0.5 if flashes else 0.0)
            began_s = time.monotonic()
            for _ in self.outlet.take(self._canvas, np.stack((sound, sound)), datetime.now(UTC)):
                pass
            self.slowest_s = max(self.slowest_s, time.monotonic() - began_s)
            tick += 1
            time.sleep(0.01)

    def add(self, url: str, key: str, *, output_id: str = "out_1", host: str | None = None) -> None:
        scheme, _, rest = url.partition("://")
        place, _, app = rest.partition("/")
        address, _, port = place.partition(":")
        target = TargetUrl(scheme, host or address, int(port), app, key)
        self._orders.put(lambda: self.targets.add(AddTarget(output_id, target, (address,))))

    def remove(self, output_id: str = "out_1") -> None:
        self._orders.put(lambda: self.targets.remove(output_id))

    def state(self) -> TargetState:
        return self.states.get(timeout=WITHIN_S)

    def plays(self, seconds: float) -> None:
        """Return when so much more of the show has been made."""
        wanted = len(self.pictures) + seconds * 30
        ends_at = time.monotonic() + WITHIN_S
        while len(self.pictures) < wanted:
            assert time.monotonic() < ends_at, "the show stands still"
            time.sleep(0.01)

    def finish(self) -> None:
        self._is_over.set()
        self._thread.join()
        self.targets.close()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RtmpServer]:
    with RtmpServer(tmp_path / "rtmp") as running:
        yield running


@pytest.fixture
def show() -> Iterator[Show]:
    running = Show()
    yield running
    running.finish()


def live(output_id: str = "out_1") -> TargetState:
    return TargetState(output_id, is_live=True)


def packets(file: Path, kind: str) -> list[av.Packet]:
    with av.open(str(file)) as container:
        return [one for one in container.demux(**{kind: 0}) if one.size]  # type: ignore[arg-type]  # audio= or video=


def recorded(server: RtmpServer, key: str) -> Path:
    """The recording of that stream, once its end is written."""
    (file,) = [one for one in server.recordings() if one.name.startswith(key)]
    return file


def tones(file: Path) -> set[int]:
    """What is heard during the beeps."""
    with av.open(str(file)) as container:
        sound = np.concatenate([one.to_ndarray()[0] for one in container.decode(audio=0)])
    return set(loudest_hz(sound))


def flashes_s(file: Path) -> list[float]:
    with av.open(str(file)) as container:
        return [float(one.time or 0) for one in container.decode(video=0) if one.to_ndarray()[:180].mean() > 150]


def beeps_s(file: Path) -> list[float]:
    """When each beep begins."""
    with av.open(str(file)) as container:
        frames = list(container.decode(audio=0))
    sound = np.concatenate([one.to_ndarray()[0] for one in frames])
    loud = np.abs(sound) > 0.1
    first_s = float(frames[0].time or 0)
    starts = [at for at in np.flatnonzero(loud) if not loud[max(0, at - 4800) : at].any()]
    return [first_s + int(at) / 48_000 for at in starts]


def ended(server: RtmpServer, key: str) -> Path:
    """The recording of that stream, once the server has seen its end."""
    ends_at = time.monotonic() + WITHIN_S
    while "deleteStream" not in (server.folder / "error.log").read_text():
        assert time.monotonic() < ends_at, "the stream does not end in order"
        time.sleep(0.05)
    return recorded(server, key)


def test_what_arrives_is_what_was_encoded_in_time_and_from_zero(server: RtmpServer, show: Show) -> None:
    show.plays(1)
    show.add(f"{server.url}/live", "key")
    assert show.state() == live()
    show.plays(8)
    show.remove()
    file = ended(server, "key")
    video = packets(file, "video")
    units = [bytes(one) for one in video]
    begins = show.pictures.index(units[0])
    assert begins % 64 == 0, "it begins with a picture that stands alone"
    assert units == show.pictures[begins : begins + len(units)]
    assert len(units) > 4 * 30
    assert (video[0].pts, video[-1].pts) == (0, pytest.approx((len(units) - 1) * 1000 / 30, abs=1))
    offsets_s = [beep - min(flashes_s(file), key=lambda flash: abs(flash - beep)) for beep in beeps_s(file)[1:-1]]
    assert len(offsets_s) >= 3
    assert 0 <= min(offsets_s) <= max(offsets_s) <= 0.045  # two AAC frames, as in the segments
    assert max(offsets_s) - min(offsets_s) <= 0.002
    assert tones(file) == {HZ}


def test_targets_come_and_go_while_others_go_on(server: RtmpServer, show: Show) -> None:
    for number in range(3):
        show.add(f"{server.url}/live", f"key{number}", output_id=f"out_{number}")
    assert {show.state().output_id for _ in range(3)} == {"out_0", "out_1", "out_2"}
    show.plays(3)
    show.remove("out_1")
    ended(server, "key1")
    show.plays(5)
    show.finish()
    lengths = [len(packets(recorded(server, f"key{number}"), "video")) for number in range(3)]
    assert lengths[1] + 60 < min(lengths[0], lengths[2])
    assert show.states.empty(), "what is ended on purpose is no trouble"


def test_after_hours_the_time_goes_on_behind_what_three_bytes_hold(server: RtmpServer) -> None:
    """A show that has run for a day before, and a target whose times pass 2^24 ms."""
    show = Show(next_ticks=24 * 3600 * 90_000)
    try:
        show.add(f"{server.url}/live", "key")
        assert show.state() == live()
        show.plays(4)
    finally:
        show.finish()
    assert packets(recorded(server, "key"), "video")[0].pts == 0


def test_a_server_that_hangs_up_on_a_wrong_key_is_known_by_that(server: RtmpServer, show: Show) -> None:
    show.add(f"{server.url}/guarded", "a-wrong-key")
    said = show.state()
    assert (said.is_live, said.trouble) == (False, OutputTrouble.CLOSED)
    show.add(f"{server.url}/guarded", server.right_key)
    assert show.state() == live()
    show.add(f"{server.url}/nothing", "key", output_id="out_2")
    assert show.state().trouble in (OutputTrouble.CLOSED, OutputTrouble.REFUSED)


def test_the_same_name_twice_is_refused_in_the_servers_words(server: RtmpServer, show: Show) -> None:
    show.add(f"{server.url}/live", "key")
    assert show.state() == live()
    show.add(f"{server.url}/live", "key", output_id="out_2")
    state = show.state()
    assert (state.trouble, "NetStream.Publish.BadName" in (state.detail or "")) == (OutputTrouble.REFUSED, True)


def test_a_target_that_goes_down_is_told_and_the_show_goes_on(server: RtmpServer, show: Show) -> None:
    show.add(f"{server.url}/live", "key")
    assert show.state() == live()
    show.plays(2)
    server.stop()
    lost = show.state()
    assert (lost.is_live, lost.trouble) == (False, OutputTrouble.LOST)
    show.add(f"{server.url}/live", "key")
    assert show.state().trouble is OutputTrouble.UNREACHABLE
    server.start()
    show.add(f"{server.url}/live", "key")
    assert show.state() == live()
    show.plays(2)
    assert show.slowest_s < 1.0


def test_a_target_that_takes_nothing_loses_pictures_and_never_holds_the_show_up(server: RtmpServer) -> None:
    show = Show(rung=LARGE)
    try:
        show.add(f"{server.url}/live", "key")
        assert show.state() == live()
        server.freeze()
        show.plays(7)
        server.thaw()
        assert show.state() == TargetState("out_1", is_live=True, trouble=OutputTrouble.SLOW)
        show.plays(2)
        assert show.slowest_s < 1.0
    finally:
        show.finish()
    video = packets(recorded(server, "key"), "video")
    (gap,) = [at for at in range(1, len(video)) if video[at].pts - video[at - 1].pts > 100]
    assert video[gap].is_keyframe, "it goes on with a picture that stands alone"


def test_a_server_of_something_else_is_told_apart(show: Show, server: RtmpServer) -> None:
    show.add(f"rtmp://127.0.0.1:{server.http_port}/live", "key")
    state = show.state()
    assert (state.is_live, state.trouble) == (False, OutputTrouble.UNREACHABLE)


@pytest.mark.parametrize(
    ("certified", "asked", "trouble"),
    [
        ("live.example.com", "live.example.com", None),
        ("other.example.com", "live.example.com", OutputTrouble.CERTIFICATE),
        (None, "live.example.com", OutputTrouble.CERTIFICATE),
    ],
    ids=["right", "another host's", "another authority's"],
)
def test_over_tls_the_server_must_prove_who_it_is(
    show: Show,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    certified: str | None,
    asked: str,
    trouble: OutputTrouble | None,
) -> None:
    server = RtmpServer(tmp_path / "tls")
    authority = certificate(server.folder, host=certified or asked)
    monkeypatch.setenv("SSL_CERT_FILE", str(authority if certified else certificate(tmp_path, host=asked)))
    server.start(with_tls=True)
    try:
        show.add(f"rtmps://127.0.0.1:{server.tls_port}/live", "key", host=asked)
        state = show.state()
        assert (state.is_live, state.trouble) == (trouble is None, trouble)
        show.plays(3)
        show.finish()
    finally:
        server.stop()
    assert len(server.recordings()) == (trouble is None)


@pytest.mark.parametrize("secret", ["sesame-4711"])
def test_nothing_that_is_told_or_shown_of_a_target_holds_its_key(server: RtmpServer, show: Show, secret: str) -> None:
    for number, url in enumerate(
        (f"{server.url}/live", f"{server.url}/guarded", f"rtmp://127.0.0.1:{free_port()}/live")
    ):
        for twice in "ab":
            show.add(url, secret, output_id=f"out_{number}{twice}")
    states = [show.state() for _ in range(6)]
    target = TargetUrl("rtmp", "127.0.0.1", 1935, "live", secret, query=f"?token={secret}")
    shown = [*map(repr, states), repr(target), target.shown, repr(AddTarget("out_1", target, ("127.0.0.1",)))]
    assert not [one for one in shown if secret in one]
    assert sum(one.is_live for one in states) == 1
