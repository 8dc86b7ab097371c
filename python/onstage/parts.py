"""The parts whose kind the settings choose; app.py puts them together."""

import shutil
import sys
from pathlib import Path

from onstage.actions.context import Context
from onstage.actions.rate_limits import RateLimits, Rates
from onstage.api.health import MetricsAccess
from onstage.bus import Bus, MemoryBus, RedisBus
from onstage.clock import Clock
from onstage.composer.capacity import usable_cores
from onstage.config import Environment, Settings, networks_in, rate_in
from onstage.jobs.asset_making import AssetMaking
from onstage.jobs.lost_assets import LostAssets
from onstage.jobs.metrics import Metrics
from onstage.media.livekit_cluster import LiveKitAccess, LiveKitEngine
from onstage.media.livekit_config import LiveKitServerOptions
from onstage.media.livekit_server import LiveKitServer
from onstage.origin.assets.plan import Storage
from onstage.origin.assets.shelf import Shelf
from onstage.origin.assets.workshop import Workshop
from onstage.origin.origin import Origin
from onstage.origin.storing.objects import open_objects
from onstage.outbound import Guard, Outbound, read_policy
from onstage.store.shared_counters import SharedCounters

_SHARE_FOR_SHOWS = 0.9


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


def broadcast_cores(settings: Settings) -> float:
    """What broadcasts may take of the machine; the rest is the server's own."""
    return usable_cores() * _SHARE_FOR_SHOWS if settings.broadcast_cores is None else settings.broadcast_cores


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


def build_origin(settings: Settings, clock: Clock, metrics: Metrics) -> Origin:
    """What serves shows. Journals are in the data folder, segments where `storage_url` says.

    Raises:
        StartError: the storage can't be used.
    """
    folder = settings.data_dir / "live"
    objects = None if settings.storage_url is None else open_objects(settings.storage_url, "live")
    return Origin(clock, folder, objects=objects, on_published=metrics.part_published)


def build_asset_making(settings: Settings, ctx: Context, lost: LostAssets) -> AssetMaking:
    """What makes files of recordings, beside where shows are kept.

    Raises:
        StartError: the storage can't be used.
    """
    url = settings.storage_url or str(settings.data_dir)
    storage = Storage(url, settings.data_dir / "live", is_remote=settings.storage_url is not None)
    workshop = Workshop(settings.data_dir / "making", storage)
    return AssetMaking(ctx, workshop, Shelf.at(url), lost.makes_for)


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
