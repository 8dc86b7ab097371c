"""Work that a cancellation of who waits for it must not break off."""

import asyncio
from collections.abc import Coroutine
from typing import Any


async def undisturbed(work: Coroutine[Any, Any, None]) -> None:
    """Wait for `work`, which has a task of its own and comes to its end even if the waiting is cancelled.

    Raises:
        CancelledError: after that end, if the waiting was cancelled; else what `work` raises.
    """
    task = asyncio.create_task(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait([task])
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        raise cancelled from task.exception()
    task.result()
