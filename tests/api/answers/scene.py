"""A project of its own for one operation: a room, people of every kind, and calls that are made of them."""

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import Any

import httpx
from limits import RateLimitItemPerMinute

from onstage.actions import keys, presence
from onstage.actions.access import ServerCaller
from onstage.actions.context import Context
from onstage.actions.keys import NewKey
from onstage.actions.making import NewRoom
from onstage.actions.projects import create_project
from onstage.actions.rate_limits import RateLimits, Rates, unlimited
from onstage.actions.rooms import create_room
from onstage.actions.templates import create_template
from onstage.model.permission import Permission
from onstage.model.records import Participant, ProjectKey
from onstage.model.role import Level, PublishLimits, Role, Source
from onstage.model.template import Template
from onstage.outbound import Guard, Outbound, read_policy
from onstage.webhooks.courier import HttpCourier
from tests.api.answers.operations import DOCUMENT, Answer, Operation
from tests.support.buses import Buses
from tests.support.court import NOTHING, Court, Somebody, court_template
from tests.support.credentials import basic
from tests.support.gateway import ServedHouse, served
from tests.support.house import House, open_house
from tests.support.stores import Store

ADMIN_SECRET = "an admin secret of thirty-two bytes or more"
MOST_BROADCASTS = 1_000
NO_BODY = object()
ALL = tuple(Permission)
_numbers = count(1)


def fresh(what: str = "x") -> str:
    """A name that nothing else has."""
    return f"{what}-{next(_numbers)}"


def _template() -> Template:
    """The court's roles; `full` has no place at all, `single` one, and `keyless` may write no key."""
    court = court_template()
    sends = dict.fromkeys(Source, PublishLimits())
    more = (
        Role("full", Level.STAGE, NOTHING, sends, priority=9, max_participants=0),
        Role("single", Level.STAGE, NOTHING, sends, priority=9, max_participants=1),
        Role("keyless", Level.AUDIENCE, NOTHING, priority=9),
    )
    return replace(court, roles=(*court.roles, *more))


@dataclass(frozen=True, slots=True)
class Call:
    """One request, and the operation that it is meant for."""

    operation: Operation
    ids: dict[str, str]
    body: object = NO_BODY
    query: dict[str, str] = field(default_factory=dict)
    authorization: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    content: bytes | None = None

    def by(self, somebody: Somebody) -> "Call":
        """The same, by a participant."""
        return replace(self, authorization=f"Bearer {somebody.token}")

    @property
    def path(self) -> str:
        """Where it goes."""
        return self.operation.path.format_map(self.ids)

    @property
    def payload(self) -> bytes:
        """What it sends."""
        if self.content is not None:
            return self.content
        return b"" if self.body is NO_BODY else json.dumps(self.body).encode()


