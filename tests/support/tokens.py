"""Tokens of both kinds, and the doors they are tried at."""

from typing import Any

import httpx
from httpx import USE_CLIENT_DEFAULT

from tests.support.clock import EPOCH
from tests.support.gateway import ServedHouse
from tests.support.problems import code

ROOM = "/v1/rooms/show"
NOW = int(EPOCH.timestamp())
HOUR = 3_600


async def call(doors: ServedHouse, token: str, path: str = f"{ROOM}/hands") -> httpx.Response:
    headers = {"Authorization": f"Bearer {token}".encode()}
    return await doors.rest.get(path, auth=None, headers=headers)


async def join(doors: ServedHouse, token: str) -> httpx.Response:
    return await doors.rest.post("/v1/join", json={"token": token}, auth=None)


async def refused_everywhere(doors: ServedHouse, token: str, expected: str) -> None:
    """By REST, by join, and by the gateway."""
    assert code(await join(doors, token)) == expected
    assert code(await call(doors, token)) == expected
    async with doors.client(token) as client:
        assert await client.bye() == expected


def management(doors: ServedHouse, **changed: Any) -> dict[str, Any]:
    """What a management token says."""
    said = {"iss": doors.house.project.id, "iat": NOW, "exp": NOW + HOUR, "type": "management"}
    return said | changed


def offline(doors: ServedHouse, **changed: Any) -> dict[str, Any]:
    """What a participant token says that the app's server signs by itself."""
    said = {"iss": doors.house.project.id, "iat": NOW, "exp": NOW + HOUR, "room": "show", "sub": "anna", "role": "host"}
    return said | changed


async def key_of(doors: ServedHouse, **bounds: Any) -> tuple[str, str]:
    """The id and secret of another key."""
    made = (await doors.rest.post("/v1/keys", json={"name": "signs", **bounds})).json()
    return made["key"]["id"], made["secret"]


async def minted(
    doors: ServedHouse, identity: str = "gus", role: str = "guest", *, auth: Any = USE_CLIENT_DEFAULT, **more: Any
) -> dict[str, Any]:
    answer = await doors.rest.post(f"{ROOM}/tokens", json={"identity": identity, "role": role, **more}, auth=auth)
    assert answer.status_code == 201, answer.text
    body: dict[str, Any] = answer.json()
    return body
