"""Is the process alive, and may traffic be sent to it?"""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from onstage import __version__


def health_routes(is_ready: Callable[[], Awaitable[bool]]) -> list[Route]:
    """`/healthz`: 200 while the process runs. `/readyz`: 200 once everything is started and the store answers."""

    async def healthz(_request: Request) -> Response:
        return JSONResponse({"status": "ok", "version": __version__})

    async def readyz(_request: Request) -> Response:
        ready = await is_ready()
        return JSONResponse({"status": "ready" if ready else "not ready"}, 200 if ready else 503)

    return [Route("/healthz", healthz), Route("/readyz", readyz)]
