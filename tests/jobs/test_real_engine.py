"""Steering and hearing a real livekit-server, with its official client as the people."""

import os
import signal
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from onstage.actions import promotion
from onstage.actions.tokens import engine_grant
from onstage.jobs.steering import RETRY_AFTER_S
from onstage.model.records import Participant, Presence
from onstage.model.role import Source
from tests.engine.clients import JoinRefusedError, PythonClient
from tests.jobs.staff import Staff, heard, joined, staffed
from tests.support.house import House, open_house
from tests.support.livekit import EngineHouse, livekit_house
from tests.support.stores import Store
from tests.support.waiting import until


@dataclass(slots=True)
class Venue:
    """A house whose engine is real, with everything at work that talks with it."""

    house: House
    staff: Staff
    live: EngineHouse
    clients: list[PythonClient]

    async def enter(self, identity: str, role: str) -> tuple[Participant, PythonClient]:
        """Somebody on both the gateway and, if their level uses it, the engine."""
        participant = await joined(self.house, identity, role)
        self.staff.presence.gateway_connected(participant, identity)
        client = await self.connect(participant)
        return participant, client

    async def connect(self, participant: Participant) -> PythonClient:
        client = PythonClient(participant.identity)
        self.clients.append(client)
        token = self.live.engine.access_token(engine_grant(participant))
        await client.join(self.live.ws_url, token)
        return client

    async def has_told(self, name: str) -> None:
        """Wait for a durable event of that name."""

        async def is_told() -> bool:
            return name in await self.house.names()

        await until(is_told, what=name)

    async def tracks(self, participant: Participant) -> set[tuple[Source, bool]]:
        return {(one.source, one.is_muted) for one in (await self.house.now(participant)).tracks}


@pytest.fixture
async def venue(tmp_path: Path, schema: Store) -> AsyncIterator[Venue]:
    async with (
        livekit_house(tmp_path / "engine") as live,
        open_house(tmp_path, schema, engine=live.engine) as house,
        staffed(house) as staff,
    ):
        await staff.engine_events.start()
        await staff.counting.start()
        venue = Venue(house, staff, live, [])
        yield venue
        for client in venue.clients:
            await client.leave()


async def test_promoted_they_publish_on_the_connection_that_is_there_and_sent_to_the_viewers_they_are_cut(
    venue: Venue,
) -> None:
    aud, seat = await venue.enter("aud", "audience")
    await venue.house.promoted(aud)
    await seat.sees("permission", "aud", "publish")
    await seat.publish("camera")
    await venue.has_told("track.published")
    assert await venue.tracks(aud) == {(Source.CAMERA, False)}
    assert not seat.has_seen("disconnected")

    await promotion.demote(venue.house.ctx, venue.house.server, "show", "aud", "viewer")
    await seat.sees("disconnected", detail="participant_removed")
    assert await venue.tracks(aud) == set()
    now = await venue.house.now(aud)
    assert (now.id, now.presence, now.role) == (aud.id, Presence.JOINED, "viewer")


async def test_what_people_send_is_told_and_who_speaks(venue: Venue) -> None:
    gus, client = await venue.enter("gus", "guest")
    await until(lambda: bool(venue.staff.waits_s), what="the first count")
    await venue.house.clock.advance(1)  # the counting has the stage watched
    async with heard(venue.house) as events:
        track = await client.publish("microphone")
        await venue.has_told("track.published")
        await events.first(lambda one: one == ("speakers.changed", {"participant_ids": [gus.id]}))
    await client.set_muted(track, is_muted=True)
    await venue.has_told("track.muted")
    assert await venue.tracks(gus) == {(Source.MICROPHONE, True)}
    await client.leave()
    await venue.has_told("track.unpublished")
    assert await venue.tracks(gus) == set()


async def test_a_join_that_the_store_does_not_want_is_cut(venue: Venue) -> None:
    vic = await joined(venue.house, "vic", "viewer")
    intruder = await venue.connect(vic)  # with a token of a time when they were in the audience
    await intruder.sees("disconnected", detail="participant_removed")
    assert await venue.house.is_here(vic)


async def test_a_promotion_made_while_the_engine_was_dead_holds_when_it_is_back(venue: Venue) -> None:
    aud, client = await venue.enter("aud", "audience")
    await client.leave()
    killed = venue.live.server.pid
    assert killed is not None
    os.kill(killed, signal.SIGKILL)
    await venue.house.promoted(aud)
    await until(lambda: venue.live.server.pid not in (None, killed), what="another livekit-server")
    again = await until(lambda: connected(venue, aud), what="a connection with the token from before")
    await venue.house.clock.advance(RETRY_AFTER_S[0])
    await again.sees("permission", "aud", "publish")
    await again.publish("microphone")
    await venue.has_told("track.published")


async def connected(venue: Venue, participant: Participant) -> PythonClient | None:
    """None while the engine takes nobody in yet."""
    try:
        return await venue.connect(participant)
    except JoinRefusedError:
        return None
