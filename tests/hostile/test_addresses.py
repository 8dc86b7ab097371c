"""Paths, queries and cursors that nobody means well with: refused with a code, never a crash and never another's."""

import pytest

from tests.hostile.raw import Wire
from tests.support.credentials import basic
from tests.support.gateway import ServedHouse
from tests.support.problems import code
from tests.support.tally import tally

_ILLEGIBLE = ("%00", "a%00b", "%ff", "%c0%80", "%ed%a0%80", "%f5%80%80%80", "%80")
_TRICKS = (
    "..",
    "%2e%2e",
    "..%2f..%2fetc%2fpasswd",
    "%2e%2e/%2e%2e/%2e%2e/etc/passwd",
    "....//....//etc/passwd",
    "..%5c..%5cwindows",
    "%252e%252e%252f",
    "%2f",
    "%2fshow",
    "show%2f",
    "show%2e",
    "show%20",
    "%20show",
    "show%0d%0aSet-Cookie:%20a=b",
    "show;a=b",
    "show%3fx=1",
    "show%23x",
    "SHOW",
    "%EF%BD%93how",
    "show%E2%80%8B",
    "%F0%9F%8E%AD",
    "{room}",
    "*",
    "%25",
    "%",
    "%zz",
    "null",
    "undefined",
    "-1",
    "'; DROP TABLE rooms; --",
    "1' OR '1'='1",
    "x" * 8_000,
)


@pytest.mark.parametrize("part", _ILLEGIBLE)
async def test_an_address_that_nobody_can_read_is_not_found(doors: ServedHouse, part: str) -> None:
    for path in (f"/v1/rooms/{part}", f"/v1/rooms/show/participants/{part}", f"/v1/webhooks/{part}", f"/{part}"):
        assert code(await doors.rest.get(path)) == "route_not_found"
        tally("hostile addresses")


@pytest.mark.parametrize("value", _ILLEGIBLE)
async def test_a_query_that_nobody_can_read_is_malformed(doors: ServedHouse, value: str) -> None:
    for query in (f"cursor={value}", f"name_prefix={value}", f"limit=5&x={value}", f"{value}=1"):
        assert code(await doors.rest.get(f"/v1/rooms?{query}")) == "malformed"
        tally("hostile addresses")


@pytest.mark.parametrize("part", _TRICKS)
async def test_tricks_with_a_path_find_nothing(doors: ServedHouse, part: str) -> None:
    authorization = basic(doors.house.project.id, doors.house.secret)
    for path in (f"/v1/rooms/{part}", f"/v1/rooms/show/state/{part}", f"/v1/rooms/show/participants/{part}/x"):
        async with Wire(doors.url) as wire:
            await wire.send(f"GET {path} HTTP/1.1\r\nHost: here\r\nAuthorization: {authorization}\r\n\r\n".encode())
            answer = await wire.answer()
        assert answer.status in (400, 404, 405, 409, 422), (path, answer)
        assert "set-cookie" not in answer.headers
        tally("hostile addresses")


@pytest.mark.parametrize("part", ["%0a", "show%0a", "%0d%0a", "%0ashow", "a%0a/participants/b", "%e2%80%a8"])
async def test_a_line_break_in_a_path_is_answered_as_all_else(doors: ServedHouse, part: str) -> None:
    assert code(await doors.rest.get(f"/v1/rooms/{part}")) in ("room_not_found", "route_not_found", "session_ended")
    tally("hostile addresses")
