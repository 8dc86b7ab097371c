"""The metrics are the operator's: they ask for a secret, or for a caller on a developer's own machine."""

import httpx
import pytest
from starlette.applications import Starlette

from onstage.api.health import MetricsAccess, health_routes
from tests.support.problems import code

METRICS, ADMIN = "the metrics' secret, of 32 bytes or more", "the operator's secret, of 32 bytes or more"


async def asked(access: MetricsAccess, *, peer: str = "127.0.0.1", **headers: str) -> httpx.Response:
    async def is_ready() -> bool:
        return True

    app = Starlette(routes=health_routes(is_ready, lambda: b"onstage_broadcasts 1.0\n", access))
    transport = httpx.ASGITransport(app, client=(peer, 50_000))
    async with httpx.AsyncClient(transport=transport, base_url="http://onstage.test") as client:
        for free in ("/healthz", "/readyz"):
            assert (await client.get(free)).status_code == 200, "load balancers have no secret"
        return await client.get("/metrics", headers=headers)


async def test_whoever_has_a_secret_reads_them_from_anywhere() -> None:
    access = MetricsAccess((METRICS, ADMIN), is_open_here=True)
    for secret in (METRICS, ADMIN):
        answer = await asked(access, peer="198.51.100.7", authorization=f"Bearer {secret}")
        assert (answer.status_code, answer.text) == (200, "onstage_broadcasts 1.0\n")


@pytest.mark.parametrize("authorization", [f"Bearer {METRICS}x", "Bearer x", "Bearer"])
async def test_a_wrong_secret_reads_nothing(authorization: str) -> None:
    answer = await asked(MetricsAccess((METRICS,), is_open_here=True), authorization=authorization)
    assert code(answer) == "credentials_invalid"


async def test_with_a_secret_set_nobody_reads_them_without_it() -> None:
    for how in ({}, {"authorization": "Basic eDp5"}):
        answer = await asked(MetricsAccess((METRICS,), is_open_here=True), **how)
        assert (code(answer), answer.headers["www-authenticate"]) == ("credentials_missing", 'Bearer realm="onstage"')


async def test_without_a_secret_only_this_machine_reads_them_and_only_in_development() -> None:
    here = MetricsAccess((), is_open_here=True)
    for peer in ("127.0.0.1", "127.0.0.9", "::1"):
        assert (await asked(here, peer=peer)).status_code == 200
    assert code(await asked(here, peer="198.51.100.7")) == "metrics_off"
    assert code(await asked(here, **{"x-forwarded-for": "198.51.100.7"})) == "metrics_off", "a proxy asks for another"
    assert code(await asked(MetricsAccess((), is_open_here=False))) == "metrics_off"
