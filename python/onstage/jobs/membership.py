"""Says that this server is alive, sees which others are not, and leads when it is its turn (design §10.5)."""

from collections.abc import Callable, Coroutine, Iterable
from datetime import datetime
from typing import Any, Protocol

import structlog

from onstage.actions.connections import bury_server
from onstage.actions.context import Context
from onstage.actions.servers import LEASE_S, beat, register
from onstage.errors import OnstageError
from onstage.jobs.tasks import Tasks, attempt
from onstage.model.records import Server

BEAT_EVERY_S = 3.0
DEAD_AFTER_S = 10.0
_log = structlog.get_logger(__name__)


class Leader(Protocol):
    """Whether this server does what only one of them does."""

    @property
    def is_leader(self) -> bool:
        """True of one server at most, at any moment."""
        ...


class Silence:
    """For how long each server has said nothing, by our own clock: theirs may differ from ours."""

    def __init__(self) -> None:
        self._heard: dict[str, tuple[object, float]] = {}  # what they last said, and when we first saw it

    def dead(self, servers: Iterable[Server], now_s: float) -> list[str]:
        """Those who have said nothing new for `DEAD_AFTER_S`."""
        heard = {one.id: self._heard.get(one.id, (None, now_s)) for one in servers}
        for one in servers:
            if heard[one.id][0] != one.seen_at:
                heard[one.id] = (one.seen_at, now_s)
        self._heard = heard
        return [server_id for server_id, (_, since_s) in heard.items() if now_s - since_s >= DEAD_AFTER_S]

    def forget(self) -> None:
        """We could not listen: begin anew."""
        self._heard = {}


class Membership:
    """This server among those that share its store. Alone it leads, and buries nobody but itself."""

    def __init__(self, ctx: Context, *, url: str | None = None) -> None:
        """`url` is where other servers reach this one."""
        self._ctx = ctx
        self._url = url
        self._tasks = Tasks()
        self._silence = Silence()
        self._leads_until_s = float("-inf")
        self._was_leader = False
        self._burying: set[str] = set()
        self._others: frozenset[tuple[str, datetime]] = frozenset()
        self.on_lead: list[Callable[[], Coroutine[Any, Any, None]]] = []
        """Called whenever this server has begun to lead."""
        self.on_forgotten: Callable[[], None] = lambda: None
        """Called when the others had given this server up, and taken away what it held."""

    @property
    def is_leader(self) -> bool:
        """Whether this server holds the lease, by its own clock."""
        return self._ctx.clock.monotonic() < self._leads_until_s

    async def start(self) -> None:
        """Be one of the servers from now on.

        Raises:
            OnstageError: `store_unavailable`.
        """
        await register(self._ctx, self._url)
        await self._beat()
        self._tasks.start(self._run(), "membership")

    async def stop(self) -> None:
        """Be none of them any more; whoever was here has time to come back elsewhere."""
        await self._tasks.stop()
        self._leads_until_s = float("-inf")
        try:
            await bury_server(self._ctx, self._ctx.server_id)
        except OnstageError as error:
            _log.warning("server_not_signed_off", error=str(error))  # the others find out

    async def _run(self) -> None:
        while True:
            await self._ctx.clock.sleep(BEAT_EVERY_S)
            if not await attempt(self._beat(), "say that this server is alive"):
                self._silence.forget()  # who says nothing now may only be unable to

    async def _beat(self) -> None:
        asked_s = self._ctx.clock.monotonic()
        heard = await beat(self._ctx, self._url)
        self._leads_until_s = asked_s + LEASE_S if heard.is_leader else float("-inf")
        if not heard.is_known:
            _log.warning("server_was_given_up")
            self.on_forgotten()
        self._notice_lost(heard.servers)
        dead = self._silence.dead(heard.servers, asked_s)
        if heard.is_leader:
            self._bury(dead)
        if heard.is_leader and not self._was_leader:
            _log.info("server_leads")
            for call in self.on_lead:
                self._tasks.start(call(), "what follows from leading")
        self._was_leader = heard.is_leader

    def _notice_lost(self, servers: list[Server]) -> None:
        """A server that is gone may have changed something that it could not tell any more.

        Without a bus between us, so may one that is there.
        """
        others = frozenset((one.id, one.started_at) for one in servers if one.id != self._ctx.server_id)
        is_unheard = bool(others) and not self._ctx.bus.reaches_others
        if is_unheard and others != self._others:
            _log.error("servers_without_redis", servers=len(others) + 1, fix="give all the same ONSTAGE_REDIS_URL")
        if is_unheard or self._others - others:
            self._ctx.bus.doubt()
        self._others = others

    def _bury(self, dead: Iterable[str]) -> None:
        """Beside the beat, which must not wait: a server that froze may still hold what is to be taken from it."""
        for server_id in dead:
            if server_id != self._ctx.server_id and server_id not in self._burying:
                _log.warning("server_given_up", server=server_id)
                self._burying.add(server_id)
                self._tasks.start(self._take_away(server_id), "take away what a dead server held")

    async def _take_away(self, server_id: str) -> None:
        try:
            await attempt(bury_server(self._ctx, server_id), "take away what a dead server held")
        finally:
            self._burying.discard(server_id)  # if it failed, the next beat finds it dead again
