"""Which server has a show, and what becomes of the shows of servers that are no more (design §10.14)."""

from collections import OrderedDict

import structlog

from onstage.actions.broadcast_life import report_status
from onstage.actions.context import Context
from onstage.errors import OnstageError
from onstage.jobs.membership import Leader
from onstage.jobs.tasks import Tasks, attempt, for_ever
from onstage.model.ids import Prefix, is_id
from onstage.model.records import Broadcast, BroadcastReason, BroadcastStatus
from onstage.store import broadcasts, recordings, servers
from onstage.store.database import Tx

KNOWN_FOR_S = 1.0
"""How long an answer is good for: players ask several times a second."""
LOOK_EVERY_S = 5.0
LOST_AFTER_S = 30.0
"""A server that is started again within this time, besides that until it is given up, goes on with its shows."""
_MOST_KNOWN = 1024
_LOOKING = "lost shows"
_log = structlog.get_logger(__name__)


class Whereabouts:
    """Finds the server of a show."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self._known: OrderedDict[str, tuple[str | None, float]] = OrderedDict()

    async def find(self, show: str) -> str | None:
        """The URL of the *other* server that has the show of a room, broadcast or recording; None: none is known."""
        now_s = self._ctx.clock.monotonic()
        url, until_s = self._known.get(show, (None, now_s))
        if until_s <= now_s:
            url = await self._look_up(show)
            self._known[show] = (url, now_s + KNOWN_FOR_S)
            self._known.move_to_end(show)
            if len(self._known) > _MOST_KNOWN:
                self._known.popitem(last=False)
        return url

    async def _look_up(self, show: str) -> str | None:
        if not is_id(show):
            return None
        try:
            async with self._ctx.database.read() as tx:
                found = await _show(tx, show)
                if found is None or found.server_id in (None, self._ctx.server_id):
                    return None
                server = await servers.get(tx, str(found.server_id))
        except OnstageError:
            return None
        return None if server is None else server.url


async def _show(tx: Tx, name: str) -> Broadcast | None:
    if name.startswith(f"{Prefix.RECORDING}_"):
        recording = await recordings.get(tx, name)
        return None if recording is None else await broadcasts.get(tx, recording.broadcast_id)
    return await broadcasts.get(tx, name) or await broadcasts.to_watch(tx, name)


class LostShows:
    """Ends the broadcasts whose server does not come back: what was stored of them is in its folder."""

    def __init__(self, ctx: Context, leader: Leader) -> None:
        self._ctx = ctx
        self._leader = leader
        self._tasks = Tasks()
        self._lost_since_s: dict[str, float] = {}

    async def start(self) -> None:
        """Look from now on."""
        self._tasks.start(for_ever(self._ctx.clock, self._look_later, _LOOKING), _LOOKING)

    async def stop(self) -> None:
        """Look no more."""
        await self._tasks.stop()

    async def _look_later(self) -> None:
        await self._ctx.clock.sleep(LOOK_EVERY_S)
        try:
            await self._look()
        except OnstageError:
            self._lost_since_s = {}  # the servers may only be unable to say that they are there

    async def _look(self) -> None:
        async with self._ctx.database.read() as tx:
            alive = {server.id for server in await servers.page(tx)}
            lost = [one for one in await broadcasts.all_active(tx) if one.server_id not in (None, *alive)]
        now_s = self._ctx.clock.monotonic()
        self._lost_since_s = {one.id: self._lost_since_s.get(one.id, now_s) for one in lost}
        for broadcast in lost if self._leader.is_leader else ():
            is_over = broadcast.status is BroadcastStatus.STOPPING  # there is no more to come of it
            if is_over or now_s - self._lost_since_s[broadcast.id] >= LOST_AFTER_S:
                _log.warning("show_lost", broadcast=broadcast.id, server=broadcast.server_id)
                status = BroadcastStatus.ENDED if is_over else BroadcastStatus.FAILED
                await attempt(
                    report_status(self._ctx, broadcast.id, status, reason=BroadcastReason.SERVER_LOST),
                    "end a lost show",
                )