@dataclass(slots=True)
class Scene:
    """A project with one room. `rank` is that of whomever things are done to: 9 is the lowest, 1 outranks all."""

    served: ServedHouse
    secret: str
    rank: int = 9
    _people: dict[str, Somebody] = field(default_factory=dict)

    @property
    def house(self) -> House:
        return self.served.house

    @property
    def room(self) -> str:
        return self.house.room.id

    @property
    def court(self) -> Court:
        return Court(self.served, self.house.room, _numbers)

    @property
    def basic(self) -> str:
        """The Authorization of the project's server."""
        return basic(self.house.project.id, self.secret)

    def call(self, name: str, *, body: object = NO_BODY, query: dict[str, str] | None = None, **ids: str) -> Call:
        """A call of that operation, by whoever it is for; `room` is the scene's unless another is named."""
        operation = DOCUMENT.operations[name]
        own = {"room": self.room, "project": self.house.project.id} | ids
        used = {one: own[one] for one in operation.ids}
        return Call(operation, used, body, query or {}, self._authorization(operation))

    def _authorization(self, operation: Operation) -> str | None:
        if "AdminSecret" in operation.schemes:
            return f"Bearer {ADMIN_SECRET}"
        return self.basic if operation.schemes else None

    async def send(self, call: Call) -> httpx.Response:
        headers = dict(call.headers)
        if call.authorization is not None:
            headers["Authorization"] = call.authorization
        if call.payload:
            headers.setdefault("Content-Type", "application/json")
        query = call.query or None
        return await self.served.rest.request(
            call.operation.method, call.path, params=query, content=call.payload, headers=headers, auth=None
        )

    async def answer(self, call: Call) -> Answer:
        """What it is answered, which is as documented in form."""
        return DOCUMENT.answer(call.operation, await self.send(call))

    async def done(self, call: Call) -> Any:
        """The body of what must go well."""
        response = await self.send(call)
        assert response.is_success, f"{call.operation.name}: {response.text}"
        return response.json() if response.content else None

    async def enter(self, place: str, rank: int, *permissions: Permission) -> Somebody:
        return await self.court.enter(place, rank, *permissions)

    async def of_role(self, role: str, *permissions: Permission, **token: Any) -> Somebody:
        """Somebody in any role, by a token that says more."""
        identity = fresh(role)
        made = await self.house.token(identity, role, permissions=permissions, **token)
        _, participant = await presence.join(self.house.ctx, made)
        await self.house.clock.advance(1)
        return Somebody(participant, made)

    async def _once(self, what: str, place: str, rank: int, *permissions: Permission) -> Somebody:
        if what not in self._people:
            self._people[what] = await self.enter(place, rank, *permissions)
        return self._people[what]

    async def host(self) -> Somebody:
        """Of rank 5 on stage, with every permission."""
        return await self._once("host", "stage", 5, *ALL)

    async def nobody(self) -> Somebody:
        """On stage, with no permission."""
        return await self._once("nobody", "stage", 5)

    async def seated(self) -> Somebody:
        """In the seats, with every permission."""
        return await self._once("seated", "seat", 5, *ALL)

    async def target(self, place: str = "seat") -> Somebody:
        """Whom things are done to; the host is there as well."""
        await self.host()
        return await self._once(f"target {place}", place, self.rank)

    async def now(self, somebody: Somebody) -> Participant:
        return await self.house.now(somebody.participant)

    async def another_room(self) -> "Scene":
        """The same project, in a room of its own."""
        new = NewRoom(name=fresh("room"), title=fresh("Title"), template="court")
        room = await create_room(self.house.ctx, self.house.server, new)
        return Scene(replace(self.served, house=replace(self.house, room=room)), self.secret, self.rank)

    async def key(self, **bounds: Any) -> tuple[ProjectKey, str]:
        """Another key of the project, and its secret."""
        return await keys.create_key(self.house.ctx, self.house.server, NewKey(fresh("key"), **bounds))

    def limit(self) -> None:
        """Nobody may ask anything from now on."""
        none = RateLimitItemPerMinute(0)
        self.house.ctx.rate_limits = RateLimits(self.house.clock, Rates(none, none, none))


def reset(ctx: Context) -> None:
    """What holds for all projects as the tests want it."""
    ctx.rate_limits, ctx.max_broadcasts, ctx.admin_secret = unlimited(), MOST_BROADCASTS, ADMIN_SECRET


async def _resolve(host: str, port: int) -> list[str]:
    return {"hooks.example.com": ["127.0.0.1"]}.get(host, [])


@asynccontextmanager
async def opened_doors(folder: Path, schema: Store, buses: Buses) -> AsyncIterator[ServedHouse]:
    """One house for all operations, which posts webhooks to this machine alone; each scene has its own project."""
    async with open_house(folder, schema, buses=buses) as house, served(house) as doors:
        ctx = house.ctx
        reset(ctx)
        ctx.outbound = Outbound(Guard(read_policy("127.0.0.1", "80,443", is_http_allowed=False), resolve=_resolve))
        ctx.courier = HttpCourier(ctx.outbound, ctx.keyring, ctx.clock)
        yield doors
        await ctx.outbound.close()


async def open_scene(served: ServedHouse) -> Scene:
    """A new project with one room, in the house that is served."""
    ctx, clock = served.house.ctx, served.house.clock
    project, secret = await create_project(ctx, fresh("project"))
    server = ServerCaller(project.id)
    await create_template(ctx, server, _template())
    room = await create_room(ctx, server, NewRoom(name=fresh("room"), title=fresh("Title"), template="court"))
    house = House(ctx, clock, project, secret, room, served.house.store)
    return Scene(replace(served, house=house), secret)


Making = Callable[[Scene], Awaitable[Call]]
"""Makes what a call needs, and then the call."""
