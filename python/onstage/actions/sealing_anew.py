"""After a change of the server's secret: what the old one sealed is sealed with the new one."""

from onstage.actions.context import Context
from onstage.sealing import SealedWithUnknownSecretError
from onstage.store import keys, webhooks
from onstage.store.database import Tx


async def seal_anew(ctx: Context) -> None:
    """Seal with the server's present secret what a previous one sealed, so that that one can be left out.

    What none of them sealed stays as it is: such a key is still good for HTTP Basic, and such an endpoint's
    deliveries say what is wrong, until the right secret is given.
    """
    async with ctx.database.begin() as tx:
        await _keys(ctx, tx)
        await _endpoints(ctx, tx)


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


def _anew(ctx: Context, sealed: str | None) -> str | None:
    if sealed is None:
        return None
    try:
        return ctx.keyring.seal_anew(sealed) or sealed
    except SealedWithUnknownSecretError:
        return sealed
