"""The outbox: which endpoints hear of an event, written in the transaction of the event itself."""

from collections.abc import Iterable
from functools import partial

from onstage.actions.context import Context
from onstage.events import EVENTS, Delivery
from onstage.model.ids import Prefix, new_id
from onstage.store import deliveries, webhooks
from onstage.store.database import Listening, Tx

WEBHOOK_EVENTS = tuple(name for name, event in EVENTS.items() if event.DELIVERY is not Delivery.EPHEMERAL)
"""What endpoints can hear of: every event that has a row."""
GROUPS = tuple(sorted({f"{name.partition('.')[0]}.*" for name in WEBHOOK_EVENTS}))
"""What a filter may name beside them: `participant.*` stands for every event of that noun."""


def hears(chosen: Iterable[str] | None, name: str) -> bool:
    """Whether a filter lets an event through; None is no filter."""
    return chosen is None or not {name, f"{name.partition('.')[0]}.*"}.isdisjoint(chosen)


async def enqueue(ctx: Context, tx: Tx, *, project_id: str, room_id: str | None, event_id: str, name: str) -> None:
    """Put the event on its way to every enabled endpoint of its project and room that hears of it."""
    listening = await _listening(tx, project_id, room_id)
    heard = [endpoint_id for endpoint_id, chosen in listening if hears(chosen, name)]
    if heard:
        made = [deliveries.NewDelivery(new_id(Prefix.DELIVERY), one, event_id) for one in heard]
        await deliveries.add(tx, made, ctx.clock.now())
        announce(ctx, tx, heard)


def announce(ctx: Context, tx: Tx, endpoint_ids: Iterable[str]) -> None:
    """Have the endpoints served once the transaction is kept."""
    for endpoint_id in endpoint_ids:
        tx.announcements[endpoint_id] = partial(ctx.after_change.deliveries_due, (endpoint_id,))


async def _listening(tx: Tx, project_id: str, room_id: str | None) -> Listening:
    key = room_id or project_id
    if key not in tx.listening:
        tx.listening[key] = await webhooks.listening(tx, project_id, room_id)
    return tx.listening[key]
