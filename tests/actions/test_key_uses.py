"""When a key was used last is noted now and then, and not forgotten meanwhile."""

from onstage.actions.authentication import authenticate_project, write_key_uses
from onstage.errors import ErrorCode
from onstage.store import keys
from tests.support.house import House
from tests.support.refusals import refused


async def test_what_can_t_be_noted_while_the_store_is_away_is_noted_when_it_is_back(house: House) -> None:
    await authenticate_project(house.ctx, house.project.id, house.secret)
    used_at = house.clock.now()
    async with house.store.away(house.ctx.database):
        assert await refused(write_key_uses(house.ctx)) is ErrorCode.STORE_UNAVAILABLE
    await write_key_uses(house.ctx)
    async with house.ctx.database.read() as tx:
        [key] = await keys.of_project(tx, house.project.id)
    assert key.last_used_at == used_at
