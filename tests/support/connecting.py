"""Live connections as the store has them, without anybody behind them."""

from onstage.model.records import Participant
from onstage.store.tables import connections
from tests.support.house import House


async def connect(house: House, participant: Participant, connection_id: str) -> None:
    """The participant holds that gateway connection from now on."""
    row = {"id": connection_id, "participant_id": participant.id, "room_id": participant.room_id, "kind": "gateway"}
    async with house.ctx.database.begin() as tx:
        await tx.connection.execute(connections.insert().values(**row, connected_at=house.clock.now()))


async def disconnect(house: House, connection_id: str) -> None:
    """Nobody holds that connection any more."""
    async with house.ctx.database.begin() as tx:
        await tx.connection.execute(connections.delete().where(connections.c.id == connection_id))
