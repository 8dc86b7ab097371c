"""What an operator's Prometheus reads."""

import httpx
from prometheus_client.parser import text_string_to_metric_families
from starlette.applications import Starlette

from onstage.api.health import MetricsAccess, health_routes
from onstage.composer.wire import Stats
from onstage.jobs.metrics import Metrics
from onstage.model.degradation import Degradation
from onstage.origin.segments.figures import Published


def samples(metrics: Metrics) -> dict[str, float]:
    """Every number without a label, by name."""
    families = text_string_to_metric_families(metrics.text().decode())
    return {sample.name: sample.value for family in families for sample in family.samples if not sample.labels}


def stats(ticks: int, late_ticks: int, *degraded: Degradation, repeated: int = 0) -> Stats:
    return Stats(ticks, late_ticks, repeated, encode_ms_p50=1, encode_ms_p99=2, bitrate_bps=1, degraded=degraded)


def without(metrics: Metrics) -> dict[str, float]:
    """How many shows go on without what."""
    families = text_string_to_metric_families(metrics.text().decode())
    samples = [sample for family in families for sample in family.samples]
    return {one.labels["what"]: one.value for one in samples if one.name == "onstage_broadcasts_degraded"}


def test_shows_that_go_on_without_something_are_counted_until_they_have_it_again_or_end() -> None:
    metrics = Metrics()
    eased, repeating = Degradation.ENCODER_EFFORT, Degradation.REPEATED_PICTURES
    metrics.composer_told("bc_1", stats(60, 30, eased))
    metrics.composer_told("bc_2", stats(60, 30, eased, repeating, repeated=9))
    assert without(metrics) == {eased: 2, repeating: 1}
    metrics.composer_told("bc_1", stats(120, 30))
    assert without(metrics) == {eased: 1, repeating: 1}
    metrics.broadcast_over("bc_2")
    assert without(metrics) == {eased: 0, repeating: 0}
    assert samples(metrics)["onstage_composer_repeated_pictures_total"] == 9


def test_counts_go_up_by_what_composers_tell() -> None:
    metrics = Metrics()
    for broadcast in ("bc_1", "bc_2"):
        metrics.broadcast_began()
        metrics.composer_told(broadcast, stats(60, 1))
        metrics.composer_told(broadcast, stats(120, 3))
    found = samples(metrics)
    assert found["onstage_broadcasts"] == 2
    assert found["onstage_composer_ticks_total"] == 240
    assert found["onstage_composer_late_ticks_total"] == 6


def test_the_next_composer_counts_from_zero() -> None:
    metrics = Metrics()
    metrics.composer_told("bc_1", stats(120, 3))
    metrics.composer_restarted("bc_1")
    metrics.composer_told("bc_1", stats(60, 1))
    found = samples(metrics)
    assert found["onstage_composer_ticks_total"] == 180
    assert found["onstage_composer_late_ticks_total"] == 4
    assert found["onstage_composer_restarts_total"] == 1


async def test_they_are_read_over_http() -> None:
    metrics = Metrics()
    metrics.broadcast_began()

    async def is_ready() -> bool:
        return True

    transport = httpx.ASGITransport(Starlette(routes=health_routes(is_ready, metrics.text, MetricsAccess())))
    async with httpx.AsyncClient(transport=transport, base_url="http://onstage.test") as client:
        answer = await client.get("/metrics")
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert "onstage_broadcasts 1.0" in answer.text.splitlines()


def test_a_broadcast_that_is_over_is_not_counted_as_at_work() -> None:
    metrics = Metrics()
    metrics.broadcast_began()
    metrics.broadcast_over("bc_1")
    assert samples(metrics)["onstage_broadcasts"] == 0


def test_delays_of_parts_are_counted() -> None:
    metrics = Metrics()
    metrics.part_published(Published("bc_1", "720p", 1, 0, composed_at_s=10.0, published_at_s=10.030))
    assert samples(metrics)["onstage_part_publish_seconds_count"] == 1
    assert b'onstage_part_publish_seconds_bucket{le="0.025"} 0.0' in metrics.text()
    assert b'onstage_part_publish_seconds_bucket{le="0.03"} 1.0' in metrics.text()


def test_nothing_is_labelled_with_rooms_or_people() -> None:
    metrics = Metrics()
    metrics.broadcast_began()
    metrics.composer_told("bc_1", stats(60, 1))
    metrics.composer_restarted("bc_1")
    metrics.part_published(Published("bc_1", "720p", 1, 0, composed_at_s=10.0, published_at_s=10.030))
    families = list(text_string_to_metric_families(metrics.text().decode()))
    assert {label for family in families for sample in family.samples for label in sample.labels} == {"le", "what"}
    assert b"bc_1" not in metrics.text()
