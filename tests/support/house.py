"""The control plane of one test: real store, real bus, real tokens, on a clock the test moves."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from onstage.actions import presence, promotion, rooms, tokens
from onstage.actions.access import ParticipantCaller, ServerCaller
from onstage.actions.context import Context
from onstage.actions.making import NewRoom
from onstage.actions.projects import create_project
from onstage.actions.promotion import PromotionRequest
from onstage.actions.snapshot import take_snapshot
from onstage.actions.tokens import NewToken
from onstage.bus import Bus
from onstage.clock import SystemClock
from onstage.composer.media_library import MediaLibrary
from onstage.events import LeaveReason
from onstage.media.engine import Engine
from onstage.media.livekit_cluster import LiveKitAccess, LiveKitEngine
from onstage.model.permission import Permission
from onstage.model.records import Invite, Participant, Presence, Project, Room
from onstage.model.template import INTERACTIVE_LIVE_STREAM
from onstage.sealing import Keyring
from onstage.store import participants, sessions
from onstage.store import rooms as room_store
from onstage.store.events import EventRow, after
from tests.support.buses import Buses, MemoryBuses
from tests.support.clock import ManualClock, settle
from tests.support.stores import PostgresStore, SqliteStore, Store
from tests.support.waiting import until
from tests.support.watched import WatchedDatabase

LARGEST_MEDIA_BYTES = 1_000_000
TOKEN_SECRET = b"a secret of thirty-two bytes or more"
_TIMES_AT_REST = 3  # what follows a change may be another one
# Nothing listens on the discard port: an engine that is away, whose tokens are good all the same.
_ENGINE_AWAY = LiveKitAccess("http://127.0.0.1:9", "key", "an engine secret of 32 bytes or more")


@dataclass(slots=True)
class House:
    """A context, a project, and a room that the tests mostly play in."""

    ctx: Context
    clock: ManualClock
    project: Project
    secret: str
    room: Room
    store: Store

    @property
    def server(self) -> ServerCaller:
        """The app's server, with the project's credentials."""
        return ServerCaller(self.project.id)

    async def another_room(self, name: str) -> Room:
        new = NewRoom(name=name, title=name, template=INTERACTIVE_LIVE_STREAM.name)
        return await rooms.create_room(self.ctx, self.server, new)

    async def token(self, identity: str, role: str, *, room: str | None = None, **more: Any) -> str:
        new = NewToken(identity=identity, name=identity.title(), role=role, **more)
        return (await tokens.mint_token(self.ctx, self.server, room or self.room.id, new)).token

    async def join(
        self, identity: str, role: str, *, room: str | None = None, permissions: tuple[Permission, ...] = ()
    ) -> Participant:
        """Somebody in the room; a second passes, so that everybody joined at a moment of their own."""
        token = await self.token(identity, role, room=room, permissions=permissions)
        _, participant = await presence.join(self.ctx, token)
        await self.clock.advance(1)
        return participant

    def caller(self, participant: Participant) -> ParticipantCaller:
        return ParticipantCaller(participant.project_id, participant.room_id, participant.identity)

    async def promoted(self, participant: Participant, **asked: Any) -> Participant:
        """Forced by the server."""
        request = PromotionRequest(force=True, **asked)
        done = await promotion.promote(self.ctx, self.server, participant.room_id, participant.id, request)
        assert isinstance(done, Participant)
        return done

    async def invited(
        self, participant: Participant, *, by: Participant | None = None, expires_in: timedelta = timedelta(seconds=60)
    ) -> Invite:
        caller = self.server if by is None else self.caller(by)
        request = PromotionRequest(expires_in=expires_in)
        done = await promotion.promote(self.ctx, caller, participant.room_id, participant.id, request)
        assert isinstance(done, Invite)
        return done

    async def now(self, participant: Participant) -> Participant:
        """The participant as the store has it now."""
        async with self.ctx.database.read() as tx:
            found = await participants.get(tx, participant.id)
        assert found is not None
        return found

    async def gone(self, participant: Participant) -> None:
        """They have had no connection for long enough, and are written as left if they were still there."""
        async with self.ctx.database.begin() as tx:
            room = await room_store.lock_id(tx, participant.room_id)
            now = await participants.get(tx, participant.id)
            if room is not None and now is not None and now.presence is Presence.JOINED:
                await presence.depart(self.ctx, tx, room, now, LeaveReason.ABSENT)

    async def is_here(self, participant: Participant) -> bool:
        return (await self.now(participant)).presence is Presence.JOINED

    async def settle(self) -> None:
        """Wait until no task does anything but wait: for time, or for somebody outside."""
        database = self.ctx.database
        assert isinstance(database, WatchedDatabase), "every house has one"
        for _ in range(_TIMES_AT_REST):
            await settle()
            await until(lambda: database.is_at_rest, what="the open transactions to end")

    async def until_sleepers(self, count: int) -> None:
        """Wait until so many tasks sleep on the clock, so that moving it reaches them all."""
        await until(lambda: self.clock.sleepers >= count, what=f"{count} sleepers on the clock")

    async def has_session(self) -> bool:
        async with self.ctx.database.read() as tx:
            return await sessions.open_of(tx, self.room.id) is not None

    async def seq(self) -> int:
        async with self.ctx.database.read() as tx:
            room = await room_store.get(tx, self.room.id)
        assert room is not None
        return room.seq

    async def events(self, *, behind: int = 0) -> list[EventRow]:
        """The room's events behind that `seq`."""
        async with self.ctx.database.read() as tx:
            return await after(tx, self.room.id, behind, limit=10_000)

    async def names(self, *, behind: int = 0) -> list[str]:
        return [event.name for event in await self.events(behind=behind)]

    async def snapshot(self, participant: Participant) -> dict[str, Any]:
        """What that participant sees, as JSON data."""
        return (await take_snapshot(self.ctx, self.caller(participant))).view.model_dump(mode="json")


