"""What an operator watches, in Prometheus' form.

No labels of rooms or people: their number has no bound. That of broadcasts at work on one server has.
"""

from collections.abc import Mapping

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from onstage.composer.wire import Stats
from onstage.model.degradation import OF_COMPOSER, Degradation
from onstage.origin.segments.figures import Published

_DELAYS_S = (0.002, 0.005, 0.01, 0.015, 0.02, 0.025, 0.03, 0.035, 0.04, 0.05, 0.075, 0.1, 0.25, 0.5, 1.0)


class Metrics:
    """One server's numbers."""

    def __init__(self) -> None:
        self._registry = CollectorRegistry()
        self._published = Histogram(
            "onstage_part_publish_seconds",
            "From the last frame of a part being composed to the part being fetchable.",
            buckets=_DELAYS_S,
            registry=self._registry,
        )
        self._late = Counter(
            "onstage_composer_late_ticks_total", "Pictures that were composed too late.", registry=self._registry
        )
        self._repeated = Counter(
            "onstage_composer_repeated_pictures_total",
            "Pictures shown once more, as there was no time for another.",
            registry=self._registry,
        )
        self._degraded = Gauge(
            "onstage_broadcasts_degraded",
            "Broadcasts of this server that go on without something for want of processor time.",
            ["what"],
            registry=self._registry,
        )
        self._without: dict[str, tuple[Degradation, ...]] = {}
        self._ticks = Counter("onstage_composer_ticks_total", "Pictures composed.", registry=self._registry)
        self._restarts = Counter("onstage_composer_restarts_total", "Composers that died.", registry=self._registry)
        self._live = Gauge("onstage_broadcasts", "Broadcasts at work on this server.", registry=self._registry)
        self._viewers = Gauge(
            "onstage_broadcast_viewers",
            "Players of a broadcast whose pages are not in its room.",
            ["broadcast"],
            registry=self._registry,
        )
        self._webhooks = Counter(
            "onstage_webhook_attempts_total",
            "Requests to webhook endpoints, by outcome.",
            ["outcome"],
            registry=self._registry,
        )
        self._pending = Gauge(
            "onstage_webhook_deliveries_pending", "Webhook deliveries that wait.", registry=self._registry
        )
        self._oldest = Gauge(
            "onstage_webhook_oldest_pending_seconds",
            "How long the oldest webhook delivery waits.",
            registry=self._registry,
        )
        self._bus = Gauge("onstage_bus_connected", "Whether other servers are heard.", registry=self._registry)
        self._bus_lost = Counter("onstage_bus_lost_total", "Notices not told to others.", registry=self._registry)
        self._unstored = Gauge(
            "onstage_storage_behind", "Broadcasts whose media can't be stored now.", registry=self._registry
        )
        self._lost = Counter(
            "onstage_storage_lost_segments_total", "Segments that were never stored.", registry=self._registry
        )
        self._behind: set[str] = set()
        self._seen: dict[str, Stats] = {}

    def part_published(self, published: Published) -> None:
        """A part became fetchable."""
        self._published.observe(published.published_at_s - published.composed_at_s)

    def broadcast_began(self) -> None:
        """A broadcast is at work."""
        self._live.inc()

    def broadcast_over(self, broadcast_id: str) -> None:
        """It is no more."""
        self._live.dec()
        self._seen.pop(broadcast_id, None)
        self._goes_without(broadcast_id, ())

    def storage_is(self, broadcast_id: str, *, is_well: bool, lost: bool) -> None:
        """A broadcast's media can be stored again, or can't; or a segment was lost."""
        (self._behind.discard if is_well else self._behind.add)(broadcast_id)
        self._unstored.set(len(self._behind))
        self._lost.inc(lost)

    def viewers_counted(self, counts: Mapping[str, int]) -> None:
        """So many play each broadcast of this server that anybody plays."""
        self._viewers.clear()
        for broadcast_id, viewers in counts.items():
            self._viewers.labels(broadcast_id).set(viewers)

    def composer_told(self, broadcast_id: str, stats: Stats) -> None:
        """A composer's counts since its start."""
        before = self._seen.get(broadcast_id)
        self._seen[broadcast_id] = stats
        self._ticks.inc(max(stats.ticks - (before.ticks if before else 0), 0))
        self._late.inc(max(stats.late_ticks - (before.late_ticks if before else 0), 0))
        self._repeated.inc(max(stats.repeated - (before.repeated if before else 0), 0))
        self._goes_without(broadcast_id, stats.degraded)

    def _goes_without(self, broadcast_id: str, degraded: tuple[Degradation, ...]) -> None:
        self._without[broadcast_id] = degraded
        if not degraded:
            del self._without[broadcast_id]
        for what in OF_COMPOSER:
            self._degraded.labels(what).set(sum(what in one for one in self._without.values()))

    def composer_restarted(self, broadcast_id: str) -> None:
        """A composer died; the next one counts from zero."""
        self._restarts.inc()
        self._seen.pop(broadcast_id, None)

    def webhook_attempted(self, outcome: str) -> None:
        """A request to a webhook endpoint was `delivered` or `failed`."""
        self._webhooks.labels(outcome).inc()

    def webhook_backlog(self, pending: int, oldest_age_s: float) -> None:
        """So many webhook deliveries wait, on all servers together, and for so long."""
        self._pending.set(pending)
        self._oldest.set(oldest_age_s)

    def bus_connected(self, *, is_connected: bool) -> None:
        """Other servers are heard, or are not any more."""
        self._bus.set(is_connected)

    def bus_lost(self, notices: int) -> None:
        """So many notices were not told to other servers."""
        self._bus_lost.inc(notices)

    def text(self) -> bytes:
        """Everything, as Prometheus reads it."""
        return generate_latest(self._registry)
