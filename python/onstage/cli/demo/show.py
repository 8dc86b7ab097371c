"""The demo: a server, people on its stage, a viewer who comes and goes, and somebody who watches and measures."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import httpx
import structlog

from onstage.app import App
from onstage.cli.demo.cast import ROLES, playing
from onstage.cli.demo.people import IN_SEATS, ON_STAGE, ON_STAGE_FOR_S, ON_STAGE_NOW
from onstage.cli.demo.verdict import Verdict, judge, rate_between
from onstage.cli.demo.viewer import HeadlessViewer, Reading
from onstage.cli.development import Development
from onstage.composer.wire import Canvas
from onstage.errors import StartError

LINE_EVERY_S = 5.0
LIVE_WITHIN_S = 20.0
_LOOK_EVERY_S = 1.0
_SDK_LOG = "livekit::"
_log = structlog.get_logger(__name__)


class Show:
    """One show in the development room, driven through REST like an app's server would."""

    def __init__(self, app: App, dev: Development, base_url: str) -> None:
        self._app = app
        self._dev = dev
        self._base_url = base_url
        self._http = httpx.AsyncClient(
            base_url=base_url,
            auth=(dev.project_id, dev.secret),
            verify=False,  # noqa: S501 - our own self-signed certificate
        )
        self._broadcast: dict[str, Any] = {}
        self._began = time.monotonic()
        self.readings: list[Reading] = []

    async def run(self, say: Callable[[str], None]) -> None:
        """Perform until cancelled, telling how it goes."""
        await self._clear_room()
        async with self._people(), self._live():
            best = self._broadcast["ladder"][0]
            page = f"{self._base_url}/watch/{self._dev.viewer_code}"
            async with HeadlessViewer(page, Canvas(best["width"], best["height"])) as viewer:
                await asyncio.gather(self._stage_manager(), self._watch(viewer, say))

    async def _clear_room(self) -> None:
        """End what an earlier run left: within a session people stay where they were, on stage too."""
        with contextlib.suppress(StartError):  # there was none
            await self._call("POST", f"/v1/rooms/{self._dev.room_id}/end")
        for old in (await self._call("GET", f"/v1/rooms/{self._dev.room_id}/broadcasts?limit=1"))["data"]:
            await self._end(old["id"])

    def verdict(self) -> Verdict:
        """What the viewer saw so far."""
        return judge(self.readings)

    @asynccontextmanager
    async def _people(self) -> AsyncIterator[None]:
        tokens = {identity: await self._token(identity, role) for identity, role in ROLES.items()}
        on_stage = asyncio.Event()

        def on_line(line: str) -> None:
            if line == ON_STAGE_NOW:
                on_stage.set()
            elif not line.startswith(_SDK_LOG):  # the SDK complains when a connection is cut under it, as ours are
                _log.warning("demo_people", line=line)

        async with playing(self._base_url, tokens, on_line) as child:
            try:
                async with asyncio.timeout(LIVE_WITHIN_S):
                    await on_stage.wait()
            except TimeoutError as cause:
                raise StartError(f"The demo's people did not come on stage: {' '.join(child.tail)}") from cause
            yield

    async def _token(self, identity: str, role: str) -> str:
        name = {**ON_STAGE, **IN_SEATS}[identity].name
        body = {"identity": identity, "name": name, "role": role}
        minted = await self._call("POST", f"/v1/rooms/{self._dev.room_id}/tokens", body)
        return str(minted["token"])

    async def _call(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        answer = await self._http.request(method, path, json=body)
        if answer.is_error:
            raise StartError(f"The demo's call {method} {path} was refused: {answer.json().get('detail')}")
        found: dict[str, Any] = answer.json()
        return found

    @asynccontextmanager
    async def _live(self) -> AsyncIterator[None]:
        """The room is live."""
        self._broadcast = await self._call(
            "POST", f"/v1/rooms/{self._dev.room_id}/broadcasts", {"title": "The Onstage demo"}
        )
        self._began = time.monotonic()
        try:
            await self._until_status(self._broadcast["id"], "live")
            yield
        finally:
            await self._end(self._broadcast["id"])
            await self._http.aclose()

    async def _end(self, broadcast_id: str) -> None:
        with contextlib.suppress(StartError):  # over already
            await self._call("POST", f"/v1/broadcasts/{broadcast_id}/stop")
            await self._until_status(broadcast_id, "ended")

    async def _until_status(self, broadcast_id: str, status: str) -> None:
        for _ in range(int(LIVE_WITHIN_S * 5)):
            found = await self._call("GET", f"/v1/broadcasts/{broadcast_id}")
            if found["status"] == status:
                return
            if found["status"] == "failed":
                raise StartError(f"The demo's broadcast failed: {found['reason']}")
            await asyncio.sleep(0.2)
        raise StartError(f"The demo's broadcast was not {status} within {LIVE_WITHIN_S:.0f} s.")

    async def _stage_manager(self) -> None:
        """Bring on stage whoever raises a hand, and send them back after a while."""
        room = f"/v1/rooms/{self._dev.room_id}"
        while True:
            await asyncio.sleep(_LOOK_EVERY_S)
            for guest in (await self._call("GET", f"{room}/hands"))["data"]:
                await self._call("POST", f"{room}/participants/{guest['id']}/promote", {"role": "guest"})
                await asyncio.sleep(ON_STAGE_FOR_S)
                # They may have gone by themselves meanwhile.
                await self._http.post(f"{room}/participants/{guest['id']}/demote")

    async def _watch(self, viewer: HeadlessViewer, say: Callable[[str], None]) -> None:
        next_line = time.monotonic() + LINE_EVERY_S
        while True:
            await asyncio.sleep(_LOOK_EVERY_S)
            counts = await self._counts()
            self.readings.append(await viewer.read(counts["stage"]))
            if time.monotonic() >= next_line:
                next_line += LINE_EVERY_S
                say(self._line(counts))

    async def _counts(self) -> dict[str, int]:
        listed = await self._call("GET", f"/v1/rooms/{self._dev.room_id}/participants?limit=200")
        levels = [one["level"] for one in listed["data"]]
        return {level: levels.count(level) for level in ("stage", "audience", "viewer")}

    def _line(self, counts: dict[str, int]) -> str:
        live_s = time.monotonic() - self._began
        stats = self._app.broadcasting.stats(self._broadcast["id"])
        late = "?" if stats is None else f"{stats.late_ticks} of {stats.ticks}"
        rate = "?" if stats is None else f"{stats.bitrate_bps / 1e6:.2f}"
        last = self.readings[-1]
        latency = "…" if last.glass_to_glass_ms is None else f"{last.glass_to_glass_ms / 1000:.2f} s"
        shown = rate_between(self.readings[-2], last) if len(self.readings) > 1 else 0.0
        return (
            f"live {live_s:4.0f} s   on stage {counts['stage']}   viewers {counts['viewer']}   "
            f"ticks late {late}   {rate} Mb/s   glass to glass {latency}   {shown:.0f} pictures/s"
        )
