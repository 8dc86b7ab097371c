"""What people try at the door of a signed room."""

import asyncio
import base64
import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

import httpx
import jwt
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from onstage.actions.access import ServerCaller
from onstage.actions.authentication import authenticate_bearer
from onstage.actions.broadcasts import NewBroadcast, start_broadcast
from onstage.actions.making import NewRoom
from onstage.actions.playback import NewPlaybackToken, create_playback_token
from onstage.actions.projects import create_project
from onstage.actions.rooms import create_room
from onstage.errors import OnstageError
from onstage.model.playback import PlaybackGrant
from onstage.model.playback_token import LONGEST_CHARS, MOST_KNOWN, PlaybackTokens, sign
from onstage.model.template import INTERACTIVE_LIVE_STREAM
from onstage.origin.doors.http import live_routes
from onstage.origin.doors.passing import Passing
from onstage.origin.origin import Origin
from tests.playback.venue import HOUR, Venue
from tests.support.clock import EPOCH, ManualClock
from tests.support.house import TOKEN_SECRET
from tests.support.serving import free_port, serving
from tests.support.waiting import until

KEY = b"k" * 32


@pytest.fixture
async def signed(venue: Venue) -> Venue:
    await venue.set(access="signed")
    return venue


def unsigned(claims: dict[str, Any], algorithm: str) -> str:
    parts = [json.dumps(part).encode() for part in ({"alg": algorithm, "typ": "JWT"}, claims)]
    return ".".join(base64.urlsafe_b64encode(part).decode().rstrip("=") for part in parts) + "."


def claims_of(venue: Venue, **more: Any) -> dict[str, Any]:
    now = int(venue.house.clock.now().timestamp())
    return {"room": venue.house.room.id, "jti": "x", "iat": now, "exp": now + HOUR} | more


async def test_a_token_without_a_true_signature_is_none(signed: Venue) -> None:
    good, said = await signed.token(), claims_of(signed)
    own = signed.house.ctx.keyring.playback_keys[0]
    head, _, signature = good.split(".")
    forged = {
        "alg none": unsigned(said, "none"),
        "alg None": unsigned(said, "None"),
        "alg HS256, unsigned": unsigned(said, "HS256"),
        "HS512": jwt.encode(said, own * 2, algorithm="HS512"),
        "by the server's secret itself": jwt.encode(said, TOKEN_SECRET, algorithm="HS256"),
        "another body": ".".join((head, jwt.encode(said, own).split(".")[1], signature)),
        "cut off": good[:-4],
        "only dots": "..",
        "text": "garbage",
        "half a surrogate": "%ED%A0%80",
        "a claim more": jwt.encode(said | {"admin": True}, own),
        "no end": jwt.encode({name: one for name, one in said.items() if name != "exp"}, own),
        "an end of another type": jwt.encode(said | {"exp": "never"}, own),
        "no end that is a moment": jwt.encode(said | {"exp": 10**30}, own),
        "a list": jwt.api_jws.encode(b"[1]", own),
        "huge": good + "A" * LONGEST_CHARS,
    }
    for what, token in forged.items():
        assert await signed.code(f"/live/~{token}/{signed.media_list}") == "playback_token_invalid", what
    assert await signed.code(f"/live/~{jwt.encode(said, own)}/{signed.media_list}") == "200"  # so is what was varied


async def test_tokens_of_other_kinds_open_nothing_and_a_playback_token_nothing_else(signed: Venue) -> None:
    house = signed.house
    participant = await house.token("vic", "host")
    assert await signed.code(f"/live/~{participant}/{signed.media_list}") == "playback_token_invalid"
    with pytest.raises(OnstageError, match="token_invalid"):
        await authenticate_bearer(house.ctx, await signed.token())


