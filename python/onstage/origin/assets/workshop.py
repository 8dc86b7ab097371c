"""Has children make assets, one at a time, in a folder of which nothing outlives them."""

import asyncio
import contextlib
import shutil
import sys
from collections.abc import AsyncIterable, Sequence
from pathlib import Path

from onstage.children import Child, spawn
from onstage.model.assets import AssetFailure
from onstage.origin.assets.plan import ORDER, OUTCOME, PLAN, Line, Order, Outcome, Plan, Storage, add_lines

COMMAND = (sys.executable, "-m", "onstage.origin.assets.child")


class CrashedError(Exception):
    """The child ended without a word."""


class Workshop:
    """Where assets are made. `command` is the child's program, before its folder."""

    def __init__(self, folder: Path, storage: Storage, command: Sequence[str] = COMMAND) -> None:
        self._folder = folder
        self._storage = storage
        self._command = command

    async def clear(self) -> None:
        """Delete what was being made when the server went down."""
        await asyncio.to_thread(shutil.rmtree, self._folder, ignore_errors=True)

    async def make(self, plan: Plan, said: AsyncIterable[Sequence[Line]], *, within_s: float) -> Outcome:
        """Make it, with what was `said`; nothing of it is left but what is stored.

        Raises:
            CrashedError: what makes it ended without a word.
        """
        folder = self._folder / plan.recording_id
        try:
            await asyncio.to_thread(_lay_down, folder, Order(plan, self._storage))
            async for lines in said:
                await asyncio.to_thread(add_lines, folder, lines)
            child = await spawn([*self._command, str(folder)], name="asset maker", on_line=lambda _: None)
            return await _outcome(child, within_s)
        finally:
            await asyncio.shield(self.clear())


async def _outcome(child: Child, within_s: float) -> Outcome:
    try:
        async with asyncio.timeout(within_s):
            await child.wait()
    except TimeoutError:
        return Outcome(failure=AssetFailure.TOOK_TOO_LONG)
    finally:
        await child.stop(grace_s=0.0)
    with contextlib.suppress(ValueError):
        return OUTCOME.validate_json(child.tail[-1] if child.tail else "")
    raise CrashedError(f"exit code {child.returncode}: {' / '.join(list(child.tail)[-3:])}")


def _lay_down(folder: Path, order: Order) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    (folder / PLAN).write_bytes(ORDER.dump_json(order))
