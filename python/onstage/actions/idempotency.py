"""What a caller's POST was answered, so that the same request again is answered the same and happens once."""

import hashlib
from dataclasses import replace
from datetime import timedelta

from sqlalchemy.exc import IntegrityError

from onstage.actions.access import Caller, ServerCaller
from onstage.actions.context import Context
from onstage.errors import ErrorCode, OnstageError
from onstage.sealing import SealedWithUnknownSecretError
from onstage.store import idempotency as kept
from onstage.store.idempotency import KeptAnswer

KEPT_FOR = timedelta(hours=24)
ABANDONED_AFTER = timedelta(minutes=1)
"""A request that has run for so long died with its server; its key may be taken again."""


def scope_of(caller: Caller) -> str:
    """Whose keys these are: another caller's same key is another key, and another project key another caller."""
    if isinstance(caller, ServerCaller):
        return _digest("server", caller.project_id, "" if caller.project_key is None else caller.project_key.id)
    return _digest("participant", caller.room_id, caller.identity)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


async def reserve(ctx: Context, scope: str, key: str, request_hash: str) -> KeptAnswer | None:
    """The kept answer; None when the key is now this request's own.

    Raises:
        OnstageError: `idempotency_conflict`, `idempotency_in_progress`.
    """
    now = ctx.clock.now()
    try:
        async with ctx.database.begin() as tx:
            await kept.forget_unfinished(tx, scope, key, before=now - ABANDONED_AFTER)
            found = await kept.get(tx, scope, key)
            if found is None:
                await kept.reserve(tx, scope, key, request_hash=request_hash, now=now)
                return None
    except IntegrityError as cause:  # two servers at once; the other one has it
        raise OnstageError(ErrorCode.IDEMPOTENCY_IN_PROGRESS) from cause
    if found.request_hash != request_hash:
        raise OnstageError(ErrorCode.IDEMPOTENCY_CONFLICT)
    if found.status is None:
        raise OnstageError(ErrorCode.IDEMPOTENCY_IN_PROGRESS)
    return replace(found, body=_unsealed(ctx, found.body))


def _unsealed(ctx: Context, body: str | None) -> str:
    try:
        return "" if body is None else ctx.keyring.unseal(body)
    except SealedWithUnknownSecretError as cause:
        detail = "Its answer was sealed under another ONSTAGE_SECRET, and can't be given again."
        raise OnstageError(ErrorCode.IDEMPOTENCY_CONFLICT, detail) from cause


async def finish(ctx: Context, scope: str, key: str, *, status: int, body: str) -> None:
    """Keep the answer, sealed: it may hold a secret, or what somebody takes back later."""
    async with ctx.database.begin() as tx:
        await kept.finish(tx, scope, key, status=status, body=ctx.keyring.seal(body) if body else None)


async def release(ctx: Context, scope: str, key: str) -> None:
    """Give the key back: actions change all or nothing, so a failed request may be tried again under it."""
    async with ctx.database.begin() as tx:
        await kept.release(tx, scope, key)


async def forget_old(ctx: Context) -> None:
    """Forget the answers that are past their time."""
    async with ctx.database.begin() as tx:
        await kept.forget_before(tx, ctx.clock.now() - KEPT_FOR)