async def another_room(venue: Venue, server: ServerCaller) -> tuple[str, str]:
    """A signed room on air that the house's own server may know nothing of: its show's id, and a token for it."""
    ctx, settings = venue.house.ctx, {"playback": {"access": "signed"}}
    new = NewRoom(name="other", title="Other", template=INTERACTIVE_LIVE_STREAM.name, settings=settings)
    room = await create_room(ctx, server, new)
    show = await start_broadcast(ctx, server, room.id, NewBroadcast())
    _, token = await create_playback_token(ctx, server, room.id, NewPlaybackToken(timedelta(hours=1)))
    return show.id, token


@pytest.mark.parametrize("is_own", [True, False])
async def test_a_token_opens_one_room_only_be_it_of_the_same_project_or_not(signed: Venue, is_own: bool) -> None:
    server = signed.house.server
    if not is_own:
        server = ServerCaller((await create_project(signed.house.ctx, "another"))[0].id)
    show, token = await another_room(signed, server)
    own = await signed.token()
    assert await signed.code(f"/live/~{token}/{signed.media_list}") == "playback_token_wrong_room"
    assert await signed.code(f"/live/~{token}/{signed.room_list}") == "playback_token_wrong_room"
    assert await signed.code(f"/live/~{own}/{show}/index.m3u8") == "playback_token_wrong_room"
    assert await signed.code(f"/live/~{token}/{show}/index.m3u8") == "broadcast_not_found"  # no composer made it


@pytest.mark.parametrize(
    "path",
    [
        "/live/~/{show}/index.m3u8",
        "/live/~/{show}/720p/index.m3u8",
        "/live/~{token}/../{show}/720p/index.m3u8",
        "/live/~{token}/~{token}/{show}/index.m3u8",
        "/live/~{token}/%2e%2e/{show}/index.m3u8",
        "/live/{show}/~{token}/index.m3u8",
        "/live/{show}/720p/%2e%2e/index.m3u8",
        "/live/{show}/720p/..%2f720p%2findex.m3u8",
        "/live//{show}/720p/index.m3u8",
        "/live/{show};x/720p/index.m3u8",
        "/live/{show}%00/720p/index.m3u8",
        "/live/{show}/720p/index.m3u8/",
        "/live/%7E/{show}/720p/index.m3u8",
    ],
)
async def test_no_way_around_the_token_leads_to_the_show(signed: Venue, path: str) -> None:
    filled = path.format(token=await signed.token(), show=signed.window.broadcast_id)
    async with serving(signed.app, port=free_port()) as url:
        answer = await raw(url, filled)
    assert answer.split(" ")[1] in ("400", "403", "404"), answer
    assert "#EXTM3U" not in answer


async def raw(url: str, path: str) -> str:
    """What is answered to a path that no client has tidied up."""
    host = httpx.URL(url)
    reader, writer = await asyncio.open_connection(host.host, host.port or 80)
    writer.write(f"GET {path} HTTP/1.1\r\nHost: onstage.test\r\nConnection: close\r\n\r\n".encode())
    answer = await reader.read()
    writer.close()
    return answer.decode(errors="replace")


async def test_a_tilde_that_is_escaped_is_a_tilde(signed: Venue) -> None:
    assert await signed.code(f"/live/%7E{await signed.token()}/{signed.media_list}") == "200"


async def test_other_methods_tell_no_more_than_get(signed: Venue) -> None:
    client, good = signed.show.client, f"/live/~{await signed.token()}/{signed.media_list}"
    for path in ("/live/" + signed.media_list, f"/live/~garbage/{signed.media_list}"):
        head = await client.head(path)
        assert (head.status_code, head.content, "content-type" in head.headers) == (403, b"", True)
        assert (await client.options(path)).status_code == 204
        assert (await client.options(path)).content == b""
        for method in ("POST", "PUT", "DELETE", "PATCH"):
            assert (await client.request(method, path)).status_code == 405
    assert (await client.head(good)).status_code == 200


