"""Two `onstage serve` on PostgreSQL and Redis: one room, whichever of them one is on."""

import asyncio

import pytest

from tests.cluster.conftest import Cluster
from tests.cluster.talking import hear, numbered, say
from tests.support.waiting import until

pytestmark = pytest.mark.asyncio(loop_scope="package")


async def test_both_see_the_same_events_in_the_same_order(hall: Cluster) -> None:
    tokens = {name: await hall.token(name, "host") for name in ("anna", "gus")}
    async with hall.client(hall.a, tokens["anna"]) as anna, hall.client(hall.b, tokens["gus"]) as gus:
        await asyncio.gather(
            say(anna, *(f"a{number}" for number in range(15))),
            say(gus, *(f"b{number}" for number in range(15))),
            *(hall.b.call("PATCH", f"/v1/rooms/{hall.room}", {"title": f"Title {number}"}) for number in range(5)),
        )
        await asyncio.gather(hear(anna, 30), hear(gus, 30))
        newest = max(anna.seq, gus.seq)
        await asyncio.gather(anna.until_seq(newest), gus.until_seq(newest))
        first = max(anna.welcome_seq, gus.welcome_seq)
        heard = [[one for one in numbered(client) if one[0] > first] for client in (anna, gus)]
        assert heard[0] == heard[1]
        assert [seq for seq, _, _ in heard[0]] == list(range(first + 1, newest + 1))
        assert len([one for one in heard[0] if one[1] == "message.sent"]) == 30


async def test_an_invite_expires_once(hall: Cluster) -> None:
    anna, vic = await hall.token("anna", "host"), await hall.token("vic", "viewer")
    async with hall.client(hall.a, anna) as host, hall.client(hall.b, vic) as viewer:
        for _ in range(3):
            body = {"expires_in_s": 5}
            reply = await host.request("participant.promote", participant="vic", **body)
            assert reply["ok"], reply
        await viewer.until_event("invite.expired")
    assert hall.counted("invite.created") == 3
    assert (hall.counted("invite.cancelled"), hall.counted("invite.expired")) == (2, 1)


async def test_a_newer_connection_on_the_other_server_replaces_the_older(hall: Cluster) -> None:
    token = await hall.token("anna", "host")
    async with hall.client(hall.a, token) as older:
        await until(lambda: hall.connections == 1, what="the connection in the store")
        async with hall.client(hall.b, token) as newer:
            assert await older.bye() == "replaced"
            await say(newer, "here")
            await until(lambda: hall.connections == 1, what="the older connection to be gone")
