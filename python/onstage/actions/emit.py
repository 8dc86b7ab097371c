"""The one door for events."""

from onstage.actions.context import Context
from onstage.actions.outbox import enqueue
from onstage.bus.memory import Ephemeral, WakeUp
from onstage.clock import rfc3339
from onstage.events import EVERYONE, Delivery, EventData, Recipients
from onstage.model.ids import Prefix, new_id
from onstage.model.records import Room
from onstage.store import events, rooms
from onstage.store.database import Tx


async def emit(ctx: Context, tx: Tx, room: Room, data: EventData, recipients: Recipients = EVERYONE) -> int:
    """Record `data` as the room's next event, in the transaction of its change (invariant 2); its `seq`."""
    assert data.DELIVERY is not Delivery.EPHEMERAL, f"{data.NAME} has no row"
    seq = await rooms.next_seq(tx, room.id)
    event_id = new_id(Prefix.EVENT)
    await events.add(
        tx,
        events.EventRow(
            id=event_id,
            project_id=room.project_id,
            room_id=room.id,
            seq=seq,
            name=data.NAME,
            recipients=recipients,
            at=ctx.clock.now(),
            data=data.model_dump(mode="json"),
        ),
    )
    await enqueue(ctx, tx, project_id=room.project_id, room_id=room.id, event_id=event_id, name=data.NAME)
    tx.announcements[room.id] = lambda: ctx.bus.publish(WakeUp(room.id, seq))
    return seq


async def emit_for_project(ctx: Context, tx: Tx, project_id: str, data: EventData) -> None:
    """Record `data` as an event of the project and of no room: only its webhooks hear of it."""
    event_id = new_id(Prefix.EVENT)
    about = events.ProjectEvent(event_id, project_id, data.NAME, ctx.clock.now(), data.model_dump(mode="json"))
    await events.add_of_project(tx, about)
    await enqueue(ctx, tx, project_id=project_id, room_id=None, event_id=event_id, name=data.NAME)


async def emit_ephemeral(ctx: Context, room_id: str, data: EventData) -> None:
    """Tell everybody in the room now; nobody hears of it later."""
    assert data.DELIVERY is Delivery.EPHEMERAL, f"{data.NAME} needs a row"
    at = rfc3339(ctx.clock.now())
    await ctx.bus.publish(Ephemeral(room_id, data.NAME, at, data.model_dump_json()))
