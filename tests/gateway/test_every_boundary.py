"""A busy show, cut after every single message: each event is heard once, and no snapshot is needed."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest

from onstage.actions.hands import lower_hand, raise_hand
from onstage.actions.invites import decline
from onstage.actions.messages import MessageOptions, send_message
from onstage.actions.promotion import demote
from onstage.actions.rooms import RoomChange, update_room
from onstage.actions.state import set_state
from onstage.actions.tracks import report_tracks
from onstage.gateway.session import VIEWER_GATHER_S
from onstage.model.records import Participant, Track
from onstage.model.role import Source
from tests.support.gateway import GatewayClient, ServedHouse, served
from tests.support.house import House

ROUNDS = 10
EVERY_S = 0.02
"""Fifty events a second."""
THE_END = "The end"
PEOPLE = {"anna": "host", "gus": "guest", "vic": "viewer"}
"""A host, who hears most; a guest, whose role changes on and on; a viewer, whose events are gathered."""
Step = Callable[[], Awaitable[Any]]
Heard = tuple[int, str]


def script(house: House, number: int, gus: Participant, vic: Participant) -> list[Step]:
    """One round: messages to all, to roles and to one, state, a hand, an invite, tracks, a guest who comes and goes."""
    ctx, server = house.ctx, house.server

    def say(text: str, **to: Any) -> Step:
        return lambda: send_message(ctx, server, "show", f"{text} {number}", MessageOptions(**to))

    async def invited_in_vain() -> None:
        invite = await house.invited(vic)
        await decline(ctx, house.caller(vic), "show", invite.id)

    return [
        say("to all"),
        say("to guests", to_roles=("guest",)),
        say("to audience", to_roles=("audience",)),
        lambda: demote(ctx, server, "show", "gus", "audience"),
        say("to guests", to_roles=("guest",)),
        say("to audience", to_roles=("audience",)),
        say("to gus", to_participant="gus"),
        lambda: set_state(ctx, server, "show", f"score.{number}", number),
        lambda: raise_hand(ctx, house.caller(vic), "show"),
        say("to viewers", to_roles=("viewer",)),
        invited_in_vain,
        lambda: lower_hand(ctx, house.caller(vic), "show", None),
        lambda: house.promoted(gus, role="guest"),
        lambda: report_tracks(
            ctx, house.room.id, "gus", (Track(f"TR_{number}", Source.CAMERA, is_muted=number % 2 == 0),)
        ),
        say("to guests", to_roles=("guest",)),
        say("to vic", to_participant="vic"),
        lambda: update_room(ctx, server, "show", RoomChange(title=f"Round {number}")),
    ]


@dataclass
class Show:
    """What happened, and what each of the people should have heard of it."""

    doors: ServedHouse
    tokens: dict[str, str] = field(default_factory=dict)
    people: dict[str, Participant] = field(default_factory=dict)
    began: dict[str, tuple[str, int]] = field(default_factory=dict)
    """Connection and `seq` of everybody before it all."""
    expected: dict[str, list[Heard]] = field(default_factory=dict)

    async def prepare(self) -> None:
        for identity, role in PEOPLE.items():
            self.people[identity] = await self.doors.house.join(identity, role)
            self.tokens[identity] = await self.doors.token(identity, role)
        for identity, token in self.tokens.items():
            async with self.doors.client(token) as client:
                assert (await client.first())["type"] == "welcome"
            self.began[identity] = (client.connection_id, client.seq)

    async def play(self) -> None:
        """All rounds, fifty steps a second, and a last event that ends it."""
        house = self.doors.house
        for number in range(ROUNDS):
            for step in script(house, number, self.people["gus"], self.people["vic"]):
                await step()
                await house.clock.advance(EVERY_S)
        await update_room(house.ctx, house.server, "show", RoomChange(title=THE_END))
        self.expected = {identity: await self._concerning(identity) for identity in PEOPLE}

    async def _concerning(self, identity: str) -> list[Heard]:
        """From the store: the events for the participant, and for the role that they had at the time."""
        own_id, role = self.people[identity].id, PEOPLE[identity]
        heard: list[Heard] = []
        for row in await self.doors.house.events(behind=self.began[identity][1]):
            if row.recipients.include(own_id, role):
                heard.append((row.seq, row.name))
            about = row.data.get("participant")
            if about is not None and about["id"] == own_id:
                role = about["role"]
        return heard

    @asynccontextmanager
    async def resumed(self, identity: str, behind: tuple[str, int]) -> AsyncIterator[GatewayClient]:
        """A client that goes on where its connection was cut."""
        async with self.doors.client(self.tokens[identity], resume=behind) as client:
            assert (await client.first())["type"] == "resumed", "a snapshot where a resume should do"
            yield client


Listening = Callable[[Show, str], Awaitable[list[Heard]]]


def heard_by(client: GatewayClient) -> list[Heard]:
    return [(event["seq"], event["name"]) for event in client.events if event["seq"] is not None]


def is_at_the_end(client: GatewayClient) -> bool:
    return any(one["name"] == "room.updated" and one["data"]["room"]["title"] == THE_END for one in client.events)


async def through(show: Show, identity: str) -> list[Heard]:
    """Who is never cut."""
    async with show.resumed(identity, show.began[identity]) as client:
        while not is_at_the_end(client):
            await client.frame()
    return heard_by(client)


async def in_pieces(show: Show, identity: str) -> list[Heard]:
    """Who is cut after every single frame."""
    behind, heard = show.began[identity], list[Heard]()
    while True:
        async with show.resumed(identity, behind) as client:
            await client.frame()
            client.socket.transport.abort()  # a cut, not a goodbye
        heard += heard_by(client)
        behind = (client.connection_id, client.seq)
        if is_at_the_end(client):
            return heard


@asynccontextmanager
async def played(doors: ServedHouse, listening: Listening) -> AsyncIterator[Show]:
    """A show that is over; everybody who listened heard what was for them."""
    show = Show(doors)
    await show.prepare()
    listeners = [asyncio.ensure_future(listening(show, identity)) for identity in PEOPLE]
    await show.play()
    waiting = set(listeners)
    while waiting:
        await doors.house.clock.advance(VIEWER_GATHER_S)  # what is gathered is sent
        _, waiting = await asyncio.wait(waiting, timeout=1)
    for identity, listener in zip(PEOPLE, listeners, strict=True):
        assert listener.result() == show.expected[identity], identity
    yield show


@pytest.mark.parametrize("listening", [through, in_pieces])
async def test_who_is_cut_after_every_frame_hears_what_is_heard_by_who_never_is(
    doors: ServedHouse, listening: Listening
) -> None:
    async with played(doors, listening) as show:
        heard = {identity: {name for _, name in events} for identity, events in show.expected.items()}
    assert {"participant.demoted", "participant.promoted", "state.changed", "message.sent"} <= heard["gus"]
    assert "invite.created" in heard["vic"] - heard["gus"]
    assert len(show.expected["vic"]) > 12 * ROUNDS


async def test_behind_every_message_a_server_that_was_started_anew_goes_on(doors: ServedHouse) -> None:
    async with played(doors, through) as show, served(doors.house, doors.door) as anew:
        show.doors = anew
        boundaries = await asyncio.gather(*(from_every_message(show, identity) for identity in PEOPLE))
    assert sum(boundaries) > 300


async def from_every_message(show: Show, identity: str) -> int:
    """Resume behind every event that was heard, one after the other; how many they were."""
    expected = show.expected[identity]
    connection_id, start = show.began[identity]
    boundaries = [start, *(seq for seq, _ in expected[:-1])]
    for count, seq in enumerate(boundaries):
        async with show.resumed(identity, (connection_id, seq)) as client:
            await client.until_seq(expected[-1][0])
        assert heard_by(client) == expected[count:], f"{identity}, cut behind {seq}"
    return len(boundaries)
