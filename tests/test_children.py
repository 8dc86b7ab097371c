"""Child processes: they die with us, stop when told, and their output is heard."""

import asyncio
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from onstage.children import LONGEST_LINE, spawn
from tests.support.waiting import EventLog, until

STUBBORN = "import signal; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('ready', flush=True); signal.pause()"


def is_running(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


async def test_output_is_forwarded_line_by_line_and_bounded() -> None:
    script = f"import sys; print('one'); print('x' * {LONGEST_LINE * 3}); sys.stderr.write('no newline')"
    lines: list[str] = []
    child = await spawn([sys.executable, "-c", script], name="talker", on_line=lines.append)
    assert await child.wait() == 0
    await child.stop()
    assert sorted(lines) == sorted(["one", "x" * LONGEST_LINE, "no newline"])
    assert list(child.tail) == lines


async def test_stop_ends_a_child_that_listens_to_sigterm() -> None:
    child = await spawn(["sleep", "60"], name="sleeper")
    await until(lambda: Path(f"/proc/{child.pid}/comm").read_text() == "sleep\n", what="exec of the real program")
    assert await child.stop() == -signal.SIGTERM
    assert await child.stop() == -signal.SIGTERM


async def test_stop_kills_a_child_that_ignores_sigterm() -> None:
    log: EventLog[str] = EventLog()
    child = await spawn([sys.executable, "-c", STUBBORN], name="stubborn", on_line=log.add)
    await log.first(lambda line: line == "ready")
    assert await child.stop(grace_s=0.05) == -signal.SIGKILL


async def test_a_cancelled_stop_still_leaves_no_orphan() -> None:
    log: EventLog[str] = EventLog()
    child = await spawn([sys.executable, "-c", STUBBORN], name="stubborn", on_line=log.add)
    await log.first(lambda line: line == "ready")
    stopping = asyncio.create_task(child.stop(grace_s=60))
    await asyncio.sleep(0)
    stopping.cancel()
    await asyncio.gather(stopping, return_exceptions=True)
    assert await child.wait() == -signal.SIGKILL


async def test_an_unknown_program_is_said_at_once() -> None:
    with pytest.raises(FileNotFoundError, match="no-such-program"):
        await spawn(["no-such-program"], name="nothing")


async def test_inherited_descriptors_keep_their_numbers() -> None:
    reader, writer = os.pipe()
    child = await spawn([sys.executable, "-c", f"import os; os.write({writer}, b'hi')"], name="w", pass_fds=[writer])
    assert await child.wait() == 0
    assert os.read(reader, 2) == b"hi"
    os.close(reader)
    os.close(writer)


async def test_a_child_dies_with_its_killed_parent() -> None:
    parent_script = textwrap.dedent("""
        import asyncio
        from onstage.children import spawn
        async def main():
            child = await spawn(["sleep", "60"], name="sleeper")
            print(child.pid, flush=True)
            await child.wait()
        asyncio.run(main())
    """)
    parent = await asyncio.create_subprocess_exec(sys.executable, "-c", parent_script, stdout=subprocess.PIPE)
    assert parent.stdout is not None
    child_pid = int(await parent.stdout.readline())
    assert is_running(child_pid)
    parent.kill()
    await parent.wait()
    await until(lambda: not is_running(child_pid), what="the child's death")
