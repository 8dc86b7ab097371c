"""A house whose room has a show on air, and the door to it: real store, gate and origin, on the test's clock."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.routing import Mount, Router

from onstage.actions import playback, presence
from onstage.actions.broadcast_life import report_status
from onstage.actions.broadcasts import NewBroadcast, start_broadcast
from onstage.actions.context import Unattended
from onstage.actions.playback import NewPlaybackToken
from onstage.actions.rooms import RoomChange, update_room
from onstage.jobs.gatekeeper import Gatekeeper
from onstage.model.media import DEFAULT_PROFILE
from onstage.model.records import BroadcastStatus, PlaybackToken
from onstage.origin.doors.http import live_routes
from onstage.origin.doors.viewers import Viewers
from onstage.origin.live.broadcast import BroadcastWindow
from onstage.origin.origin import Origin
from tests.origin.serving import Show
from tests.support.clock import settle
from tests.support.house import House

HOUR = 3_600


class Following(Unattended):
    """What follows a change, as far as doors are concerned."""

    def __init__(self, gatekeeper: Gatekeeper) -> None:
        self._gatekeeper = gatekeeper
        self.counted: list[str] = []

    async def playback_changed(self, room_or_project_id: str) -> None:
        await self._gatekeeper.changed(room_or_project_id)

    async def counts_changed(self, room_id: str) -> None:
        self.counted.append(room_id)


@dataclass(slots=True)
class Venue:
    """A room on air."""

    house: House
    show: Show
    gatekeeper: Gatekeeper
    viewers: Viewers
    following: Following
    app: Starlette

    @property
    def window(self) -> BroadcastWindow:
        return self.show.window

    @property
    def room_list(self) -> str:
        """The room's static list, as a path below `/live/`, or below a token."""
        return f"{self.house.room.id}/index.m3u8"

    @property
    def media_list(self) -> str:
        """A media playlist's path, likewise."""
        return f"{self.window.broadcast_id}/720p/index.m3u8"

    async def set(self, **settings: Any) -> None:
        """Change the room's `playback`."""
        change = RoomChange(settings={"playback": settings})
        await update_room(self.house.ctx, self.house.server, self.house.room.id, change)

    async def token(self, **more: Any) -> str:
        """A token that the project's server had made."""
        return (await self.made(**more))[1]

    async def made(self, *, ttl_s: int = HOUR, **more: Any) -> tuple[PlaybackToken, str]:
        new = NewPlaybackToken(timedelta(seconds=ttl_s), **more)
        return await playback.create_playback_token(self.house.ctx, self.house.server, self.house.room.id, new)

    async def joined(self, identity: str, role: str = "viewer") -> str:
        """The path by which somebody plays who has joined, up to the room's id."""
        room, participant = await presence.join(self.house.ctx, await self.house.token(identity, role))
        await self.house.clock.advance(1)
        found = await playback.playback_of(self.house.ctx, room, participant)
        return found.path.removesuffix(self.room_list)

    async def get(self, path: str, headers: Mapping[str, str] | None = None) -> httpx.Response:
        return await self.show.client.get(path, headers=dict(headers or {}))

    async def code(self, path: str) -> str:
        """The code of the refusal there; `200` if it is none."""
        answer = await self.get(path)
        return "200" if answer.status_code == 200 else str(answer.json()["code"])


@asynccontextmanager
async def a_venue(house: House) -> AsyncIterator[Venue]:
    """The room goes on air with three segments."""
    gatekeeper = Gatekeeper(house.ctx)
    await gatekeeper.start()
    following = Following(gatekeeper)
    house.ctx.after_change = following
    broadcast = await start_broadcast(house.ctx, house.server, house.room.id, NewBroadcast())
    await report_status(house.ctx, broadcast.id, BroadcastStatus.LIVE)
    origin = Origin(house.clock, None)
    window = await origin.open(broadcast.id, house.room.id, DEFAULT_PROFILE)
    viewers = Viewers(house.clock, _address)
    live = live_routes(origin, None, gatekeeper, viewers)
    app = Starlette(routes=[Mount("/live", app=Router(live, redirect_slashes=False))])
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://onstage.test") as client:
        show = Show(house.clock, origin, window, client)
        await show.fill(3)
        yield Venue(house, show, gatekeeper, viewers, following, app)
    await settle()
    await gatekeeper.stop()
    await origin.close()


def _address(request: Request) -> str:
    return request.headers.get("x-address", "somewhere")


def path_of(url: str) -> str:
    return urlsplit(url).path
