"""What of a broadcast is on disk before viewers get it, so that no restart takes it back."""

import asyncio

from onstage.clock import Clock
from onstage.model.media import Part
from onstage.origin.segments.window import Window
from onstage.origin.storing.journal import JournalRecord
from onstage.origin.storing.keeping import Keeper
from onstage.origin.storing.storage import BroadcastStore

JOURNAL_PATIENCE_S = 0.05
"""How long a part may wait for its journal before it is published all the same: a slow disk must not stall viewers."""


class Journaling:
    """Writes ahead of what `keeper` stores. Trouble is told to the keeper, and stops nothing."""

    def __init__(self, store: BroadcastStore, keeper: Keeper, clock: Clock) -> None:
        self._store = store
        self._keeper = keeper
        self._clock = clock

    def keep_init(self, name: str, number: int, data: bytes, index: bytes) -> None:
        """Have an init segment written, beside what is done meanwhile, and stored after what came before it."""
        kept = asyncio.ensure_future(self._store.keep_init(name, number, data, index))
        kept.add_done_callback(self._written)
        self._keeper.put_init(name, number, data)

    async def keep_part(self, window: Window, part: Part) -> None:
        """Return once the part that comes next in `window` is in its journal, or has waited for long enough."""
        record = JournalRecord(
            start_ticks=part.start_ticks,
            duration_ticks=part.duration_ticks,
            is_independent=part.is_independent,
            program_date_time=part.program_date_time,
            init_number=window.init_count - 1,
            is_discontinuity=window.is_discontinuity_due and window.open is None,
            data=part.data,
        )
        append = asyncio.ensure_future(self._store.append_part(part.rendition, window.next_msn, record))
        patience = asyncio.ensure_future(self._clock.sleep(JOURNAL_PATIENCE_S))
        await asyncio.wait({append, patience}, return_when=asyncio.FIRST_COMPLETED)
        patience.cancel()
        append.add_done_callback(self._appended)

    def _appended(self, append: "asyncio.Future[None]") -> None:
        self._written(append)
        if not append.cancelled() and append.exception() is None:
            self._keeper.writes.journal_written()

    def _written(self, write: "asyncio.Future[None]") -> None:
        problem = None if write.cancelled() else write.exception()
        if problem is not None:
            self._keeper.writes.journal_failed(problem)
