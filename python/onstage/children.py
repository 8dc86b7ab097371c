"""Child processes that cannot outlive us.

One way to start a child (media server, composer), so that each dies with its parent, is not reached by the terminal's
Ctrl-C (the parent stops its children in its own order), has its output in our log, and leaves no orphan.
"""

import asyncio
import contextlib
import os
import shutil
import signal
import sys
from asyncio.subprocess import PIPE, STDOUT, Process
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import structlog

LineHandler = Callable[[str], None]

LONGEST_LINE = 8192
"""Characters of one line of output; the rest of a longer line is dropped."""
TAIL_LINES = 50

_CHILD_EXEC = Path(__file__).with_name("child_exec.py")
_READ_BYTES = 65536
_LAST_OUTPUT_S = 1.0


class Child:
    """A running child. Made by `spawn`."""

    def __init__(self, name: str, process: Process, on_line: LineHandler) -> None:
        self.name = name
        self.tail: deque[str] = deque(maxlen=TAIL_LINES)
        """The last lines it wrote, for the message when it dies."""
        self._process = process
        self._on_line = on_line
        self._reader = asyncio.create_task(self._read_output(), name=f"output of {name}")

    @property
    def pid(self) -> int:
        """The child's process id."""
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        """None while it runs; negative is the signal that ended it."""
        return self._process.returncode

    async def wait(self) -> int:
        """Return the exit code once the child has ended; negative is the signal that ended it."""
        return await self._process.wait()

    async def stop(self, grace_s: float = 5.0) -> int:
        """SIGTERM, then SIGKILL to its whole process group after `grace_s` seconds. Returns the exit code.

        Safe to call at any time, also twice and after it ended by itself.
        """
        try:
            self.terminate()
            async with asyncio.timeout(grace_s):
                await self._process.wait()
        except TimeoutError:
            structlog.get_logger(__name__).warning("child_killed", child=self.name, pid=self.pid, grace_s=grace_s)
        finally:
            self.kill()  # also when we were cancelled while waiting
        code = await self._process.wait()
        await asyncio.wait([self._reader], timeout=_LAST_OUTPUT_S)
        self._reader.cancel()  # a grandchild may hold the pipe open
        return code

    def kill(self) -> None:
        """SIGKILL to the child and its process group, without waiting."""
        if self.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)

    def terminate(self) -> None:
        """SIGTERM to the child, without waiting."""
        if self.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.terminate()

    async def _read_output(self) -> None:
        assert self._process.stdout is not None
        rest = ""
        while data := await self._process.stdout.read(_READ_BYTES):
            *lines, rest = (rest + data.decode(errors="replace")).split("\n")
            for line in lines:
                self._take(line)
            rest = rest[:LONGEST_LINE]
        if rest:
            self._take(rest)

    def _take(self, line: str) -> None:
        line = line[:LONGEST_LINE].rstrip("\r")
        self.tail.append(line)
        self._on_line(line)


async def spawn(
    argv: Sequence[str],
    *,
    name: str,
    pass_fds: Sequence[int] = (),
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    on_line: LineHandler | None = None,
) -> Child:
    """Start `argv` as a child that dies (SIGKILL) when the calling thread does.

    Linux ties the parent-death signal to the *thread* that forked: call this on the thread that lives as long as the
    process, which is the event loop's.

    Args:
        argv: The program (a path, or a name on PATH) and its arguments.
        name: What the log calls it.
        pass_fds: Descriptors it inherits under the same numbers.
        env: Its whole environment; ours when None.
        cwd: Its working directory; ours when None.
        on_line: Gets each line of its standard output and error; by default they go to our log at info.

    Raises:
        FileNotFoundError: There is no such program.
    """
    program = _find(argv[0], name)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-I", "-S", str(_CHILD_EXEC), str(os.getpid()), str(program)),
        *argv[1:],
        stdin=asyncio.subprocess.DEVNULL,
        stdout=PIPE,
        stderr=STDOUT,
        pass_fds=tuple(pass_fds),
        env=dict(env) if env is not None else None,
        cwd=cwd,
        start_new_session=True,
    )
    log = structlog.get_logger("onstage.child").bind(child=name, pid=process.pid)
    return Child(name, process, on_line or (lambda line: log.info("child_output", line=line)))


def _find(program: str, name: str) -> Path:
    found = shutil.which(program)
    if found is None:
        raise FileNotFoundError(f"no program {program!r} to start {name}")
    return Path(found).absolute()
