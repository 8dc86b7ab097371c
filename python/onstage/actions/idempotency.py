"""What a caller's POST was answered, so that the same request again is answered the same and is done at most once.

That it was done is written by the transaction that does it. So whatever is lost afterwards (the word that the
transaction was kept, the request, the server), the store knows; and while that isn't there, nothing was done.
What leaves nothing in the store has the mark written beforehand; only a reaction, which is gone within a second, has
no more than its answer to tell by.
"""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.exc import IntegrityError

from onstage.actions.access import Caller, ServerCaller
from onstage.actions.context import Context
from onstage.errors import ErrorCode, OnstageError
from onstage.model.ids import random_text
from onstage.sealing import SealedWithUnknownSecretError
from onstage.store import idempotency as kept
from onstage.store.database import Tx, before_commit
from onstage.store.idempotency import KeptAnswer, Slot
from onstage.store.undisturbed import undisturbed

KEPT_FOR = timedelta(hours=24)
ABANDONED_AFTER = timedelta(minutes=1)
"""A request that has run for so long most likely died with its server: its key may be taken again, or, if what it was
to do is done, its answer is lost. One that lives on after all can do nothing more."""
ASK_AGAIN_AFTER_S = 1
_OWNER_LENGTH = 20


@dataclass(slots=True)
class Reservation:
    """A key that belongs to a running request. `is_over`: nothing more has to be written with what it does."""

    slot: Slot
    is_over: bool = False

    async def end(self) -> None:
        """Something was kept, or the request has ended well."""
        self.is_over = True


def scope_of(caller: Caller) -> str:
    """Whose keys these are: another caller's same key is another key, and another project key another caller."""
    if isinstance(caller, ServerCaller):
        return _digest("server", caller.project_id, "" if caller.project_key is None else caller.project_key.id)
    return _digest("participant", caller.room_id, caller.identity)


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


async def reserve(ctx: Context, scope: str, key: str, request_hash: str) -> KeptAnswer | Reservation:
    """The kept answer, or the key as this request's own.

    Raises:
        OnstageError: `idempotency_conflict`, `idempotency_in_progress`, `idempotency_answer_lost`.
    """
    now, slot = ctx.clock.now(), Slot(scope, key, random_text(_OWNER_LENGTH))
    try:
        async with ctx.database.begin() as tx:
            await kept.forget_unfinished(tx, scope, key, before=now - ABANDONED_AFTER)
            found = await kept.get(tx, scope, key)
            if found is None:
                await kept.reserve(tx, slot, request_hash=request_hash, now=now)
                return Reservation(slot)
    except IntegrityError as cause:  # two servers at once; the other one has it
        raise _in_progress() from cause
    return _answer(ctx, found, request_hash, now)


def _answer(ctx: Context, found: KeptAnswer, request_hash: str, now: datetime) -> KeptAnswer:
    if found.request_hash != request_hash:
        raise OnstageError(ErrorCode.IDEMPOTENCY_CONFLICT)
    if found.status is not None:
        return replace(found, body=_unsealed(ctx, found.body))
    if found.done_at is not None and (found.owner is None or found.done_at < now - ABANDONED_AFTER):
        raise OnstageError(ErrorCode.IDEMPOTENCY_ANSWER_LOST)
    raise _in_progress()


def _in_progress(detail: str = "") -> OnstageError:
    return OnstageError(ErrorCode.IDEMPOTENCY_IN_PROGRESS, detail, retry_after_s=ASK_AGAIN_AFTER_S)


def _unsealed(ctx: Context, body: str | None) -> str:
    try:
        return "" if body is None else ctx.keyring.unseal(body)
    except SealedWithUnknownSecretError as cause:
        detail = "Its answer was sealed under another ONSTAGE_SECRET, and can't be given again."
        raise OnstageError(ErrorCode.IDEMPOTENCY_ANSWER_LOST, detail) from cause


@contextmanager
def carrying_out(ctx: Context, own: Reservation) -> Iterator[None]:
    """What is done in here, also by tasks that start in here, is done for that key.

    The first transaction that is kept has the mark in it. Until then none is kept if the key is not the request's own
    any more: what began it raises `idempotency_in_progress`.
    """

    async def mark(tx: Tx) -> None:
        if own.is_over:
            return
        if not await kept.mark_done(tx, own.slot, now=ctx.clock.now()):
            raise _in_progress("This request ran for so long that its key was given to another one.")
        tx.after_commit.insert(0, own.end)

    outer = before_commit.set(mark)
    try:
        yield
        own.is_over = True
    finally:
        before_commit.reset(outer)


async def mark_beforehand(ctx: Context) -> None:
    """Before something is done that no transaction can take back: write that it is, if a key stands for it.

    Raises:
        OnstageError: `idempotency_in_progress`, when the key is another request's by now.
    """
    if before_commit.get() is not None:
        async with ctx.database.begin():
            pass  # the mark is all that is in it


async def finish(ctx: Context, own: Reservation, *, status: int, body: str) -> None:
    """Keep the answer, sealed: it may hold a secret, or what somebody takes back later.

    Whoever waits for it may be cancelled: it is kept all the same.
    """

    async def keep() -> None:
        async with ctx.database.begin() as tx:
            await kept.finish(tx, own.slot, status=status, body=ctx.keyring.seal(body) if body else None)

    await undisturbed(keep())


async def release(ctx: Context, own: Reservation) -> None:
    """Give the key back if nothing was done under it, which the store knows; else tell whoever asks that it was."""
    async with ctx.database.begin() as tx:
        await kept.release(tx, own.slot)


async def forget_old(ctx: Context) -> None:
    """Forget the answers that are past their time."""
    async with ctx.database.begin() as tx:
        await kept.forget_before(tx, ctx.clock.now() - KEPT_FOR)
