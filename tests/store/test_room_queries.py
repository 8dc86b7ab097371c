"""In a project of very many rooms, a page of them is found without sorting them all."""

from onstage.model.filters import RoomFilter
from onstage.store import rooms
from tests.store.plans import plan
from tests.support.house import House


async def test_the_newest_rooms_are_found_in_their_order(sqlite_house: House) -> None:
    told = await plan(sqlite_house, lambda tx: rooms.page(tx, "prj", RoomFilter(), after=None, limit=50))
    assert "ix_rooms_newest (project_id=?)" in told
    assert "TEMP B-TREE" not in told
