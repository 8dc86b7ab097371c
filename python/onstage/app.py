"""The composition root: builds every part once, starts and stops them in order. It delegates, and decides nothing."""

import contextlib
import fcntl
import os
import secrets
import shutil
import sys
import tempfile
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path
from typing import TextIO

from starlette.applications import Starlette
from starlette.routing import BaseRoute, Mount, WebSocketRoute
from starlette.types import ASGIApp

from onstage.actions.context import Context
from onstage.actions.rate_limits import RateLimits, Rates
from onstage.actions.sealing_anew import seal_anew
from onstage.api.application import build_api
from onstage.api.health import MetricsAccess, health_routes
from onstage.api.pages import page_routes
from onstage.bus import Bus, MemoryBus, RedisBus
from onstage.clock import Clock, SystemClock
from onstage.config import Environment, Settings, networks_in, rate_in
from onstage.errors import OnstageError, StartError
from onstage.gateway.asgi import GATEWAY_PATH, AsgiGateway
from onstage.gateway.server import GatewayServer
from onstage.jobs.after_change import Jobs
from onstage.jobs.auto_stop import AutoStop
from onstage.jobs.broadcasting import Broadcasting
from onstage.jobs.counting import Counting
from onstage.jobs.engine_events import EngineEvents
from onstage.jobs.membership import Membership
from onstage.jobs.metrics import Metrics
from onstage.jobs.polls import PollClock
from onstage.jobs.presence import PresenceKeeper
from onstage.jobs.reactions import Reactions
from onstage.jobs.steering import Steering
from onstage.jobs.timers import Timers
from onstage.jobs.whereabouts import LostShows, Whereabouts
from onstage.livekit.proxy import RtcProxy
from onstage.livekit.webhook import WEBHOOK_PATH, webhook_route
from onstage.media.livekit_cluster import LiveKitAccess, LiveKitEngine
from onstage.media.livekit_config import LiveKitServerOptions
from onstage.media.livekit_server import LiveKitServer
from onstage.model.ids import Prefix, new_id
from onstage.model.retries import Retries
from onstage.origin.http import live_routes
from onstage.origin.origin import Origin
from onstage.origin.passing import Passing
from onstage.outbound import Guard, Outbound, read_policy
from onstage.sealing import Keyring
from onstage.store.database import Database
from onstage.store.shared_counters import SharedCounters
from onstage.webhooks.courier import HttpCourier
from onstage.webhooks.delivery import Dispatcher

_SECRET_BYTES = 32


