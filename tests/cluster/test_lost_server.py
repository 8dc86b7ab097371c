"""One of two servers is killed, frozen, or stopped: its people go on with the other."""

import asyncio
from contextlib import AsyncExitStack

from onstage.jobs.membership import DEAD_AFTER_S
from tests.cluster.conftest import GRACE_S, Cluster
from tests.cluster.talking import hear, say, texts
from tests.support.waiting import until

_GIVEN_UP_WITHIN_S = DEAD_AFTER_S + 2 * GRACE_S + 20.0


async def test_clients_of_a_killed_server_resume_on_the_other_with_nothing_lost_or_repeated(cluster: Cluster) -> None:
    tokens = {name: await cluster.token(name, "host") for name in ("anna", "gus")}
    async with cluster.client(cluster.b, tokens["gus"]) as gus:
        async with cluster.client(cluster.a, tokens["anna"]) as anna:
            await say(gus, *(f"before {number}" for number in range(5)))
            await hear(anna, 3)
            await cluster.a.kill()
            await say(gus, *(f"meanwhile {number}" for number in range(5)))
        heard = texts(anna)
        async with cluster.client(cluster.b, tokens["anna"], resume=anna) as again:
            await say(gus, "after")
            while "after" not in texts(again):
                await again.frame()
            expected = [f"before {n}" for n in range(5)] + [f"meanwhile {n}" for n in range(5)] + ["after"]
            assert heard + texts(again) == expected
            assert (await again.request("message.send", text="me too"))["ok"]


async def test_people_of_a_killed_server_who_do_not_come_back_leave_once(cluster: Cluster) -> None:
    names = ("anna", "gus", "amy", "eve")
    tokens = {name: await cluster.token(name, "guest") for name in names}
    async with cluster.client(cluster.b, tokens["gus"]) as gus:
        async with AsyncExitStack() as there:
            anna, *_ = [
                await there.enter_async_context(cluster.client(cluster.a, tokens[name]))
                for name in ("anna", "amy", "eve")
            ]
            await until(lambda: cluster.connections == 4, what="four connections in the store")
            await cluster.a.kill()
        async with cluster.client(cluster.b, tokens["anna"], resume=anna):
            await until(
                lambda: cluster.counted("participant.left") == 2,
                deadline_s=_GIVEN_UP_WITHIN_S,
                what="the two who did not come back to have left",
            )
            assert cluster.connections == 2
            await say(gus, "still here")  # whoever looks looks again meanwhile
            await until(lambda: cluster.servers == 1, what="the dead server to be given up")
            assert cluster.counted("participant.left") == 2
            left = {one["data"]["participant"]["identity"] for one in gus.events if one["name"] == "participant.left"}
            assert left == {"amy", "eve"}


async def test_a_server_that_was_frozen_for_long_has_its_people_back(cluster: Cluster) -> None:
    """The other takes its connections away; it tells of them again, and nobody has left who stayed connected."""
    tokens = {name: await cluster.token(name, "host") for name in ("anna", "gus")}
    async with cluster.client(cluster.a, tokens["anna"]) as anna, cluster.client(cluster.b, tokens["gus"]) as gus:
        await until(lambda: cluster.connections == 2, what="both connections in the store")
        cluster.a.freeze()
        await until(
            lambda: cluster.servers == 1, deadline_s=_GIVEN_UP_WITHIN_S, what="the frozen server to be given up"
        )
        cluster.a.thaw()
        await until(lambda: (cluster.connections, cluster.servers) == (2, 2), what="everything to be back")
        await say(gus, "hello")
        await hear(anna, 1)
    assert cluster.counted("participant.left") == 0


async def test_one_server_stops_in_order_and_its_people_move(cluster: Cluster) -> None:
    token = await cluster.token("anna", "host")
    async with cluster.client(cluster.a, token) as anna:
        await until(lambda: cluster.connections == 1, what="the connection in the store")
        stopping = asyncio.create_task(cluster.a.stop())
        assert await anna.bye() == "server_stopping"
        assert await stopping == 0
    assert cluster.servers == 1
    async with cluster.client(cluster.b, token, resume=anna) as again:
        await say(again, "moved")
