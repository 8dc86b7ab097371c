"""Tells the store who is here, on this server's gateway or on the engine, a handful at a time (design §10.5)."""

import asyncio
from collections.abc import Callable

import structlog

from onstage.actions.connections import write_connections
from onstage.actions.context import Context
from onstage.bus import Changed, Notice, Topic, WakeUp
from onstage.errors import OnstageError
from onstage.jobs.tasks import Tasks, for_ever, listen
from onstage.model.records import Connection, ConnectionKind, Participant
from onstage.store import connections

GATHER_S = 0.05
"""Pause between two writes: thousands who come at once are some twenty writes a second."""
STORE_AWAY_S = 1.0
"""Pause before the store, when it is away, is told again."""
_AT_A_TIME = 500
_WRITING, _LISTENING = "write who is here", "hear of replaced connections"
_log = structlog.get_logger(__name__)


class PresenceKeeper:
    """Notes what comes and goes on this server; who leaves for lack of it is found out by `jobs/timers`."""

    def __init__(self, ctx: Context) -> None:
        self._ctx = ctx
        self.on_replaced: Callable[[str, str], None] = lambda _participant_id, _connection_id: None
        """Told the newest gateway connection of a participant who has come again, here or on another server."""
        self._tasks = Tasks()
        self._here: dict[str, Connection] = {}  # the gateway connections of this server
        self._written: set[str] = set()  # those of them that the store has had
        self._came: dict[str, Connection] = {}  # not written yet
        self._gone: dict[str, Connection] = {}
        self._wake = asyncio.Event()
        self._at_rest = asyncio.Event()
        self._at_rest.set()

    async def start(self) -> None:
        """Write, and hear of replaced connections, from now on."""
        clock, replaced = self._ctx.clock, await self._ctx.bus.subscribe(Topic.REPLACED)
        self._tasks.start(for_ever(clock, self._write_next, _WRITING), _WRITING)
        self._tasks.start(listen(clock, replaced, self._hear, _LISTENING), _LISTENING)

    async def stop(self) -> None:
        """Write nothing more: the server's end takes away what it held."""
        await self._tasks.stop()

    async def written(self) -> None:
        """Return once everything that was told is in the store."""
        await self._at_rest.wait()

    def gateway_connected(self, participant: Participant, connection_id: str) -> None:
        """A gateway connection is up."""
        place = participant.id, participant.room_id
        now = self._ctx.clock.now()
        new = Connection(connection_id, *place, ConnectionKind.GATEWAY, self._ctx.server_id, now)
        self._here[connection_id] = new
        self._note(came=new)

    def gateway_disconnected(self, connection_id: str) -> None:
        """A gateway connection is down: maybe one of before they left and came again, which ties nobody now."""
        self._written.discard(connection_id)
        known = self._here.pop(connection_id, None)
        if known is not None:
            self._note(gone=known)

    def engine_joined(self, participant: Participant) -> None:
        """Their media connection is up."""
        self._note(came=Connection.of_engine(participant, self._ctx.clock.now()))

    def engine_left(self, participant: Participant) -> None:
        """Their media connection is down."""
        self._note(gone=Connection.of_engine(participant, self._ctx.clock.now()))

    def tell_again(self) -> None:
        """The others had given this server up, and taken away what it held: it holds it still."""
        for connection in self._here.values():
            self._note(came=connection)

    def _note(self, *, came: Connection | None = None, gone: Connection | None = None) -> None:
        if came is not None:
            self._gone.pop(came.id, None)
            self._came[came.id] = came
        if gone is not None:
            self._came.pop(gone.id, None)
            self._gone[gone.id] = gone
        self._at_rest.clear()
        self._wake.set()

    async def _write_next(self) -> None:
        await self._wake.wait()
        self._wake.clear()
        is_written = await self._write()
        if self._came or self._gone:
            self._wake.set()
        else:
            self._at_rest.set()
        await self._ctx.clock.sleep(GATHER_S if is_written else STORE_AWAY_S)

    async def _write(self) -> bool:
        """Write what is known now, at most so much at once; False when the store is away."""
        came, gone = _first(self._came), _first(self._gone)
        try:
            await self._write_these(came, gone)
        except OnstageError as error:
            self._put_back(came, gone, error)
            return False
        except Exception as error:  # noqa: BLE001 - one that can't be written must not hide the others
            _log.warning("presence_written_singly", connections=len(came) + len(gone), error=str(error))
            return await self._write_singly(came, gone)
        return True

    async def _write_these(self, came: dict[str, Connection], gone: dict[str, Connection]) -> None:
        await write_connections(self._ctx, list(came.values()), list(gone.values()), again=self._written)
        self._written |= came.keys() & self._here.keys()

    async def _write_singly(self, came: dict[str, Connection], gone: dict[str, Connection]) -> bool:
        """Write each by itself, who has gone first, as when all are written together; False when the store is away."""
        for left, is_gone in ((gone, True), (came, False)):
            for key, one in list(left.items()):
                try:
                    await self._write_these({} if is_gone else {key: one}, {key: one} if is_gone else {})
                except OnstageError as error:
                    self._put_back(came, gone, error)
                    return False
                except Exception as error:  # noqa: BLE001 - as above
                    _log.error("presence_failed", connection=key, participant=one.participant_id, exc_info=error)
                del left[key]
        return True

    def _put_back(self, came: dict[str, Connection], gone: dict[str, Connection], error: OnstageError) -> None:
        """Write them later, but for what was told of them since."""
        _log.warning("presence_not_written", error=str(error))
        self._came = {**came, **self._came}
        self._gone = {**gone, **self._gone}
        for known in self._came.keys() & self._gone.keys():  # what was told last counts
            del (self._gone if known in gone else self._came)[known]

    async def _hear(self, notices: list[Notice]) -> None:
        for notice in notices:
            match notice:
                case Changed(id=connection_id):
                    self.on_replaced(connection_id.partition(".")[0], connection_id)
                case WakeUp():
                    await self._compare()

    async def _compare(self) -> None:
        """Something may have been missed: whoever is here, and not in the store, is told again or was replaced."""
        async with self._ctx.database.read() as tx:
            known = await connections.ids_of_server(tx, self._ctx.server_id)
        for connection in self._here.values():
            if connection.id not in known and connection.id not in self._came:
                self._note(came=connection)


def _first(waiting: dict[str, Connection]) -> dict[str, Connection]:
    """Take out what has waited longest."""
    return {key: waiting.pop(key) for key in list(waiting)[:_AT_A_TIME]}
