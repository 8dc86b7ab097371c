"""What handlers are handed: the context, and who is calling."""

import base64
import binascii
from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import HTTPBasic, HTTPBearer
from yarl import URL

from onstage.actions.access import Caller
from onstage.actions.authentication import authenticate_admin, authenticate_bearer, authenticate_project
from onstage.actions.context import Context
from onstage.actions.origins import foreign_origin
from onstage.api.rate_limits import address_of
from onstage.errors import ErrorCode, OnstageError
from onstage.media.engine import client_url

# Only to describe the schemes in OpenAPI; reading the header is ours, so that failures are ours too.
_basic = HTTPBasic(auto_error=False, description="Project id, and the secret of one of its keys.")
_bearer = HTTPBearer(auto_error=False, description="A participant token, or a management token signed by a key.")
_admin = HTTPBearer(auto_error=False, scheme_name="AdminSecret", description="The server's ONSTAGE_ADMIN_SECRET.")


def context_of(request: Request) -> Context:
    """The context app.py put there."""
    context = request.app.state.context
    assert isinstance(context, Context), "app.py sets it"
    return context


async def authenticate(request: Request) -> Caller:
    """Who sent this request; proven, and counted, once.

    Raises:
        OnstageError: `credentials_missing`, `rate_limited`; as `authenticate_project` and `authenticate_bearer`.
    """
    known: Caller | None = getattr(request.state, "caller", None)
    if known is None:
        ctx = context_of(request)
        async with ctx.rate_limits.counting_failures(address_of(ctx, request)):
            known = await _prove(ctx, request)
        await ctx.rate_limits.count_caller(known)
        request.state.caller = known
    return known


async def _prove(ctx: Context, request: Request) -> Caller:
    scheme, value = _authorization(request)
    origin = origin_of(request)
    match scheme:
        case "basic":
            project_id, secret = _basic_parts(value)
            return await authenticate_project(ctx, project_id, secret, origin)
        case "bearer":
            return await authenticate_bearer(ctx, value, origin)
        case _:
            raise OnstageError(ErrorCode.CREDENTIALS_MISSING)


def _authorization(request: Request) -> tuple[str, str]:
    """The scheme, in lower case, and the credentials."""
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    return scheme.lower(), value.strip()


def _basic_parts(value: str) -> tuple[str, str]:
    try:
        user, separator, secret = base64.b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError) as cause:
        raise OnstageError(ErrorCode.CREDENTIALS_INVALID, "The Basic credentials can't be decoded.") from cause
    if not separator:
        raise OnstageError(ErrorCode.CREDENTIALS_INVALID, "The Basic credentials have no colon.")
    return user, secret


async def caller_of(
    request: Request,
    _described: Annotated[object, Security(_basic)],
    _also_described: Annotated[object, Security(_bearer)],
) -> Caller:
    """Who is calling; handlers that take a `CallerDep` can't be reached without credentials."""
    return await authenticate(request)


async def require_operator(request: Request, _described: Annotated[object, Security(_admin)]) -> None:
    """Nothing, if it is the operator who calls.

    Raises:
        OnstageError: `credentials_missing`; as `authenticate_admin`.
    """
    ctx = context_of(request)
    async with ctx.rate_limits.counting_failures(address_of(ctx, request)):
        scheme, value = _authorization(request)
        if ctx.admin_secret is not None and scheme != "bearer":
            raise OnstageError(ErrorCode.CREDENTIALS_MISSING, expected="`Authorization: Bearer <admin secret>`")
        authenticate_admin(ctx, value)


def public_url(request: Request) -> str:
    """Where browsers reach us, without a slash at the end."""
    configured: str | None = request.app.state.public_url
    return configured or str(request.base_url).rstrip("/")


def gateway_url(request: Request) -> str:
    """Where clients reach the gateway: as configured, else on our own host, at its own port if it has one."""
    configured: str | None = request.app.state.gateway_url
    if configured is not None:
        return configured
    url, port = URL(client_url(public_url(request))), request.app.state.gateway_port
    return str((url if port is None else url.with_port(port)).joinpath("v1", "gateway"))


def origin_of(request: Request) -> str | None:
    """The origin of the page that calls; None if it is one of ours, or no page."""
    return foreign_origin(request.headers.get("origin"), public_url(request))


ContextDep = Annotated[Context, Depends(context_of)]
CallerDep = Annotated[Caller, Depends(caller_of)]
PublicUrl = Annotated[str, Depends(public_url)]
GatewayUrl = Annotated[str, Depends(gateway_url)]
Origin = Annotated[str | None, Depends(origin_of)]
