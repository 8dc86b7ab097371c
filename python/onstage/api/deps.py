"""What handlers are handed: the context, and who is calling."""

import base64
import binascii
from typing import Annotated

from fastapi import Depends, Request, Security
from fastapi.security import HTTPBasic, HTTPBearer

from onstage.actions.access import Caller, authenticate_participant, authenticate_project
from onstage.actions.context import Context
from onstage.errors import ErrorCode, OnstageError

# Only to describe the two schemes in OpenAPI; reading the header is ours, so that failures are ours too.
_basic = HTTPBasic(auto_error=False, description="Project id and secret.")
_bearer = HTTPBearer(auto_error=False, description="A participant token.")


def context_of(request: Request) -> Context:
    """The context app.py put there."""
    context = request.app.state.context
    assert isinstance(context, Context), "app.py sets it"
    return context


async def authenticate(ctx: Context, authorization: str | None) -> Caller:
    """Who sent this `Authorization` header.

    Raises:
        OnstageError: `credentials_missing`, `credentials_invalid`, `token_invalid`, `token_expired`.
    """
    scheme, _, value = (authorization or "").partition(" ")
    match scheme.lower():
        case "basic":
            project_id, secret = _basic_parts(value.strip())
            return await authenticate_project(ctx, project_id, secret)
        case "bearer":
            return authenticate_participant(ctx, value.strip())
        case _:
            raise OnstageError(ErrorCode.CREDENTIALS_MISSING)


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
    ctx: Annotated[Context, Depends(context_of)],
    _described: Annotated[object, Security(_basic)],
    _also_described: Annotated[object, Security(_bearer)],
) -> Caller:
    """Who is calling; handlers that take a `CallerDep` can't be reached without credentials."""
    return await authenticate(ctx, request.headers.get("authorization"))


def public_url(request: Request) -> str:
    """Where browsers reach us, without a slash at the end."""
    configured: str | None = request.app.state.public_url
    return configured or str(request.base_url).rstrip("/")


ContextDep = Annotated[Context, Depends(context_of)]
CallerDep = Annotated[Caller, Depends(caller_of)]
PublicUrl = Annotated[str, Depends(public_url)]
