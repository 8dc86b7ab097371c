"""A second connection of one identity, in a room that refuses it."""

from onstage.actions import presence
from onstage.actions.rooms import RoomChange, update_room
from onstage.model.records import Participant
from tests.support.connecting import connect, disconnect
from tests.support.gateway import ServedHouse


async def connected(doors: ServedHouse) -> tuple[str, Participant, str]:
    """A token, its participant, and the connection that they hold elsewhere."""
    house = doors.house
    change = RoomChange(settings={"duplicate_identity": "refuse"})
    await update_room(house.ctx, house.server, "show", change)
    token = await house.token("anna", "host")
    _, anna = await presence.join(house.ctx, token)
    held = f"{anna.id}.elsewhere"
    await connect(house, anna, held)
    return token, anna, held


async def test_a_second_connection_is_refused(doors: ServedHouse) -> None:
    token, _, _ = await connected(doors)
    async with doors.client(token) as second:
        assert await second.bye() == "identity_connected"


async def test_whoever_held_the_connection_takes_its_place(doors: ServedHouse) -> None:
    token, anna, held = await connected(doors)
    async with doors.client(token, resume=(held, await doors.house.seq())) as again:
        assert (await again.first())["type"] == "resumed"
        assert again.connection_id.startswith(anna.id)


async def test_when_the_first_is_gone_the_next_is_welcome(doors: ServedHouse) -> None:
    token, _, held = await connected(doors)
    await disconnect(doors.house, held)
    async with doors.client(token) as again:
        assert (await again.first())["type"] == "welcome"
