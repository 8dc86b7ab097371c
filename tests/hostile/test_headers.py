"""Headers that mean no good: ignored or refused, and nothing is done."""

from collections.abc import AsyncIterator
from dataclasses import replace

import jwt
import pytest
import pytest_asyncio

from tests.api.answers.scene import Scene, open_scene, opened_doors
from tests.hostile.raw import Wire, ask
from tests.support.buses import Buses
from tests.support.credentials import basic
from tests.support.gateway import ServedHouse
from tests.support.stores import Store
from tests.support.tally import tally

pytestmark = pytest.mark.asyncio(loop_scope="module")

_ONE_LINE = [
    "X-Forwarded-For: " + ", ".join(["1.2.3.4"] * 500),
    "X-Forwarded-For: ';DROP TABLE rooms;--",
    "X-Forwarded-Host: evil.example",
    'Forwarded: for="_gazonk"; host=evil.example',
    "X-HTTP-Method-Override: DELETE",
    "X-Method-Override: DELETE",
    "X-Original-URL: /v1/keys",
    "X-Rewrite-URL: /v1/keys",
    "Origin: null",
    "Origin: http://[",
    "Origin: javascript:alert(1)",
    "Origin: " + "x" * 10_000,
    "Referer: " + "\xff" * 100,
    "Cookie: " + "a=b; " * 1_000,
    "Range: bytes=0-0,1-1,2-2",
    "If-None-Match: *",
    "If-Match: nothing",
    "Accept: nothing/at-all",
    "Accept-Encoding: " + "gzip, " * 1_000,
    "Accept-Language: " + "\xe9" * 200,
    "Content-Type: " + "x" * 10_000,
    "Upgrade: h2c",
    "Expect: nothing",
    "TE: trailers, deflate;q=0.5",
    "Via: 1.1 " + "a, " * 1_000,
    "Host: evil.example",
    "User-Agent: () { :; }; echo",
]
_NO_CREDENTIALS = [
    "Basic",
    "Basic ",
    "Basic \xff\xfe",
    "Basic " + "A" * 20_000,
    basic("\0", "\0"),
    basic("prj_1\0", "x"),
    basic("x" * 5_000, "y" * 5_000),
    basic("", ""),
    "Basic 7aCAOng=",  # half of a surrogate pair
    basic("' OR 1=1 --", "x"),
    "Bearer",
    "Bearer " + "a" * 20_000,
    "Bearer ..",
    "Bearer a.b.c.d.e",
    "Bearer \xff.\xff.\xff",
    "Bearer eyJhbGciOiJub25lIn0.e30.",
    "Negotiate YII=",
    'Digest username="a"',
    "AWS4-HMAC-SHA256 Credential=a",
    "basic:x",
    "\t",
]


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def doors(tmp_path_factory: pytest.TempPathFactory, schema: Store, buses: Buses) -> AsyncIterator[ServedHouse]:
    async with opened_doors(tmp_path_factory.mktemp("house"), schema, buses) as opened:
        yield opened


async def status(scene: Scene, *lines: str, method: str = "GET", path: str = "") -> int:
    """That of a request with these header lines."""
    return (await ask(scene.served.url, method, path or f"/v1/rooms/{scene.room}", *lines)).status


@pytest.mark.parametrize("line", _ONE_LINE, ids=lambda line: line[:30])
async def test_a_header_that_means_nothing_here_changes_nothing(doors: ServedHouse, line: str) -> None:
    scene = await open_scene(doors)
    assert await status(scene, line, f"Authorization: {scene.basic}") in {200, 400}
    assert await status(scene, line) in {400, 401}
    assert await status(scene, f"Authorization: {scene.basic}") == 200
    tally("hostile headers", 2)


@pytest.mark.parametrize("authorization", _NO_CREDENTIALS, ids=lambda text: repr(text)[:30])
async def test_what_proves_nothing_is_401(doors: ServedHouse, authorization: str) -> None:
    scene = await open_scene(doors)
    assert await status(scene, f"Authorization: {authorization}") == 401
    tally("hostile headers")


@pytest.mark.parametrize("claim", ["iss", "room", "sub", "role", "jti"])
@pytest.mark.parametrize("text", ["\0", "a\0b", "\ud800", "x" * 5_000, "", "' OR 1=1 --"])
async def test_a_claim_that_no_database_holds_proves_nothing(doors: ServedHouse, claim: str, text: str) -> None:
    scene = await open_scene(doors)
    _, secret = await scene.key()
    now = int(scene.house.clock.now().timestamp())
    said = {
        "iss": scene.house.project.id,
        "iat": now,
        "exp": now + 60,
        "sub": "a",
        "role": "seat-9",
        "room": scene.room,
    }
    token = jwt.encode(said | {claim: text}, secret, algorithm="HS256")
    call = replace(scene.call("get_room"), authorization=f"Bearer {token}")
    assert (await scene.send(call)).status_code in {401, 404, 409}
    assert (await scene.send(scene.call("join", body={"token": token}))).status_code in {401, 404, 422}
    tally("hostile headers", 2)


async def test_two_credentials_are_no_better_than_one(doors: ServedHouse) -> None:
    scene = await open_scene(doors)
    wrong = basic("prj_none", "x")
    for first, second in ((scene.basic, wrong), (wrong, scene.basic)):
        assert await status(scene, f"Authorization: {first}", f"Authorization: {second}") in {200, 400, 401}
    tally("hostile headers", 2)


@pytest.mark.parametrize("key", ["\xff\xfe", "a b", "'; DROP TABLE rooms; --", "x" * 200, "\t", "../..", "%00"])
async def test_any_idempotency_key_is_a_key_or_malformed(doors: ServedHouse, key: str) -> None:
    scene = await open_scene(doors)
    lines = (f"Idempotency-Key: {key}", f"Authorization: {scene.basic}", "Content-Length: 0")
    statuses = {await status(scene, *lines, method="POST", path=f"/v1/rooms/{scene.room}/broadcasts") for _ in range(2)}
    assert statuses in ({201}, {422})
    tally("hostile headers")


async def test_a_flood_of_headers_is_refused_or_ignored(doors: ServedHouse) -> None:
    scene = await open_scene(doors)
    for lines in ([f"X-{number}: x" for number in range(90)], ["X-Same: x"] * 90):
        assert await status(scene, *lines, f"Authorization: {scene.basic}") == 200
    for lines in ([f"X-{number}: {'x' * 100}" for number in range(2_000)], ["X: " + "x" * 2_000_000]):
        async with Wire(scene.served.url) as wire:
            try:
                await wire.send("\r\n".join(("GET /v1/rooms HTTP/1.1", "Host: here", *lines, "", "")))
                assert (await wire.answer()).status in {400, 431}
            except (ConnectionError, EOFError):
                pass  # cut before it had said all, which will do
        tally("hostile headers")
    assert (await scene.send(scene.call("get_room"))).status_code == 200
