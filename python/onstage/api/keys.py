"""A project's own keys: make another, use it, revoke the old one."""

from typing import Annotated

from fastapi import APIRouter, Response

from onstage.actions import keys
from onstage.actions.bodies.projects import CreateKey, UpdateKey
from onstage.api.deps import CallerDep, ContextDep
from onstage.api.idempotency import IdempotentRoute
from onstage.api.paging import Limit, Page, cursor_of, page_of
from onstage.api.problems import answers
from onstage.api.refusals import OF_PROJECT
from onstage.errors import ErrorCode as E
from onstage.model.ids import Prefix
from onstage.model.views import KeyView, NewKeyView

router = APIRouter(prefix="/v1/keys", tags=["keys"], route_class=IdempotentRoute)
_ON_KEY = (*OF_PROJECT, E.KEY_NOT_FOUND)
_Cursor = Annotated[str | None, cursor_of(Prefix.KEY)]


@router.post("", status_code=201, responses=answers(*OF_PROJECT, E.TOO_MANY_KEYS))
async def create_key(body: CreateKey, ctx: ContextDep, caller: CallerDep) -> NewKeyView:
    """Another key. Its secret is shown this once: for HTTP Basic, and to sign tokens with (`kid` is the key's id)."""
    return NewKeyView.of_new(*await keys.create_key(ctx, caller, body.new()))


@router.get("", responses=answers(*OF_PROJECT))
async def list_keys(ctx: ContextDep, caller: CallerDep, limit: Limit = 50, cursor: _Cursor = None) -> Page[KeyView]:
    """The project's keys, newest first, revoked ones too."""
    found = await keys.list_keys(ctx, caller, after=cursor, limit=limit + 1)
    return page_of(found, KeyView.of, limit=limit, id_of=lambda key: key.id)


@router.get("/{key}", responses=answers(*_ON_KEY))
async def get_key(key: str, ctx: ContextDep, caller: CallerDep) -> KeyView:
    """One key."""
    return KeyView.of(await keys.read_key(ctx, caller, key))


@router.patch("/{key}", responses=answers(*_ON_KEY, E.KEY_REVOKED, E.KEY_LAST))
async def update_key(key: str, body: UpdateKey, ctx: ContextDep, caller: CallerDep) -> KeyView:
    """Change name, bounds or expiry. The tokens it has signed are held to the new bounds as well."""
    return KeyView.of(await keys.update_key(ctx, caller, key, body.change()))


@router.delete("/{key}", status_code=204, responses=answers(*_ON_KEY, E.KEY_LAST))
async def revoke_key(key: str, ctx: ContextDep, caller: CallerDep) -> Response:
    """Make the key useless, and every token it signed. It stays in the list."""
    await keys.revoke_key(ctx, caller, key)
    return Response(status_code=204)
