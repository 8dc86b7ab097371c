"""Rooms in which everybody has just the rank, the place and the permissions that a test gives them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import httpx

from onstage.actions import presence
from onstage.actions.templates import create_template
from onstage.model.permission import Permission
from onstage.model.records import Participant, Room
from onstage.model.role import Level, PublishLimits, Role, Source
from onstage.model.template import Template
from onstage.store import rooms
from tests.support.gateway import ServedHouse

NOTHING: frozenset[Permission] = frozenset()
RANKS = {"higher": 1, "equal": 5, "lower": 9}


def court_template() -> Template:
    """Roles that give nothing but a place and a rank: `stage-1`, …, `seat-9`."""
    sends = dict.fromkeys(Source, PublishLimits())
    stage = [
        Role(f"stage-{rank}", Level.STAGE, NOTHING, sends, priority=rank, state_keys=("*",)) for rank in RANKS.values()
    ]
    seats = [Role(f"seat-{rank}", Level.AUDIENCE, NOTHING, priority=rank, state_keys=("*",)) for rank in RANKS.values()]
    return Template("court", (*stage, *seats), promote_role="stage-9", demote_role="seat-9")


@dataclass(slots=True)
class Somebody:
    """A participant and their token."""

    participant: Participant
    token: str

    @property
    def id(self) -> str:
        return self.participant.id

    @property
    def bearer(self) -> dict[str, Any]:
        """What makes a REST call theirs."""
        return {"auth": None, "headers": {"Authorization": f"Bearer {self.token}"}}


@dataclass(slots=True)
class Court:
    """One room of the court's template."""

    doors: ServedHouse
    room: Room
    _numbers: Iterator[int] = field(default_factory=count)

    @property
    def path(self) -> str:
        return f"/v1/rooms/{self.room.id}"

    async def enter(self, place: str, rank: int, *permissions: Permission) -> Somebody:
        """Somebody on `stage` or in a `seat`."""
        house = self.doors.house
        identity = f"{place}-{next(self._numbers)}"
        token = await house.token(identity, f"{place}-{rank}", room=self.room.id, permissions=permissions)
        _, participant = await presence.join(house.ctx, token)
        await house.clock.advance(1)
        return Somebody(participant, token)

    async def call(self, caller: Somebody | None, method: str, path: str, body: object = None) -> httpx.Response:
        """A REST call by somebody, or by the server, below the room."""
        options = {} if caller is None else caller.bearer
        return await self.doors.rest.request(method, f"{self.path}{path}", json=body, **options)


async def hold_court(doors: ServedHouse) -> None:
    """Make the template."""
    await create_template(doors.house.ctx, doors.house.server, court_template())


async def open_court(doors: ServedHouse, name: str) -> Court:
    """A new room of it."""
    answer = await doors.rest.post("/v1/rooms", json={"name": name, "template": "court"})
    assert answer.status_code == 201, answer.text
    async with doors.house.ctx.database.read() as tx:
        room = await rooms.get(tx, answer.json()["id"])
    assert room is not None
    return Court(doors, room)
