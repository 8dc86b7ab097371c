"""Polls over the gateway: the requests, and who hears what."""

import asyncio

from onstage.actions.voting import tell_results
from tests.support.gateway import ServedHouse
from tests.support.reducer import reduce

DRINKS = {"title": "Drinks", "questions": [{"text": "Tea or coffee?", "options": ["tea", "coffee"]}]}


async def test_a_poll_is_made_started_voted_in_and_stopped(doors: ServedHouse) -> None:
    anna_token, gus_token = await doors.token("anna", "host"), await doors.token("gus", "guest")
    async with doors.client(anna_token) as anna, doors.client(gus_token) as gus:
        await anna.first()
        page = (await gus.first())["snapshot"]
        made = (await anna.request("poll.create", **DRINKS, results_shown="live"))["data"]
        assert made["status"] == "created"
        started = await anna.request("poll.start", poll=made["id"])
        assert started["data"]["status"] == "started"
        voted = await gus.request("poll.vote", poll=made["id"], answers=[{"question": 0, "options": [1]}])
        assert voted["data"] == {
            "poll_id": made["id"],
            "answers": [{"question": 0, "options": [1], "text": None}],
        }
        await tell_results(doors.house.ctx)
        counted = await anna.until_event("poll.counted")
        assert counted["data"]["result"]["questions"] == [{"votes": [0, 1], "answers": 1}]
        assert (await anna.request("poll.stop", poll=made["id"]))["data"]["status"] == "stopped"
        await anna.until_event("poll.stopped")
        await gus.until_event("poll.stopped")
        assert [one["name"] for one in anna.events] == ["poll.started", "poll.counted", "poll.stopped"]
        assert [one["name"] for one in gus.events] == ["poll.started", "poll.voted", "poll.counted", "poll.stopped"]
        for event in gus.events:
            page = reduce(page, event["name"], event["data"])
        person = await doors.house.join("gus", "guest")
        now = await doors.house.snapshot(person)
        assert (page["polls"], page["votes"]) == (now["polls"], now["votes"])


async def test_refusals_are_those_of_rest(doors: ServedHouse) -> None:
    anna_token, gus_token = await doors.token("anna", "host"), await doors.token("gus", "guest")
    async with doors.client(anna_token) as anna, doors.client(gus_token) as gus:
        await anna.first()
        await gus.first()
        poll = (await anna.request("poll.create", **DRINKS))["data"]["id"]
        tea = {"poll": poll, "answers": [{"question": 0, "options": [0]}]}
        refusals = [
            await gus.request("poll.create", **DRINKS),
            await gus.request("poll.start", poll=poll),
            await gus.request("poll.vote", **tea),
            await anna.request("poll.vote", **tea),
            await anna.request("poll.stop", poll=poll),
            await anna.request("poll.create", title="x", questions=[{"text": "?"}]),
        ]
        codes = [one["error"]["code"] for one in refusals]
        assert codes == [
            "permission_denied",
            "permission_denied",
            "poll_not_found",
            "poll_not_open",
            "poll_not_open",
            "malformed",
        ]
        assert refusals[-1]["error"]["errors"][0]["path"] == "questions.0.options"
        await anna.request("poll.start", poll=poll)
        assert (await gus.request("poll.vote", **tea))["ok"]
        assert (await gus.request("poll.vote", **tea))["error"]["code"] == "already_voted"


async def test_votes_of_many_at_once_are_all_counted(doors: ServedHouse) -> None:
    anna_token = await doors.token("anna", "host")
    tokens = [await doors.token(f"v{number:02}", "viewer") for number in range(12)]
    async with doors.client(anna_token) as anna:
        await anna.first()
        poll = (await anna.request("poll.create", **DRINKS))["data"]["id"]
        await anna.request("poll.start", poll=poll)

        async def vote(number: int, token: str) -> bool:
            async with doors.client(token) as viewer:
                await viewer.first()
                cast = await viewer.request("poll.vote", poll=poll, answers=[{"question": 0, "options": [number % 2]}])
                return bool(cast["ok"])

        assert all(await asyncio.gather(*(vote(*one) for one in enumerate(tokens))))
        result = (await anna.request("poll.stop", poll=poll))["data"]["result"]
        assert result == {"voters": 12, "questions": [{"votes": [6, 6], "answers": 12}]}
