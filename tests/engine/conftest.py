"""The engine under test, and clients to drive it. Another engine joins by a line in `ENGINES`."""

import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, cast

import pytest
import pytest_asyncio
from playwright.async_api import Browser, BrowserContext, async_playwright
from starlette.responses import FileResponse
from starlette.routing import Route

from onstage.media.engine import Engine, EngineEvent, EngineGrant, EngineJoined, EngineParticipant
from onstage.model.role import ALL_SOURCES, Level
from tests.engine.clients import BrowserClient, Client, PythonClient
from tests.support.livekit import ROOT, livekit_house
from tests.support.waiting import EventLog

CHROMIUM = "/usr/bin/chromium"
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--autoplay-policy=no-user-gesture-required",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
BROWSER_SDK = ROOT / "node_modules" / "livekit-client" / "dist" / "livekit-client.umd.js"
PAGE_ROUTES = (
    Route("/client", lambda _request: FileResponse(Path(__file__).with_name("client_page.html"))),
    Route("/livekit-client.umd.js", lambda _request: FileResponse(BROWSER_SDK)),
)

ENGINES: dict[str, Callable[..., AbstractAsyncContextManager[Any]]] = {"livekit": livekit_house}


@dataclass(slots=True)
class Hall:
    """An engine with one room of the test's own in it."""

    engine: Engine
    url: str
    all_events: EventLog[EngineEvent]
    open_client: Callable[[str, str], Awaitable[Client]]
    room: str = field(default_factory=lambda: f"rm_{secrets.token_hex(6)}")

    @property
    def ws_url(self) -> str:
        return self.url.replace("http", "ws", 1)

    @property
    def events(self) -> list[EngineEvent]:
        """What the engine has told of this room."""
        return [one for one in self.all_events.seen if getattr(one, "room", None) == self.room]

    async def event(self, kind: type[Any], matches: Callable[[Any], bool] = lambda _event: True) -> Any:
        """Wait for an event of this room."""
        return await self.all_events.first(
            lambda one: isinstance(one, kind) and getattr(one, "room", None) == self.room and matches(one),
            what=kind.__name__,
        )

    async def joined(self, identity: str) -> EngineParticipant:
        """Wait until the engine has told that they are in."""
        event = await self.event(EngineJoined, lambda one: one.participant.identity == identity)
        return cast("EngineJoined", event).participant

    def grant(self, identity: str, level: Level = Level.STAGE, **changes: Any) -> EngineGrant:
        """Somebody on stage may publish all; somebody in the audience listens, hidden."""
        on_stage = level is Level.STAGE
        grant = EngineGrant(
            room=self.room,
            identity=identity,
            name=identity.title(),
            level=level,
            role="guest" if on_stage else "audience",
            sources=ALL_SOURCES if on_stage else frozenset(),
            can_publish_data=False,
            hidden=not on_stage,
        )
        return replace(grant, **changes)

    async def client(self, kind: str, identity: str, level: Level = Level.STAGE, **changes: Any) -> Client:
        """Somebody who has joined."""
        client = await self.open_client(kind, identity)
        await client.join(self.ws_url, self.engine.access_token(self.grant(identity, level, **changes)))
        return client


@pytest_asyncio.fixture(scope="package", loop_scope="package", params=sorted(ENGINES))
async def house(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Any]:
    opened = ENGINES[request.param](tmp_path_factory.mktemp("engine"), routes=PAGE_ROUTES)
    async with opened as house, EventLog(house.engine.events()) as events:
        yield house, events


@pytest_asyncio.fixture(scope="package", loop_scope="package")
async def browser() -> AsyncIterator[Browser]:
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=CHROMIUM_FLAGS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="package")
async def hall(house: Any, browser: Browser) -> AsyncIterator[Hall]:
    engine_house, events = house
    clients: list[Client] = []
    contexts: list[BrowserContext] = []

    async def open_client(kind: str, identity: str) -> Client:
        if kind == "python":
            clients.append(PythonClient(identity))
        else:
            contexts.append(await browser.new_context(permissions=["camera", "microphone"]))
            clients.append(await BrowserClient.opened(identity, await contexts[-1].new_page(), engine_house.url))
        return clients[-1]

    hall = Hall(engine_house.engine, engine_house.url, events, open_client)
    yield hall
    for client in clients:
        await client.leave()
    for context in contexts:
        await context.close()
    await hall.engine.end_room(hall.room)
