"""What cannot be asked of every engine: repair after lost webhooks, and a server that is not there."""

from pathlib import Path

import pytest

from onstage.clock import SystemClock
from onstage.errors import ErrorCode, OnstageError
from onstage.media.engine import (
    EngineDown,
    EngineEvent,
    EngineJoined,
    EngineLeft,
    TrackPublished,
    TrackUnpublished,
    client_url,
)
from onstage.media.livekit_cluster import LiveKitAccess, LiveKitEngine
from onstage.media.livekit_server import LiveKitServer
from tests.engine.clients import PythonClient
from tests.media.people import somebody
from tests.support.livekit import server_options
from tests.support.serving import free_port
from tests.support.waiting import EventLog

NOBODY_LISTENS = "http://127.0.0.1:9/engine/webhook"


async def test_the_story_is_whole_when_every_webhook_is_lost(tmp_path: Path) -> None:
    server = LiveKitServer(server_options(tmp_path, NOBODY_LISTENS), SystemClock())
    engine = LiveKitEngine.with_own_server(server, SystemClock())
    await engine.start()
    try:
        async with EventLog[EngineEvent](engine.events()) as events:
            await engine.watch("rm_1")
            ana = PythonClient("ana")
            await ana.join(engine.internal_url, engine.access_token(somebody("ana")))
            await ana.publish("microphone")
            await events.first(lambda one: isinstance(one, TrackPublished))
            await ana.leave()
            await events.first(lambda one: isinstance(one, EngineLeft))
            story = [type(one) for one in events.seen if getattr(one, "identities", None) is None]
            assert story == [EngineJoined, TrackPublished, TrackUnpublished, EngineLeft]
    finally:
        await engine.stop()


async def test_a_server_that_gets_no_webhook_finds_out_when_it_is_told_where_to_look(tmp_path: Path) -> None:
    """The engine tells one of several servers; that one passes on the room."""
    server = LiveKitServer(server_options(tmp_path, NOBODY_LISTENS), SystemClock())
    await server.start()
    key = server.api_key
    engine = LiveKitEngine(LiveKitAccess(server.url, key.key, key.secret), SystemClock())
    await engine.start()
    try:
        async with EventLog[EngineEvent](engine.events()) as events:
            ana = PythonClient("ana")
            await ana.join(engine.internal_url, engine.access_token(somebody("ana")))
            engine.look_at("rm_1")
            await events.first(lambda one: isinstance(one, EngineJoined))
            await ana.leave()
    finally:
        await engine.stop()
        await server.stop()


async def test_an_outside_engine_that_is_not_there_is_told_and_calls_fail_clearly() -> None:
    access = LiveKitAccess(f"ws://127.0.0.1:{free_port()}", "key", "a-secret-of-at-least-32-characters-here")
    engine = LiveKitEngine(access, SystemClock())
    await engine.start()
    try:
        async with EventLog[EngineEvent](engine.events()) as events:
            with pytest.raises(OnstageError) as caught:
                await engine.list_participants("rm_1")
            assert caught.value.code is ErrorCode.ENGINE_UNAVAILABLE
            await events.first(lambda one: isinstance(one, EngineDown))
    finally:
        await engine.stop()


async def test_an_engine_that_refuses_our_key_is_unavailable(tmp_path: Path) -> None:
    server = LiveKitServer(server_options(tmp_path, NOBODY_LISTENS), SystemClock())
    await server.start()
    engine = LiveKitEngine(LiveKitAccess(server.url, "key", "a-secret-of-at-least-32-characters-here"), SystemClock())
    await engine.start()
    try:
        with pytest.raises(OnstageError) as caught:
            await engine.end_room("rm_1")
        assert caught.value.code is ErrorCode.ENGINE_UNAVAILABLE
    finally:
        await engine.stop()
        await server.stop()


async def test_a_call_before_the_start_fails_clearly() -> None:
    engine = LiveKitEngine(LiveKitAccess("http://127.0.0.1:9", "key", "secret"), SystemClock())
    with pytest.raises(OnstageError) as caught:
        await engine.remove("rm_1", "ana")
    assert caught.value.code is ErrorCode.ENGINE_UNAVAILABLE


def test_secrets_are_not_printed() -> None:
    assert "hush" not in repr(LiveKitAccess("ws://host", "key", "hush"))


@pytest.mark.parametrize(
    ("public_url", "expected"),
    [
        ("http://127.0.0.1:8080", "ws://127.0.0.1:8080"),
        ("https://live.example.org/", "wss://live.example.org"),
        ("https://example.org/base", "wss://example.org/base"),
    ],
)
def test_clients_come_through_our_own_origin(public_url: str, expected: str) -> None:
    assert client_url(public_url) == expected
