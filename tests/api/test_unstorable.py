"""Text that no PostgreSQL column can hold is refused before it gets there, wherever it comes in."""

import json
from typing import Any

import pytest

from tests.support.gateway import ServedHouse

# NUL, and half of a surrogate pair as bytes that are no UTF-8.
LISTS = ("participants", "messages", "broadcasts")
UNSTORABLE = ("%00", "a%00b", "%ED%A0%80")


async def operations(doors: ServedHouse) -> list[tuple[str, str]]:
    """Every operation whose path has a parameter."""
    paths: dict[str, Any] = (await doors.rest.get("/openapi.json")).json()["paths"]
    return [(method.upper(), path) for path, methods in paths.items() for method in methods if "{" in path]


@pytest.mark.parametrize("text", UNSTORABLE)
async def test_no_path_parameter_breaks_the_store(doors: ServedHouse, text: str) -> None:
    await doors.token("anna", "host")
    for method, path in await operations(doors):
        first = path.index("{")
        for url in {_filled(path, text), _filled(path[:first] + path[first:].replace("{room}", "show"), text)}:
            answer = await doors.rest.request(method, url, json={})
            assert answer.status_code < 500, (method, url, answer.text)


def _filled(path: str, text: str) -> str:
    while "{" in path:
        begin, end = path.index("{"), path.index("}")
        path = path[:begin] + text + path[end + 1 :]
    return path


@pytest.mark.parametrize("text", UNSTORABLE)
@pytest.mark.parametrize(
    "path", ["/v1/rooms", "/v1/rooms/show/participants", "/v1/rooms/show/messages", "/v1/sessions"]
)
async def test_no_cursor_breaks_the_store(doors: ServedHouse, path: str, text: str) -> None:
    for name in ("after", "before", "cursor", "role", "level", "name", "identity"):
        answer = await doors.rest.get(f"{path}?{name}={text}")
        assert answer.status_code < 500, (path, name, answer.text)


@pytest.mark.parametrize("char", ["\\u0000", "\\ud800"])
async def test_no_body_breaks_the_store(doors: ServedHouse, char: str) -> None:
    headers = {"content-type": "application/json"}
    anna = await doors.token("anna", "host")
    bodies = {
        "/v1/rooms": '{"name": "room", "title": "a%sb"}',
        "/v1/rooms/show/tokens": '{"identity": "vic", "role": "viewer", "name": "a%sb"}',
        "/v1/rooms/show/messages": '{"text": "a%sb"}',
        "/v1/join": json.dumps({"token": anna, "name": "a%sb"}),
    }
    for path, body in bodies.items():
        answer = await doors.rest.post(path, content=body % char, headers=headers)
        assert answer.status_code in (200, 201, 400, 422), (path, answer.text)
    nested = '{"metadata": {"k": "a%sb"}}'
    metadata = await doors.rest.patch("/v1/rooms/show", content=nested % char, headers=headers)
    assert metadata.status_code in (400, 422), metadata.text
