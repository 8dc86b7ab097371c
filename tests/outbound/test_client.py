"""Posting to strangers: to the checked address and no further, bounded whatever they do."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from onstage.cli.tls import certificate
from onstage.config import Settings
from onstage.outbound import Failure, Guard, Outbound, Resolve, Timeouts, read_policy
from tests.support.receiver import OK, Received, Receiver, answering, receiving, status
from tests.support.serving import free_port

QUICK = Timeouts(connect_s=0.5, total_s=0.5, body_s=0.2)
NAME = "hooks.example.com"


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving() as running:
        yield running


@asynccontextmanager
async def outbound(
    *, allow: str = "127.0.0.1", resolve: Resolve | None = None, tls: ssl.SSLContext | None = None
) -> AsyncIterator[Outbound]:
    policy = read_policy(allow, "80,443", is_http_allowed=True)
    guard = Guard(policy) if resolve is None else Guard(policy, resolve=resolve)
    client = Outbound(guard, timeouts=QUICK, tls=tls)
    try:
        yield client
    finally:
        await client.close()


async def failure(client: Outbound, url: str) -> str:
    with pytest.raises(Failure) as caught:
        await client.post(url, {}, b"{}")
    return str(caught.value)


async def test_what_is_posted_arrives(receiver: Receiver) -> None:
    async with outbound() as client:
        reply = await client.post(receiver.url + "?a=b", {"webhook-id": "ev_1"}, b'{"a":1}')
    assert (reply.status, reply.excerpt) == (200, "ok")
    [request] = receiver.received
    assert request.line == "POST /hook?a=b HTTP/1.1"
    assert request.headers["host"] == f"127.0.0.1:{receiver.port}"
    assert (request.id, request.body) == ("ev_1", b'{"a":1}')


async def test_one_connection_serves_many(receiver: Receiver) -> None:
    async with outbound() as client:
        for _ in range(5):
            await client.post(receiver.url, {}, b"{}")
    assert (len(receiver.received), receiver.connections) == (5, 1)


async def test_a_name_that_answers_differently_at_the_connection_is_refused(receiver: Receiver) -> None:
    """DNS rebinding: public when it is registered, private when it is used."""
    answers = iter([["93.184.216.34"], ["127.0.0.1"]])

    async def rebinding(host: str, port: int) -> list[str]:
        return next(answers)

    async with outbound(allow="", resolve=rebinding) as client:
        url = f"http://{NAME}:{receiver.port}/"
        assert await client.guard.check(url)
        assert "loopback" in await failure(client, url)
    assert receiver.connections == 0


async def test_the_address_connected_to_is_the_one_that_was_checked(receiver: Receiver) -> None:
    """One question to the resolver for one connection: there is no moment for another answer."""
    asked: list[tuple[str, int]] = []

    async def resolve(host: str, port: int) -> list[str]:
        asked.append((host, port))
        return ["127.0.0.1"]

    async with outbound(resolve=resolve) as client:
        reply = await client.post(f"http://{NAME}:{receiver.port}/", {}, b"{}")
    assert reply.status == 200
    assert asked == [(NAME, receiver.port)]
    assert receiver.received[0].headers["host"] == f"{NAME}:{receiver.port}"


async def test_the_next_address_is_tried_when_the_first_takes_no_connection(receiver: Receiver) -> None:
    async def resolve(host: str, port: int) -> list[str]:
        return ["127.0.0.2", "127.0.0.1"]

    async with outbound(allow="127.0.0.0/8", resolve=resolve) as client:
        assert (await client.post(f"http://{NAME}:{receiver.port}/", {}, b"{}")).status == 200


async def test_tls_is_checked_for_the_name_though_the_address_is_pinned(tmp_path: Path) -> None:
    files = certificate(Settings(tls_self_signed=True, data_dir=tmp_path, host=NAME))
    assert files is not None
    server_tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_tls.load_cert_chain(*files)
    asked: list[str | None] = []
    server_tls.sni_callback = lambda _socket, name, _context: asked.append(name)
    client_tls = ssl.create_default_context(cafile=str(files[0]))

    async def resolve(host: str, port: int) -> list[str]:
        return ["127.0.0.1"]

    async with receiving(tls=server_tls) as secure, outbound(resolve=resolve, tls=client_tls) as client:
        reply = await client.post(f"https://{NAME}:{secure.port}/", {}, b"{}")
        assert (reply.status, asked) == (200, [NAME])
        other = await failure(client, f"https://other.example.com:{secure.port}/")
        assert "certificate" in other.lower()
    assert len(secure.received) == 1


async def test_a_redirect_is_an_answer_and_is_not_followed(receiver: Receiver) -> None:
    async with receiving() as inner, outbound() as client:
        for code in (301, 302, 303, 307, 308):
            receiver.behaves = status(code, f"Location: {inner.url}")
            assert (await client.post(receiver.url, {}, b"{}")).status == code
        assert inner.connections == 0


async def test_proxies_of_the_environment_are_not_used(receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY", "https_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{free_port()}")
    async with outbound() as client:
        assert (await client.post(receiver.url, {}, b"{}")).status == 200


async def test_who_does_not_listen_is_a_failure() -> None:
    async with outbound() as client:
        assert "ConnectError" in await failure(client, f"http://127.0.0.1:{free_port()}/")


async def _hang(_request: Received, _writer: asyncio.StreamWriter) -> None:
    await asyncio.Event().wait()


async def _drip(_request: Received, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\n")
    while True:
        writer.write(b"X-A: b\r\n")
        await writer.drain()
        await asyncio.sleep(0.05)


async def _continue_for_ever(_request: Received, writer: asyncio.StreamWriter) -> None:
    while True:
        writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        await writer.drain()
        await asyncio.sleep(0.05)


@pytest.mark.parametrize("behaviour", [_hang, _drip, _continue_for_ever])
async def test_who_gives_no_status_in_time_is_a_failure(receiver: Receiver, behaviour: object) -> None:
    receiver.behaves = behaviour  # type: ignore[assignment]
    async with outbound() as client:
        assert await failure(client, receiver.url) == "no answer within 0.5 s"


async def _close(_request: Received, writer: asyncio.StreamWriter) -> None:
    writer.close()


async def _half_close(_request: Received, writer: asyncio.StreamWriter) -> None:
    writer.write_eof()
    await asyncio.Event().wait()


async def _reset(_request: Received, writer: asyncio.StreamWriter) -> None:
    writer.transport.abort()


@pytest.mark.parametrize(
    "behaviour",
    [
        _close,
        _half_close,
        _reset,
        answering(b"SSH-2.0-OpenSSH_9.2\r\n\r\n"),
        answering(b"HTTP/1.1 nonsense\r\n\r\n"),
        answering(b"HTTP/1.1 200 OK\r\n" + b"X-A: " + b"a" * 200_000),
    ],
)
async def test_who_answers_no_http_is_a_failure(receiver: Receiver, behaviour: object) -> None:
    receiver.behaves = behaviour  # type: ignore[assignment]
    async with outbound() as client:
        assert "Error" in await failure(client, receiver.url)


async def test_a_huge_body_is_cut_and_its_connection_with_it(receiver: Receiver) -> None:
    async def endless(_request: Received, writer: asyncio.StreamWriter) -> None:
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000000\r\n\r\n")
        while not writer.is_closing():
            writer.write(b"x" * 10_000)
            await writer.drain()

    receiver.behaves = endless
    async with outbound() as client:
        reply = await client.post(receiver.url, {}, b"{}")
        assert (reply.status, reply.excerpt) == (200, "x" * 1_000)
        receiver.behaves = answering(OK)
        await client.post(receiver.url, {}, b"{}")
    assert receiver.connections == 2


@pytest.mark.parametrize(
    "head",
    [b"Content-Length: 100\r\n\r\nhalf", b"Transfer-Encoding: chunked\r\n\r\n4\r\nhalf\r\nzz", b"\r\nhalf"],
)
async def test_a_body_that_never_ends_does_not_undo_the_status(receiver: Receiver, head: bytes) -> None:
    receiver.behaves = answering(b"HTTP/1.1 201 Created\r\n" + head)
    async with outbound() as client:
        reply = await client.post(receiver.url, {}, b"{}")
    assert reply.status == 201
    assert reply.excerpt in ("half", "")


async def test_a_compressed_body_is_not_unpacked(receiver: Receiver) -> None:
    packed = b"\x1f\x8b\x08\x00bomb"
    head = f"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: {len(packed)}\r\n\r\n"
    receiver.behaves = answering(head.encode() + packed)
    async with outbound() as client:
        assert (await client.post(receiver.url, {}, b"{}")).excerpt.endswith("bomb")


async def test_an_excerpt_has_no_control_characters(receiver: Receiver) -> None:
    receiver.behaves = answering(b"HTTP/1.1 500 No\r\nContent-Length: 8\r\n\r\na\x00b\x1b[31m")
    async with outbound() as client:
        assert (await client.post(receiver.url, {}, b"{}")).excerpt == "a b [31m"
