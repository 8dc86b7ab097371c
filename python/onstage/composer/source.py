"""Reads the stage through the engine, as a hidden participant who only subscribes, with LiveKit's official SDK.

Runs on a thread of its own with its own event loop: the composer's clock never waits for it.
"""

import asyncio
import base64
import json
import time
from collections.abc import Callable

import structlog
import uvloop
from livekit import rtc

from onstage.composer.stage import Stage
from onstage.composer.threads import start_thread
from onstage.composer.visit import TileSizes, Visit
from onstage.composer.wire import Failed
from onstage.model.broadcast_reasons import BroadcastReason

RETRY_EVERY_S = 0.5
_LEAVE_WITHIN_S = 1.0
_log = structlog.get_logger(__name__)


class Source:
    """Keeps a `Stage` like the engine's room, from `start` to `stop`.

    The SDK resumes lost connections by itself. When it has given up, we join again, as long as we hold a valid token:
    that of the start lives a minute, those that the engine sends to who is connected some minutes more. After that
    `on_lost` is called: only the server can give another token, to the next composer (design §10.10).
    """

    def __init__(
        self, url: str, token: str, stage: Stage, on_lost: Callable[[Failed], None], *, has_pictures: bool = True
    ) -> None:
        """Prepare.

        Args:
            url: The engine's WebSocket URL.
            token: To join with.
            stage: What to keep.
            on_lost: Called once, on our thread, when the engine can't be reached any more.
            has_pictures: Whether to receive cameras and screens, or sound alone.
        """
        self._url = url
        self._token = token
        self._stage = stage
        self._on_lost = on_lost
        self._loop = uvloop.new_event_loop()
        self._work: asyncio.Task[None] | None = None
        self._visit: Visit | None = None
        self._sizes: TileSizes = {}
        self._has_pictures = has_pictures

    def start(self) -> None:
        """Join, on our own thread."""
        self._thread = start_thread("engine", self._run)

    def stop(self) -> None:
        """Leave, as far as that goes quickly."""
        self._loop.call_soon_threadsafe(lambda: self._work and self._work.cancel())
        self._thread.join(_LEAVE_WITHIN_S)

    def fit_layers(self, sizes: TileSizes) -> None:
        """Ask for the simulcast layers that fit tiles of these sizes."""
        if sizes != self._sizes:
            self._sizes = sizes
            self._loop.call_soon_threadsafe(self._fit_layers)

    def take_pictures(self, *, are_wanted: bool) -> None:
        """Receive cameras and screens from now on, or none of them."""
        if are_wanted != self._has_pictures:
            self._has_pictures = are_wanted
            self._loop.call_soon_threadsafe(self._take_pictures)

    def _take_pictures(self) -> None:
        if self._visit is not None:
            self._visit.take_pictures(are_wanted=self._has_pictures)

    def _fit_layers(self) -> None:
        if self._visit is not None:
            self._visit.fit_layers(self._sizes)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)  # the SDK asks for it
        self._work = self._loop.create_task(self._stay())
        self._loop.run_until_complete(asyncio.wait([self._work]))

    async def _stay(self) -> None:
        lost = Failed(BroadcastReason.ENGINE_UNREACHABLE, "the engine could not be reached")
        try:
            while _is_valid(self._token):
                if await self._visit_once():
                    lost = Failed(BroadcastReason.ENGINE_UNREACHABLE, "the engine's connection was lost")
                await asyncio.sleep(RETRY_EVERY_S)
        except Exception as error:  # noqa: BLE001  whatever it was, the server is told
            _log.exception("source_failed")
            lost = Failed(BroadcastReason.COMPOSER_DIED, f"the stage could not be read: {type(error).__name__}")
        self._on_lost(lost)

    async def _visit_once(self) -> bool:
        """Join and stay until the connection is lost. Returns whether we got in."""
        self._visit = visit = Visit(self._stage, self._sizes, has_pictures=self._has_pictures)
        try:
            await visit.join(self._url, self._token)
            await visit.gone.wait()
        except rtc.ConnectError as error:
            _log.warning("engine_join_failed", error=type(error).__name__)
            return False
        finally:
            self._visit = None
            self._token = visit.token or self._token
            await visit.leave()
        _log.warning("engine_connection_lost")
        return True


def _is_valid(token: str) -> bool:
    """Whether `token` has not expired, by what it says itself. It is the engine that checks it."""
    claims = json.loads(base64.urlsafe_b64decode(token.split(".")[1] + "=="))
    return float(claims["exp"]) > time.time()
