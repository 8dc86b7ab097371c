"""Where our livekit-server tells what happened. It signs what it sends; the engine checks that."""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from onstage.errors import OnstageError

WEBHOOK_PATH = "/engine/webhook"
_LARGEST_BODY_BYTES = 1_048_576


def webhook_route(receive: Callable[[bytes, str], Awaitable[None]]) -> Route:
    """The route that hands each webhook to `receive`; refused ones are answered with the error's status."""

    async def webhook(request: Request) -> Response:
        body = bytearray()
        async for chunk in request.stream():
            body += chunk
            if len(body) > _LARGEST_BODY_BYTES:
                return Response(status_code=413)
        try:
            await receive(bytes(body), request.headers.get("authorization", ""))
        except OnstageError as error:
            return Response(status_code=error.status)
        return Response(status_code=200)

    return Route(WEBHOOK_PATH, webhook, methods=["POST"])
