"""The composition root: builds every part once, starts and stops them in order. It delegates, and decides nothing."""

from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from functools import partial

from starlette.applications import Starlette
from starlette.routing import BaseRoute, Mount, Router, WebSocketRoute
from starlette.types import ASGIApp

from onstage.actions.context import Context
from onstage.actions.sealing_anew import seal_anew
from onstage.api.application import build_api
from onstage.api.health import health_routes
from onstage.api.pages import page_routes
from onstage.api.rate_limits import network_of
from onstage.clock import Clock, SystemClock
from onstage.composer.encoders_here import EncodersHere
from onstage.composer.media_library import MediaLibrary
from onstage.composer.spares import Spares
from onstage.config import Settings
from onstage.errors import OnstageError
from onstage.gateway.asgi import GATEWAY_PATH, AsgiGateway
from onstage.gateway.server import GatewayServer
from onstage.home import Home, keyring, prepare_data_dir, server_id
from onstage.jobs.after_change import Jobs
from onstage.jobs.annotating import StoredNotes
from onstage.jobs.auto_stop import AutoStop
from onstage.jobs.broadcasting import Broadcasting
from onstage.jobs.counting import Counting
from onstage.jobs.engine_events import EngineEvents
from onstage.jobs.finishing import Finishing
from onstage.jobs.gatekeeper import Gatekeeper
from onstage.jobs.lost_assets import LostAssets
from onstage.jobs.lost_recordings import LostRecordings
from onstage.jobs.membership import Membership
from onstage.jobs.metrics import Metrics
from onstage.jobs.polls import PollClock
from onstage.jobs.presence import PresenceKeeper
from onstage.jobs.reactions import Reactions
from onstage.jobs.steering import Steering
from onstage.jobs.tidying import Tidying
from onstage.jobs.timers import Timers
from onstage.jobs.viewers import ViewerCounting
from onstage.jobs.whereabouts import LostShows, Whereabouts
from onstage.livekit.proxy import RtcProxy
from onstage.livekit.webhook import WEBHOOK_PATH, webhook_route
from onstage.model.retries import Retries
from onstage.origin.assets.thumbnail import Thumbnails
from onstage.origin.doors.assets_http import asset_routes
from onstage.origin.doors.http import live_routes
from onstage.origin.doors.passing import Passing
from onstage.origin.doors.viewers import Viewers
from onstage.origin.doors.vod_http import vod_routes
from onstage.origin.recordings.vod import Vod
from onstage.parts import (
    broadcast_cores,
    build_asset_making,
    build_bus,
    build_engine,
    build_origin,
    build_outbound,
    metrics_access,
    rate_limits,
)
from onstage.store.database import Database
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
        self.origin = build_origin(settings, self.clock, self.metrics)
        self.thumbnails = Thumbnails(self.clock)
        self.context = Context(
            clock=self.clock,
            database=self.database,
            bus=build_bus(settings, self.clock, self.metrics),
            engine=self.engine,
            keyring=keyring(settings),
            admin_secret=settings.admin_secret,
            rate_limits=rate_limits(settings, self.clock),
            max_broadcasts=settings.max_broadcasts,
            broadcast_cores=broadcast_cores(settings),
            outbound=build_outbound(settings),
            server_id=server_id(settings),
            has_encoder=EncodersHere().has,
            presence_grace_s=settings.presence_grace_s,
            media=MediaLibrary(settings.data_dir / "media", most_bytes=settings.media_max_bytes),
        )
        self._home = Home(settings.data_dir)
        self.membership = Membership(self.context, url=settings.internal_url)
        self.presence = PresenceKeeper(self.context)
        self.steering = Steering(self.context)
        self.counting = Counting(self.context, self.membership)
        self.auto_stop = AutoStop(self.context, after_s=settings.auto_stop_s)
        self.spares = Spares(self.clock, settings.spare_composers)
        self.broadcasting = Broadcasting(self.context, self.origin, self.metrics, composers=self.spares)
        self.tidying = Tidying(self.context, self.origin, self.membership)
        self.finishing = Finishing(self.context, self.origin)
        self.lost_assets = LostAssets(self.context, self.membership, is_shared=settings.storage_url is not None)
        self.asset_making = build_asset_making(settings, self.context, self.lost_assets)
        self.passing = Passing(Whereabouts(self.context).find)
        self.gatekeeper = Gatekeeper(self.context)
        self.viewers = Viewers(self.clock, partial(network_of, self.context))
        self.viewer_counting = ViewerCounting(self.context, self.viewers, self.metrics)
        self.lost_shows = LostShows(self.context, self.membership)
        self.lost_recordings = LostRecordings(self.context, self.origin, self.membership)
        self.engine_events = EngineEvents(self.context, self.presence, self.steering, self.membership)
        self.timers = Timers(self.context)
        self.polls = PollClock(self.context)
        self.reactions = Reactions(self.context)
        courier = HttpCourier(self.context.outbound, self.context.keyring, self.clock)
        self.webhooks = Dispatcher(self.context, courier, self.metrics, retries=Retries(settings.webhook_retry_scale))
        self.context.courier = courier
        self.context.after_change = Jobs(
            self.steering,
            self.counting,
            self.broadcasting,
            self.tidying,
            self.webhooks.wake,
            self.gatekeeper,
            self.asset_making,
        )
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
            most_upload_bytes=self.settings.media_max_bytes,
            routes=[*health_routes(self.is_ready, self.metrics.text, metrics_access(self.settings)), *page_routes()],
        )

    def _hot_routes(self) -> list[BaseRoute]:
        """What goes past all middleware."""
        live = live_routes(self.origin, self.passing, self.gatekeeper, self.viewers, self.thumbnails)
        recorded = Vod(self.origin, self.finishing.find, StoredNotes(self.context))
        vod = vod_routes(recorded, self.gatekeeper, self.passing)
        downloads = asset_routes(self.asset_making.shelf, self.asset_making.find, self.passing)
        return [
            # Nothing redirects: where to is the client's word, and players don't follow for media.
            Mount("/live", app=Router(live, redirect_slashes=False)),
            Mount("/vod", app=Router(vod, redirect_slashes=False)),
            Mount("/downloads", app=Router(downloads, redirect_slashes=False)),
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
            (_nothing, self.thumbnails.close),
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
            (self.spares.start, self.spares.stop),
            (self.gatekeeper.start, self.gatekeeper.stop),
            (self.viewer_counting.start, self.viewer_counting.stop),
            (self.broadcasting.start, self.broadcasting.stop),
            (self.tidying.start, self.tidying.stop),
            (self.finishing.start, self.finishing.stop),
            (self.asset_making.start, self.asset_making.stop),
            (self.lost_shows.start, self.lost_shows.stop),
            (self.lost_recordings.start, self.lost_recordings.stop),
            (self.lost_assets.start, self.lost_assets.stop),
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
