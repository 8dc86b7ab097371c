"""Is the process alive, and may traffic be sent to it?"""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from onstage import __version__


def health_routes(is_ready: Callable[[], Awaitable[bool]], metrics: Callable[[], bytes]) -> list[Route]:
    """The routes operators and load balancers ask.

    `/healthz`: 200 while the process runs. `/readyz`: 200 once everything is started and the store answers.
    `/metrics`: Prometheus' text format.
    """

    async def healthz(_request: Request) -> Response:
        return JSONResponse({"status": "ok", "version": __version__})

    async def readyz(_request: Request) -> Response:
        ready = await is_ready()
        return JSONResponse({"status": "ready" if ready else "not ready"}, 200 if ready else 503)

    async def prometheus(_request: Request) -> Response:
        return Response(metrics(), media_type="text/plain; version=0.0.4")

    return [Route("/metrics", prometheus), Route("/healthz", healthz), Route("/readyz", readyz)]
