"""A show with synthetic people that is watched while its script goes on."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from onstage.model.layout import Layout
from tests.support.content.cast import Cast
from tests.support.content.looks import Look
from tests.support.content.setting import Setting
from tests.support.content.viewer import Viewer, watching
from tests.support.onstage_server import OnstageServer


class Run:
    """Times are wall times, so that they can be found in the film."""

    def __init__(self, server: OnstageServer, broadcast_id: str, cast: Cast, viewer: Viewer) -> None:
        self.viewer = viewer
        self._server = server
        self._broadcast_id = broadcast_id
        self._cast = cast

    async def lasts(self, parts: int) -> datetime:
        """Let it go on for so many parts; when that was over."""
        await self.viewer.has_more(parts)
        return datetime.now(UTC)

    async def change(self, layout: Layout) -> datetime:
        """Change its layout; when that was asked."""
        asked = datetime.now(UTC)
        path = f"/v1/broadcasts/{self._broadcast_id}"
        await self._server.call("PATCH", path, {"layout": layout.model_dump(mode="json")})
        return asked

    async def tell(self, command: str, who: Look, *arguments: int) -> datetime:
        """Somebody does something; when it was done."""
        await self._cast.tell(command, who, *arguments)
        return datetime.now(UTC)


@asynccontextmanager
async def on_air(server: OnstageServer, room: str, setting: Setting, cast: Cast) -> AsyncIterator[Run]:
    """Everybody joins, and the room is broadcast and watched until the block ends."""
    await cast.everybody_joins()
    broadcast = await server.call("POST", f"/v1/rooms/{room}/broadcasts", setting.body)
    try:
        async with watching(server.http, broadcast["playback_path"]) as viewer:
            yield Run(server, broadcast["id"], cast, viewer)
    finally:
        await asyncio.shield(server.call("POST", f"/v1/broadcasts/{broadcast['id']}/stop"))