class App:
    """One Onstage server, without its sockets."""

    def __init__(self, settings: Settings, clock: Clock | None = None, *, webhook_base: str = "") -> None:
        """Build the parts, starting none.

        Args:
            settings: What the operator chose.
            clock: The machine's, when None.
            webhook_base: Where our own livekit-server reaches `internal_asgi`.
        """
        prepare_data_dir(settings.data_dir)
        self.settings = settings
        self.clock = clock or SystemClock()
        self.database = Database(settings.database, pool_size=settings.database_pool)
        self.engine = build_engine(settings, self.clock, webhook_base + WEBHOOK_PATH)
        self.metrics = Metrics()
        self.origin = Origin(self.clock, settings.data_dir / "live", on_published=self.metrics.part_published)
        self.context = Context(
            clock=self.clock,
            database=self.database,
            bus=build_bus(settings, self.clock, self.metrics),
            engine=self.engine,
            keyring=keyring(settings),
            admin_secret=settings.admin_secret,
            rate_limits=rate_limits(settings, self.clock),
            max_broadcasts=settings.max_broadcasts,
            outbound=build_outbound(settings),
            server_id=server_id(settings),
            presence_grace_s=settings.presence_grace_s,
        )
        self._home = Home(settings.data_dir)
        self.membership = Membership(self.context, url=settings.internal_url)
        self.presence = PresenceKeeper(self.context)
        self.steering = Steering(self.context)
        self.counting = Counting(self.context, self.membership)
        self.auto_stop = AutoStop(self.context, after_s=settings.auto_stop_s)
        self.broadcasting = Broadcasting(self.context, self.origin, self.metrics)
        self.passing = Passing(Whereabouts(self.context).find)
        self.lost_shows = LostShows(self.context, self.membership)
        self.engine_events = EngineEvents(self.context, self.presence, self.steering, self.membership)
        self.timers = Timers(self.context)
        self.polls = PollClock(self.context)
        self.reactions = Reactions(self.context)
        courier = HttpCourier(self.context.outbound, self.context.keyring, self.clock)
        self.webhooks = Dispatcher(self.context, courier, self.metrics, retries=Retries(settings.webhook_retry_scale))
        self.context.courier = courier
        self.context.after_change = Jobs(self.steering, self.counting, self.broadcasting, self.webhooks.wake)
        self.gateway = GatewayServer(self.context, self.presence, most_unproven=settings.gateway_unproven_per_address)
        self.presence.on_replaced = self.gateway.replace
        self.membership.on_forgotten = self.presence.tell_again
        self.membership.on_lead += [self.counting.count_all, self.engine_events.catch_up]
        assert self.engine.proxy_target is not None, "LiveKit is a process of its own"
        self.rtc_proxy = RtcProxy(self.engine.proxy_target)
        self.asgi = Starlette(routes=self._hot_routes())
        # Everything else; not by a mount, whose pattern takes no line break in a path.
        self.asgi.router.default = self._rest()
        self.asgi.router.redirect_slashes = False
        self.internal_asgi = Starlette(routes=[webhook_route(self.engine.receive_webhook)])
        self._started = AsyncExitStack()
        self._is_started = False

    def _rest(self) -> ASGIApp:
        """REST and the pages."""
        return build_api(
            self.context,
            public_url=self.settings.public_url and self.settings.public_url.rstrip("/"),
            gateway_url=self.settings.gateway_url,
            gateway_port=self.settings.gateway_port,
            routes=[*health_routes(self.is_ready, self.metrics.text, metrics_access(self.settings)), *page_routes()],
        )

    def _hot_routes(self) -> list[BaseRoute]:
        """What goes past all middleware."""
        return [
            Mount("/live", routes=live_routes(self.origin, self.passing)),
            WebSocketRoute(GATEWAY_PATH, AsgiGateway(self.gateway, self.settings.public_url).endpoint),
            *self.rtc_proxy.routes,
            # An outside LiveKit tells us over the public side; our own child over the internal one.
            *([webhook_route(self.engine.receive_webhook)] if self.settings.livekit_url else []),
        ]

    async def start(self) -> None:
        """Start every part, what others need first.

        Raises:
            StartError: a part can't run here.
        """
        await self.database.migrate()
        await seal_anew(self.context)
        parts: list[tuple[Callable[[], Awaitable[None]], Callable[[], Awaitable[None]]]] = [
            (self._home.take, self._home.leave),
            (_nothing, self.database.close),
            (self.context.bus.start, self.context.bus.stop),
            (_nothing, self.gateway.close),
            (_nothing, self.origin.close),
            (_nothing, self.passing.close),
            (self.engine.start, self.engine.stop),
            (_nothing, self.rtc_proxy.close),
            (_nothing, self.context.outbound.close),
            (_nothing, self.context.rate_limits.close),
            (self.webhooks.start, self.webhooks.stop),
            (_nothing, self.steering.stop),
            (self.membership.start, self.membership.stop),
            (self.presence.start, self.presence.stop),
            (self.engine_events.start, self.engine_events.stop),
            (self.counting.start, self.counting.stop),
            (self.auto_stop.start, self.auto_stop.stop),
            (self.timers.start, self.timers.stop),
            (self.polls.start, self.polls.stop),
            (self.reactions.start, self.reactions.stop),
            (self.broadcasting.start, self.broadcasting.stop),
            (self.lost_shows.start, self.lost_shows.stop),
        ]
        for start, stop in parts:
            # Registered first: a part that fails half-way is stopped as well.
            self._started.push_async_callback(stop)
            await start()
        self._is_started = True

    def let_go(self) -> None:
        """End what clients hold open, so that the sockets can close: gateway connections and held playlists."""
        self._is_started = False
        self.gateway.stop()
        self.origin.let_go()

    async def stop(self) -> None:
        """Stop every part, in the opposite order. Broadcasts are resumed by the next start."""
        self.let_go()
        await self._started.aclose()

    async def is_ready(self) -> bool:
        """Whether requests can be served."""
        if not self._is_started:
            return False
        try:
            async with self.database.read():
                return True
        except OnstageError:
            return False


async def _nothing() -> None:
    """A part that needs no start."""