@asynccontextmanager
async def open_house(
    folder: Path, schema: Store, *, buses: Buses | None = None, engine: Engine | None = None
) -> AsyncIterator[House]:
    """A house on a database of its own, in `folder` if it is a file.

    Without `buses` it is a house of one process; without `engine`, one whose engine is away.
    """
    buses = buses or MemoryBuses()
    async with (
        schema.opened(folder) as url,
        buses.opened() as bus,
        _house_on(folder, url, schema, bus, engine) as house,
    ):
        yield house


@asynccontextmanager
async def _house_on(folder: Path, url: str, store: Store, bus: Bus, engine: Engine | None) -> AsyncIterator[House]:
    clock = ManualClock()
    ctx = Context(
        clock=clock,
        database=WatchedDatabase(url),
        bus=bus,
        engine=engine or LiveKitEngine(_ENGINE_AWAY, SystemClock()),
        keyring=Keyring(TOKEN_SECRET),
        max_broadcasts=2,
        media=MediaLibrary(folder / "media", most_bytes=LARGEST_MEDIA_BYTES),
    )
    project, secret = await create_project(ctx, "test")
    new = NewRoom(name="show", title="The show", template=INTERACTIVE_LIVE_STREAM.name)
    room = await rooms.create_room(ctx, ServerCaller(project.id), new)
    try:
        yield House(ctx, clock, project, secret, room, store)
    finally:
        await ctx.database.close()


@pytest.fixture(scope="session")
def schema(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Databases with the schema and nothing in them, of the kind that `--store` names."""
    if request.config.getoption("--store") == "sqlite":
        return SqliteStore(tmp_path_factory.mktemp("schema"))
    return PostgresStore(request.getfixturevalue("postgres"))


@pytest.fixture
async def house(tmp_path: Path, schema: Store, buses: Buses) -> AsyncIterator[House]:
    async with open_house(tmp_path, schema, buses=buses) as opened:
        yield opened
