"""After a change of the server's secret: what the old one sealed is sealed with the new one."""

from dataclasses import replace
from datetime import datetime

import structlog

from onstage.actions.broadcast_life import hold_broadcast
from onstage.actions.context import Context
from onstage.model.records import Broadcast, ProjectKey
from onstage.sealing import SealedWithUnknownSecretError
from onstage.store import broadcasts, keys, webhooks
from onstage.store.database import Tx

_log = structlog.get_logger(__name__)


async def seal_anew(ctx: Context) -> None:
    """Seal with the server's present secret what a previous one sealed, so that that one can be left out.

    What none of them sealed stays as it is: such a key is still good for HTTP Basic, and such an endpoint's
    deliveries say what is wrong, until the right secret is given. That is logged.
    """
    async with ctx.database.begin() as tx:
        await _keys(ctx, tx)
        await _endpoints(ctx, tx)
        keys_shut = len(await _shut_keys(ctx, tx, ctx.clock.now()))
        endpoints_shut = sum(_is_shut(ctx, one.sealed_secret) for one in await webhooks.every(tx))
    targets_shut = await _targets(ctx)
    if keys_shut or endpoints_shut or targets_shut:
        _log.error(
            "secrets can't be opened: they were sealed with another ONSTAGE_SECRET; tokens that these keys sign are "
            "refused, webhooks to these endpoints fail, and these outputs are not connected to. List that secret in "
            "ONSTAGE_PREVIOUS_SECRETS",
            keys=keys_shut,
            endpoints=endpoints_shut,
            outputs=targets_shut,
        )


async def live_keys_without_secret(ctx: Context) -> list[ProjectKey]:
    """The keys, of any project, that are good but for signing: none of the server's secrets sealed theirs."""
    async with ctx.database.read() as tx:
        return await _shut_keys(ctx, tx, ctx.clock.now())


async def _shut_keys(ctx: Context, tx: Tx, now: datetime) -> list[ProjectKey]:
    return [key for key in await keys.sealed(tx) if key.is_live(now) and _is_shut(ctx, key.sealed_secret)]


def _is_shut(ctx: Context, sealed: str | None) -> bool:
    if sealed is None:
        return False
    try:
        ctx.keyring.unseal(sealed)
    except SealedWithUnknownSecretError:
        return True
    return False


async def _keys(ctx: Context, tx: Tx) -> None:
    for key in await keys.sealed(tx):
        sealed = _anew(ctx, key.sealed_secret)
        if sealed is not None and sealed != key.sealed_secret:
            await keys.seal(tx, key.id, sealed)


async def _endpoints(ctx: Context, tx: Tx) -> None:
    for endpoint in await webhooks.every(tx):
        secret, old = _anew(ctx, endpoint.sealed_secret), _anew(ctx, endpoint.sealed_old_secret)
        assert secret is not None, "an endpoint has a secret"
        if (secret, old) != (endpoint.sealed_secret, endpoint.sealed_old_secret):
            await webhooks.seal_anew(tx, endpoint, secret=secret, old_secret=old)


async def _targets(ctx: Context) -> int:
    """Seal the stream keys of running broadcasts anew; how many can't be opened."""
    async with ctx.database.read() as tx:
        running = await broadcasts.all_active(tx)
    for found in running:
        if _sealed_anew(ctx, found) == found:
            continue
        async with ctx.database.begin() as tx:
            held = await hold_broadcast(tx, found.id)
            if held is not None:
                await broadcasts.save(tx, _sealed_anew(ctx, held[1]))
    return sum(_is_shut(ctx, output.sealed) for one in running for output in one.outputs)


def _sealed_anew(ctx: Context, broadcast: Broadcast) -> Broadcast:
    outputs = tuple(replace(one, sealed=_anew(ctx, one.sealed)) for one in broadcast.outputs)
    return replace(broadcast, outputs=outputs)


def _anew(ctx: Context, sealed: str | None) -> str | None:
    if sealed is None:
        return None
    try:
        return ctx.keyring.seal_anew(sealed) or sealed
    except SealedWithUnknownSecretError:
        return sealed