def prepare_data_dir(folder: Path) -> None:
    """Make the data folder.

    Raises:
        StartError: it can't be written.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # links and hashes are nobody else's business
        probe = folder / ".writable"
        probe.touch()
        probe.unlink()
    except OSError as cause:
        raise StartError(f"data_dir: {folder} can't be written ({cause.strerror}).") from cause


def keyring(settings: Settings) -> Keyring:
    """The server's secrets: the configured one, else one generated into the data folder; and those of before.

    Raises:
        StartError: the generated one has been tampered with.
    """
    current = _generated_secret(settings) if settings.secret is None else settings.secret.encode()
    return Keyring(current, tuple(one.encode() for one in settings.previous_secret_list))


def _generated_secret(settings: Settings) -> bytes:
    path = settings.data_dir / "secret"
    if not path.exists():
        _write_once(path, secrets.token_hex(_SECRET_BYTES))
    secret = path.read_bytes()
    if len(secret) < _SECRET_BYTES:
        raise StartError(f"{path} is too short to sign tokens: delete it to have a new one made.")
    return secret


def server_id(settings: Settings) -> str:
    """Which server this is, also after a restart: it goes on with what it did, from the same folder."""
    path = settings.data_dir / "server_id"
    if not path.exists():
        _write_once(path, new_id(Prefix.SERVER))
    return path.read_text()


class Home:
    """The data folder, of which one server can live at a time."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "lock"
        self._held: TextIO | None = None

    async def take(self) -> None:
        """Move in.

        Raises:
            StartError: another server lives there.
        """
        self._held = self._path.open("w")
        try:
            fcntl.flock(self._held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as cause:
            raise StartError(f"data_dir: {self._path.parent} is in use by another server.") from cause

    async def leave(self) -> None:
        """Move out."""
        if self._held is not None:
            self._held.close()


def metrics_access(settings: Settings) -> MetricsAccess:
    """Who reads the metrics: whoever has one of the secrets; without any, a developer's own machine."""
    secrets = tuple(one for one in (settings.metrics_secret, settings.admin_secret) if one is not None)
    return MetricsAccess(secrets, is_open_here=settings.environment is Environment.DEVELOPMENT)


def rate_limits(settings: Settings, clock: Clock) -> RateLimits:
    """How much anybody may ask, counted by all servers together where there is a Redis."""
    rates = Rates(
        project=rate_in(settings.rate_limit_project),
        participant=rate_in(settings.rate_limit_participant),
        address=rate_in(settings.rate_limit_address),
        failures=rate_in(settings.rate_limit_failures),
    )
    shared = SharedCounters(settings.redis_url, clock) if settings.redis_url else None
    return RateLimits(clock, rates, networks_in(settings.trusted_proxies), shared)


def _write_once(path: Path, text: str) -> None:
    """Make the file whole, for its owner alone; of two that start at once, one writes it and both read it."""
    with tempfile.NamedTemporaryFile("w", dir=path.parent) as file:  # 0600 by default
        file.write(text)
        file.flush()
        with contextlib.suppress(FileExistsError):
            os.link(file.name, path)


def build_bus(settings: Settings, clock: Clock, metrics: Metrics) -> Bus:
    """What carries notices: within this process, or between several through Redis."""
    return RedisBus(settings.redis_url, clock, watcher=metrics) if settings.redis_url else MemoryBus()


def build_outbound(settings: Settings) -> Outbound:
    """The way to URLs that users give, guarded as the operator says.

    Raises:
        StartError: a list can't be read.
    """
    policy = read_policy(settings.outbound_allow, settings.outbound_ports, is_http_allowed=settings.outbound_http)
    return Outbound(Guard(policy))


def build_engine(settings: Settings, clock: Clock, webhook_url: str) -> LiveKitEngine:
    """The media engine: an outside LiveKit, or a child of our own (design §2)."""
    if settings.livekit_url:
        access = LiveKitAccess(settings.livekit_url, settings.livekit_api_key or "", settings.livekit_api_secret or "")
        return LiveKitEngine(access, clock)
    options = LiveKitServerOptions(
        program=livekit_program(settings),
        folder=settings.data_dir / "livekit",
        webhook_url=webhook_url,
        http_port=settings.livekit_port,
        tcp_port=settings.media_tcp_port,
        udp_port=settings.media_udp_port,
        media_ip=None if settings.media_ip is None else str(settings.media_ip),
    )
    return LiveKitEngine.with_own_server(LiveKitServer(options, clock), clock)


def livekit_program(settings: Settings) -> Path:
    """Where livekit-server is: as configured, in the checkout's `.tools/bin`, or on PATH."""
    if settings.livekit_server_path is not None:
        return settings.livekit_server_path
    checkout = Path(sys.prefix).parent / ".tools" / "bin" / "livekit-server"
    found = shutil.which("livekit-server")
    return checkout if checkout.exists() or found is None else Path(found)
