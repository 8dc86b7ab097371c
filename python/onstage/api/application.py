"""The REST application."""

from fastapi import FastAPI
from fastapi.routing import APIRoute
from starlette.middleware.cors import CORSMiddleware
from starlette.routing import BaseRoute

from onstage import __version__
from onstage.actions.context import Context
from onstage.api import (
    assets,
    broadcasts,
    images,
    invites,
    join,
    keys,
    media,
    messages,
    moderation,
    outputs,
    participants,
    playback,
    polls,
    problems,
    projects,
    recordings,
    rooms,
    sessions,
    signals,
    state,
    templates,
    timed,
    tokens,
    webhooks,
)
from onstage.api.description import describe
from onstage.api.idempotency import HEADER
from onstage.api.legible import Legible
from onstage.api.limits import BodyLimit
from onstage.api.rate_limits import AddressLimit

ROUTERS = (
    projects.admin_router,
    projects.router,
    keys.router,
    templates.router,
    rooms.router,
    tokens.router,
    participants.router,
    moderation.router,
    invites.router,
    messages.router,
    messages.session_router,
    state.router,
    polls.router,
    signals.router,
    broadcasts.router,
    images.router,
    outputs.router,
    recordings.router,
    assets.router,
    timed.router,
    playback.router,
    media.upload_router,
    media.router,
    sessions.router,
    webhooks.router,
    join.router,
)


def build_api(
    ctx: Context | None,
    *,
    public_url: str | None,
    routes: list[BaseRoute],
    gateway_url: str | None = None,
    gateway_port: int | None = None,
    most_upload_bytes: int = 0,
) -> FastAPI:
    """The application that answers `/v1`; `routes` are served beside it. Without `ctx` it only tells its OpenAPI."""
    app = FastAPI(
        title="Onstage",
        version=__version__,
        summary="Interactive live streaming: stage, audience, viewers.",
        description="What an operation lists it can answer. Besides, any fails with 408 `body_too_slow` if its body "
        "does not come to its end, 500 `internal`, and 503 `store_unavailable` while the database is away.",
        docs_url=None,  # its page loads scripts from another host
        redoc_url=None,
        openapi_url="/openapi.json",
        redirect_slashes=False,  # a path with one more is another path, and `Host` is the client's word
    )
    app.state.context = ctx
    app.state.public_url = public_url
    app.state.gateway_url = gateway_url
    app.state.gateway_port = gateway_port
    # As they are: `include_router` would build each of them anew for every application, on the first request.
    app.router.routes.extend(_operations())
    app.router.routes.extend(routes)
    problems.install(app)
    app.add_middleware(BodyLimit, most_upload_bytes=most_upload_bytes)
    app.add_middleware(Legible)
    app.add_middleware(AddressLimit, ctx=ctx)
    # Callers prove themselves by a header, never by a cookie, so any page may call.
    app.add_middleware(
        CORSMiddleware,
        allow_origins=["*"],
        allow_methods=["GET", "POST", "PUT", "PATCH", "DELETE"],
        allow_headers=["Authorization", "Content-Type", HEADER],
        expose_headers=["Retry-After", "Idempotent-Replayed"],
        max_age=86_400,
    )
    describe(app, ROUTERS)
    return app


def _operations() -> list[BaseRoute]:
    operations = [route for router in ROUTERS for route in router.routes]
    for operation in operations:
        if isinstance(operation, APIRoute):
            operation.unique_id = operation.name  # the SDK's methods are called so
    return operations
