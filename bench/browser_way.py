"""The way browser-based recorders compose: Chromium on a screen in memory, grabbed and encoded by ffmpeg.

Xvfb, PulseAudio with a null sink, Chromium with LiveKit's client showing the same tiles, and ffmpeg with our encoder's
settings. `-isync 0` matters: without it sound and picture are 0.7 s apart, and ffmpeg holds the picture back for sound.
"""

import json
import os
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.routing import Route

from bench.process_cost import with_descendants
from onstage.children import Child, spawn
from onstage.composer.tiles import Tile
from onstage.model.media import Rung
from tests.support.livekit import ROOT
from tests.support.waiting import until

_PAGE = Path(__file__).with_name("browser_page.html")
_CLIENT = ROOT / "node_modules" / "livekit-client" / "dist" / "livekit-client.umd.js"
_SHOWN_WITHIN_S = 60.0
_CHROMIUM_FLAGS = (
    *("--kiosk", "--no-sandbox", "--disable-gpu", "--no-first-run", "--no-default-browser-check", "--disable-infobars"),
    *("--autoplay-policy=no-user-gesture-required", "--disable-features=Translate,MediaRouter", "--disable-sync"),
    *("--window-position=0,0", "--password-store=basic", "--hide-scrollbars", "--disable-dev-shm-usage"),
)


class Page:
    """The page's routes, and whether everybody moves on it."""

    def __init__(self) -> None:
        self.is_ready = False
        self.routes = [
            Route("/browser/", lambda _: FileResponse(_PAGE)),
            Route("/browser/livekit-client.umd.js", lambda _: FileResponse(_CLIENT)),
            Route("/browser/ready", self._ready),
        ]

    def _ready(self, _: Request) -> Response:
        self.is_ready = True
        return Response(status_code=204)


class Grab:
    """ffmpeg's output as it comes, with the moment of each piece."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self.data = bytearray()
        self.came: list[tuple[int, float]] = []
        """(bytes there, monotonic seconds since they are)."""
        self.pid = process.pid
        self._process = process
        self._reader = threading.Thread(target=self._read, name="grab", daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self._process.stdout is not None
        while piece := os.read(self._process.stdout.fileno(), 1 << 20):
            self.data += piece
            self.came.append((len(self.data), time.monotonic()))

    def stop(self) -> None:
        """End, without waiting for what is in the pipe."""
        self._process.kill()
        self._process.wait()
        self._reader.join(5)


class BrowserWay:
    """Running: screen, sound server, browser, and the grab."""

    def __init__(self, children: Sequence[Child], grab: Grab) -> None:
        self.grab = grab
        self._children = children

    @property
    def pids(self) -> list[int]:
        """All processes of it."""
        roots = [*(child.pid for child in self._children), self.grab.pid]
        return [pid for root in roots for pid in with_descendants(root)]


@asynccontextmanager
async def browser_way(
    page: Page, base_url: str, engine_url: str, token: str, tiles: Sequence[Tile], rung: Rung
) -> AsyncIterator[BrowserWay]:
    """Everything is started, and everybody is in the picture; all of it ends with the block."""
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(ignore_cleanup_errors=True)))
        environment = _environment(folder)
        children = [
            await _child(
                stack, ["Xvfb", environment["DISPLAY"], "-screen", "0", f"{rung.width}x{rung.height}x24"], environment
            ),
            await _child(stack, _pulseaudio(environment), environment),
        ]
        await until(lambda: Path(environment["PULSE_SERVER"].removeprefix("unix:")).exists(), what="PulseAudio")
        await until(lambda: _socket(environment["DISPLAY"]).exists(), what="Xvfb")
        url = f"{base_url}/browser/#{quote(_shown(engine_url, token, tiles))}"
        children.append(await _child(stack, _chromium(folder, rung, url), environment))
        await until(
            lambda: page.is_ready, deadline_s=_SHOWN_WITHIN_S, what=f"the page ({list(children[-1].tail)[-5:]})"
        )
        grab = Grab(_ffmpeg(environment, rung))
        stack.callback(grab.stop)
        await until(lambda: len(grab.data) > 0, what="ffmpeg's output")
        yield BrowserWay(children, grab)


async def _child(stack: AsyncExitStack, argv: Sequence[str], environment: dict[str, str]) -> Child:
    child = await spawn(argv, name=argv[0], env=environment, on_line=lambda _line: None)
    stack.push_async_callback(child.stop, grace_s=2.0)
    return child


def _environment(folder: Path) -> dict[str, str]:
    return {
        **os.environ,
        "DISPLAY": _free_display(),
        "HOME": str(folder),
        "XDG_RUNTIME_DIR": str(folder),
        "PULSE_SERVER": f"unix:{folder}/pulse.sock",
    }


def _free_display() -> str:
    return next(f":{number}" for number in range(90, 200) if not _socket(f":{number}").exists())


def _socket(display: str) -> Path:
    return Path("/tmp/.X11-unix") / f"X{display[1:]}"


def _pulseaudio(environment: dict[str, str]) -> list[str]:
    socket = environment["PULSE_SERVER"].removeprefix("unix:")
    return [
        *("pulseaudio", "-n", "--daemonize=no", "--exit-idle-time=-1", "--use-pid-file=no", "--disallow-exit"),
        "--load=module-null-sink sink_name=stage rate=48000",
        f"--load=module-native-protocol-unix socket={socket} auth-anonymous=1",
    ]


def _chromium(folder: Path, rung: Rung, url: str) -> list[str]:
    program = shutil.which("chromium")
    assert program, "Chromium is missing: `make setup-dev` installs it"
    size = f"--window-size={rung.width},{rung.height}"
    return [program, *_CHROMIUM_FLAGS, f"--user-data-dir={folder}/profile", size, url]


def _shown(engine_url: str, token: str, tiles: Sequence[Tile]) -> str:
    places = [
        {
            "identity": one.key.identity,
            "x": one.rect.x,
            "y": one.rect.y,
            "width": one.rect.width,
            "height": one.rect.height,
        }
        for one in tiles
    ]
    return json.dumps({"url": engine_url, "token": token, "tiles": places})


def _ffmpeg(environment: dict[str, str], rung: Rung) -> "subprocess.Popen[bytes]":
    screen = ["-f", "x11grab", "-draw_mouse", "0", "-framerate", "30", "-video_size", f"{rung.width}x{rung.height}"]
    sound = ["-isync", "0", "-f", "pulse", "-fragment_size", "3840", "-i", "stage.monitor"]
    rates = ["-b:v", str(rung.video_bps), "-maxrate", str(rung.video_bps), "-bufsize", str(rung.video_bps // 2)]
    video = ["-c:v", "libx264", "-preset", "veryfast", "-tune", "zerolatency", "-threads:v", "1", "-pix_fmt", "yuv420p"]
    mux = ["-f", "mp4", "-movflags", "empty_moov+default_base_moof", "-frag_duration", "20000", "pipe:1"]
    pace = ["-g", "64", "-vsync", "cfr", "-r", "30"]
    command = ["ffmpeg", "-v", "error", *screen, "-i", environment["DISPLAY"], *sound, *video, *rates, *pace]
    return subprocess.Popen(
        ["setpriv", "--pdeathsig", "KILL", *command, "-c:a", "aac", "-b:a", "128k", *mux],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
    )
