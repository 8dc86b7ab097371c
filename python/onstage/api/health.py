"""Is the process alive, and may traffic be sent to it?"""

import hmac
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from ipaddress import ip_address

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from onstage import __version__
from onstage.api.problems import problem_response
from onstage.errors import ErrorCode, OnstageError


@dataclass(frozen=True, slots=True)
class MetricsAccess:
    """Who reads the metrics: they tell how much goes on, which is the operator's business alone.

    With `secrets`, whoever sends one of them as `Bearer`. With none, callers on this machine, if `is_open_here`, as
    long as no proxy speaks for somebody else.
    """

    secrets: tuple[str, ...] = ()
    is_open_here: bool = True

    def require(self, request: Request) -> None:
        """Nothing, if the caller may read them.

        Raises:
            OnstageError: `credentials_missing`, `credentials_invalid`, `metrics_off`.
        """
        if not self.secrets:
            if not (self.is_open_here and _is_local(request)):
                raise OnstageError(ErrorCode.METRICS_OFF)
            return
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            raise OnstageError(ErrorCode.CREDENTIALS_MISSING, expected="`Authorization: Bearer <metrics secret>`")
        matches = [hmac.compare_digest(one.encode(), given.strip().encode()) for one in self.secrets]
        if not any(matches):
            raise OnstageError(ErrorCode.CREDENTIALS_INVALID, "That is not the metrics secret.")


def _is_local(request: Request) -> bool:
    if request.client is None or "x-forwarded-for" in request.headers:
        return False
    try:
        return ip_address(request.client.host).is_loopback
    except ValueError:
        return False


def health_routes(
    is_ready: Callable[[], Awaitable[bool]], metrics: Callable[[], bytes], access: MetricsAccess
) -> list[Route]:
    """The routes operators and load balancers ask.

    `/healthz`: 200 while the process runs. `/readyz`: 200 once everything is started and the store answers.
    `/metrics`: Prometheus' text format, for whom `access` lets.
    """

    async def healthz(_request: Request) -> Response:
        return JSONResponse({"status": "ok", "version": __version__})

    async def readyz(_request: Request) -> Response:
        ready = await is_ready()
        return JSONResponse({"status": "ready" if ready else "not ready"}, 200 if ready else 503)

    async def prometheus(request: Request) -> Response:
        try:
            access.require(request)
        except OnstageError as error:
            return problem_response(error, request.headers)
        return Response(metrics(), media_type="text/plain; version=0.0.4")

    return [Route("/metrics", prometheus), Route("/healthz", healthz), Route("/readyz", readyz)]
