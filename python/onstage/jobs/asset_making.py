"""Has the files made that recordings should have, one at a time; what it goes by is in the store.

A server that dies leaves its work to be made again, from the beginning: only whole files are ever stored.
"""

from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection

import structlog

from onstage.actions.asset_life import Commission, MadeFile, next_commission, read_said, report_made, report_not_made
from onstage.actions.assets import open_download
from onstage.actions.context import Context
from onstage.jobs.tasks import Tasks, attempt, now_and_then
from onstage.model.assets import CHAT_KINDS, AssetFailure
from onstage.model.records import Asset
from onstage.origin.assets.plan import Line, Outcome, Plan
from onstage.origin.assets.shelf import Shelf
from onstage.origin.assets.workshop import CrashedError, Workshop
from onstage.origin.doors.assets_http import Stored
from onstage.store import recordings

LOOK_EVERY_S = 1.0
SWEEP_EVERY_S = 600.0
"""Between two looks for what is left of recordings that were deleted, perhaps on another server."""
AWAY_FOR_S = 30.0
"""How long what storage did not give or take is left alone; twice as long each time, up to `LONGEST_AWAY_S`."""
LONGEST_AWAY_S = 600.0
MOST_TRIES = 24
"""That storage is away for: over three hours."""
LONGEST_S = 600.0
"""To make an asset, and as long as the recording plays besides."""
MOST_CRASHES = 3
_MAKING = "make assets"
_SWEEPING = "sweep assets"
_log = structlog.get_logger(__name__)


class AssetMaking:
    """Makes assets, deletes those of recordings that are gone, and finds what a URL is for."""

    def __init__(
        self,
        ctx: Context,
        workshop: Workshop,
        shelf: Shelf,
        makes_for: Callable[[], Collection[str]] = tuple,
    ) -> None:
        """`makes_for` says for which servers that are gone this one makes them besides."""
        self._ctx = ctx
        self._makes_for = makes_for
        self._workshop = workshop
        self.shelf = shelf
        self._tasks = Tasks()
        self._crashes = Counter[str]()
        self._tries = Counter[str]()  # for which storage was away
        self._put_off: dict[str, float] = {}  # until when

    async def start(self) -> None:
        """Make what is due from now on."""
        await self._workshop.clear()
        clock = self._ctx.clock
        self._tasks.start(now_and_then(clock, SWEEP_EVERY_S, self._sweep, _SWEEPING), _SWEEPING)
        self._tasks.start(now_and_then(clock, LOOK_EVERY_S, self._make_all, _MAKING), _MAKING)

    async def stop(self) -> None:
        """Make no more; what is being made is made again by the next start."""
        await self._tasks.stop()

    async def unwanted(self, recording_id: str) -> None:
        """Delete what was made of a recording that is gone."""
        await self.shelf.remove(recording_id)

    async def find(self, token: str, recording_id: str, name: str) -> Stored:
        """What a URL is for.

        Raises:
            OnstageError: as `open_download`.
        """
        recording, asset = await open_download(self._ctx, token, recording_id, name)
        return Stored(
            size=asset.size_bytes or 0,
            content_type=asset.kind.content_type,
            tag=f'"{asset.id}.{asset.revision}"',
            saved_as=_saved_as(recording.title, asset),
            is_attachment=asset.kind.is_saved,
            is_kept=asset.kind not in CHAT_KINDS,
        )

    async def _wanted(self, found: Collection[str]) -> Collection[str]:
        async with self._ctx.database.read() as tx:
            return await recordings.wanted_of(tx, found)

    async def _sweep(self) -> None:
        await self.shelf.sweep(self._wanted)

    async def _make_all(self) -> None:
        while (due := await self._next()) is not None:
            if not await attempt(self._make(due), f"make {due.asset.id}"):
                self._leave(due.asset, AWAY_FOR_S)

    async def _next(self) -> Commission | None:
        return await next_commission(self._ctx, others=self._makes_for(), but=self._waiting())

    def _leave(self, asset: Asset, for_s: float) -> None:
        self._put_off[asset.id] = self._ctx.clock.monotonic() + for_s

    def _waiting(self) -> Collection[str]:
        now = self._ctx.clock.monotonic()
        self._put_off = {one: until for one, until in self._put_off.items() if until > now}
        return self._put_off.keys()

    async def _make(self, due: Commission) -> None:
        within_s = LONGEST_S + (due.recording.duration_s or 0.0)
        try:
            outcome = await self._workshop.make(_plan(due), self._said(due), within_s=within_s)
        except CrashedError as error:
            await self._crashed(due.asset, error)
            return
        if outcome.is_away:
            await self._away(due.asset, outcome.problem)
        else:
            await self._report(due.asset, outcome)

    async def _said(self, due: Commission) -> AsyncIterator[list[Line]]:
        if due.asset.kind in CHAT_KINDS:
            async for page in read_said(self._ctx, due.recording):
                yield [Line(one.id, one.sender_id, one.sender_name, one.text, one.sent_at, one.type) for one in page]

    async def _crashed(self, asset: Asset, error: CrashedError) -> None:
        self._crashes[asset.id] += 1
        _log.error("asset_maker_crashed", asset=asset.id, problem=str(error))
        if self._crashes[asset.id] < MOST_CRASHES:
            self._leave(asset, AWAY_FOR_S)
        else:
            await self._report(asset, Outcome(failure=AssetFailure.CRASHED))

    async def _away(self, asset: Asset, problem: str) -> None:
        self._tries[asset.id] += 1
        tries = self._tries[asset.id]
        _log.warning("asset_waits_for_storage", asset=asset.id, tries=tries, problem=problem)
        if tries < MOST_TRIES:
            self._leave(asset, min(AWAY_FOR_S * 2 ** (tries - 1), LONGEST_AWAY_S))
        else:
            await self._report(asset, Outcome(failure=AssetFailure.STORAGE_AWAY))

    async def _report(self, asset: Asset, outcome: Outcome) -> None:
        for counted in (self._crashes, self._tries):
            counted.pop(asset.id, None)
        if outcome.failure is not None:
            _log.warning("asset_not_made", asset=asset.id, reason=outcome.failure.value)
            await report_not_made(self._ctx, asset, outcome.failure)
        else:
            made = [MadeFile(one.kind, one.name, one.size_bytes) for one in outcome.files]
            if not await report_made(self._ctx, asset, made) and not await self._wanted({asset.recording_id}):
                await self.shelf.remove(asset.recording_id)  # it was deleted meanwhile


def _plan(due: Commission) -> Plan:
    recording, asset = due.recording, due.asset
    return Plan(
        kind=asset.kind,
        name=asset.name,
        recording_id=recording.id,
        broadcast_id=recording.broadcast_id,
        title=recording.title,
        spans=recording.spans,
        rendition=asset.rendition,
    )


def _saved_as(title: str, asset: Asset) -> str:
    """`Title-720p.mp4`, without what file systems don't take."""
    file = asset.name.rpartition("/")[2]
    kept = "".join("_" if one in '\\/:*?"<>|' or not one.isprintable() else one for one in title).strip(" .")
    return f"{kept}-{file}" if kept else file
