"""`onstage …` as its users type it: a process of its own, in an empty folder, with no settings but the test's."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.support.serving import free_port

_MARK = "TEST_FOLDER"
_ENDS_WITHIN_S = 120.0
_POLL_S = 0.02


@dataclass(frozen=True, slots=True)
class Ended:
    """What a command left behind."""

    code: int
    out: str
    err: str


def environment(folder: Path, **settings: object) -> dict[str, str]:
    """Ours without settings of Onstage, but with these; the folder marks the process and its children."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ONSTAGE_")}
    ports = {f"ONSTAGE_{name}": str(free_port()) for name in ("LIVEKIT_PORT", "MEDIA_TCP_PORT", "MEDIA_UDP_PORT")}
    given = {name if name == "PATH" else f"ONSTAGE_{name}": str(value) for name, value in settings.items()}
    return kept | ports | given | {_MARK: str(folder)}


def start(folder: Path, *arguments: object, **settings: object) -> subprocess.Popen[str]:
    """The command, running in `folder`."""
    return subprocess.Popen(
        [sys.executable, "-m", "onstage", *map(str, arguments)],
        cwd=folder,
        env=environment(folder, **settings),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(process: subprocess.Popen[str]) -> Ended:
    """Wait for its end; a command that hangs is killed, and fails the test."""
    try:
        out, err = process.communicate(timeout=_ENDS_WITHIN_S)
    except subprocess.TimeoutExpired:
        process.kill()
        raise
    return Ended(process.returncode, out, err)


def onstage(folder: Path, *arguments: object, **settings: object) -> Ended:
    """Run the command to its end."""
    return finish(start(folder, *arguments, **settings))


@contextmanager
def serving(folder: Path, *arguments: object, **settings: object) -> Iterator[subprocess.Popen[str]]:
    """`onstage serve` on a port of its own, ready when the block begins."""
    process = start(folder, "serve", *arguments, **{"PORT": free_port()} | settings)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def read_until(process: subprocess.Popen[str], text: str) -> str:
    """What it prints, up to the line with `text`."""
    assert process.stdout is not None
    printed = ""
    for line in process.stdout:
        printed += line
        if text in line:
            return printed
    assert process.stderr is not None
    raise AssertionError(f"{text!r} was not printed, but: {printed}{process.stderr.read()}")


def processes(folder: Path) -> dict[int, str]:
    """Every process that was started in `folder`, or descends from one: its id and command line."""
    found = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and f"{_MARK}={folder}\0".encode() in _content(entry / "environ"):
            found[int(entry.name)] = _content(entry / "cmdline").replace(b"\0", b" ").decode()
    return found


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError:  # it has just ended, or it is another user's
        return b""


def wait_for(folder: Path, *parts: str) -> list[int]:
    """The ids of the processes with these in their command lines, once each is there."""
    ends_at = time.monotonic() + _ENDS_WITHIN_S
    while True:
        running = processes(folder)
        found = [[pid for pid, line in running.items() if part in line] for part in parts]
        if all(found):
            return [one[0] for one in found]
        assert time.monotonic() < ends_at, f"{parts} are not all in {running}"
        time.sleep(_POLL_S)


def wait_for_none(folder: Path) -> None:
    """Return once no process of the folder is left."""
    ends_at = time.monotonic() + _ENDS_WITHIN_S
    while left := processes(folder):
        assert time.monotonic() < ends_at, f"still there: {left}"
        time.sleep(_POLL_S)


def stop(process: subprocess.Popen[str], number: signal.Signals = signal.SIGTERM) -> Ended:
    """Send the signal and wait for the end."""
    process.send_signal(number)
    return finish(process)