async def test_every_kind_of_thing_is_behind_the_gate(signed: Venue) -> None:
    show, token = signed.window.broadcast_id, await signed.token()
    paths = [f"{show}/index.m3u8", signed.room_list, signed.media_list, f"{show}/720p/seg3.m4s", f"{show}/allowed"]
    for path in paths:
        assert await signed.code(f"/live/{path}") == "playback_token_missing", path
        assert (await signed.get(f"/live/~{token}/{path}")).status_code in (200, 204), path
    beacon = await signed.show.client.post(f"/live/{show}/beacon?sid=abcdefgh")
    assert beacon.json()["code"] == "playback_token_missing"


async def test_only_pages_of_allowed_origins_may_read_and_caches_know_it(signed: Venue) -> None:
    await signed.set(access="signed", allowed_origins=["https://app.example", "http://localhost:3000"])
    path = f"/live/~{await signed.token()}/{signed.media_list}"
    for origin, allowed in (
        ("https://app.example", "https://app.example"),
        ("http://localhost:3000", "http://localhost:3000"),
        ("https://evil.example", None),
        ("https://app.example.evil.example", None),
        ("null", None),
        (None, None),
    ):
        for one in (path, "/live/" + signed.media_list):  # refusals as well
            answer = await signed.get(one, {} if origin is None else {"Origin": origin})
            assert answer.headers.get("access-control-allow-origin") == allowed
            assert "Origin" in answer.headers["vary"]
        preflight = await signed.show.client.options(path, headers={} if origin is None else {"Origin": origin})
        assert preflight.headers.get("access-control-allow-origin") == allowed
    await signed.set(access="signed", allowed_origins=None)
    answer = await signed.get(path, {"Origin": "https://evil.example"})
    assert (answer.headers["access-control-allow-origin"], answer.headers["vary"]) == ("*", "Accept-Encoding")


async def test_a_server_that_only_passes_shows_on_checks_tokens_too_and_sends_them_along(signed: Venue) -> None:
    show, token = signed.window.broadcast_id, await signed.token()
    async with serving(signed.app, port=free_port()) as there:

        async def find(_show: str) -> str | None:
            return there

        clock = ManualClock()
        passing = Passing(find)
        routes = live_routes(Origin(clock, None), passing, signed.gatekeeper)
        client = httpx.AsyncClient(
            transport=httpx.ASGITransport(Starlette(routes=[Mount("/live", routes=routes)])), base_url="http://here"
        )
        async with client:
            answer = await client.get(f"/live/~{token}/{signed.media_list}", headers={"Origin": "https://a.example"})
            assert answer.content == (await signed.get(f"/live/~{token}/{signed.media_list}")).content
            assert answer.headers.get_list("access-control-allow-origin") == ["*"]
            held = asyncio.create_task(client.get(f"/live/~{token}/{signed.media_list}?_HLS_msn=4&_HLS_part=0"))
            await until(lambda: signed.window.stats().held_requests > 0, what="the request to be held there")
            await signed.show.feed(1)
            assert (await held).status_code == 200
            for path in (signed.media_list, f"~garbage/{signed.media_list}", f"{show}/allowed"):
                assert (await client.get(f"/live/{path}")).status_code == 403
        await passing.close()


def test_what_was_proven_is_remembered_within_bounds() -> None:
    tokens, now = PlaybackTokens([KEY]), EPOCH
    grant = PlaybackGrant("rm_1", "x", now, now + timedelta(hours=1))
    for number in range(MOST_KNOWN + 10):
        tokens.read(sign(replace(grant, token_id=str(number)), KEY), now)
    assert len(tokens) == MOST_KNOWN


def test_the_key_before_the_last_change_of_the_secret_still_reads() -> None:
    grant = PlaybackGrant("rm_1", "x", EPOCH, EPOCH + timedelta(hours=1), "holder", "via", "key")
    assert PlaybackTokens([b"n" * 32, KEY]).read(sign(grant, KEY), EPOCH) == grant
