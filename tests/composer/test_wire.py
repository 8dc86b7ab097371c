"""The codec between composer and supervisor."""

import contextlib
import json
import struct
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onstage.composer import wire
from onstage.model.broadcast_reasons import BroadcastReason
from onstage.model.layout import Layout
from onstage.model.media import Init, Part, Rendition, RenditionKind, Rung, SegmentEnd
from onstage.model.outputs import OutputTrouble
from onstage.model.presentation import Presentation
from onstage.model.targets import TargetState, TargetUrl

START = wire.Start(
    broadcast_id="bc_1",
    engine_url="ws://127.0.0.1:7880",
    engine_token="secret-token",
    rungs=(Rung("720p", 1280, 720, 2_500_000), Rung("360p", 640, 360, 800_000)),
    audio_bps=128_000,
    is_audio_apart=True,
    profile="default",
    presentation=Presentation("Ünïcode ☕", Layout(pins=("anna",))),
    next_ticks=48_000,
)
PART = Part(
    rendition="720p",
    start_ticks=96_000,
    duration_ticks=48_000,
    is_independent=True,
    program_date_time=datetime(2026, 11, 21, 12, 0, 0, 250_000, UTC),
    composed_at_s=12.5,
    data=bytes(range(256)) * 8,
)
MESSAGES: list[wire.Message] = [
    START,
    wire.Present(Presentation("A show", Layout())),
    wire.AddTarget("out_1", TargetUrl("rtmps", "live.example.com", 443, "app", "k?a=b", "?c=d"), ("93.184.216.34",)),
    wire.RemoveTarget("out_1"),
    wire.Image("img_1", b"\x89PNG"),
    wire.Stop(),
    Init(Rendition("720p", 1280, 720, 30, "avc1.4D401F,mp4a.40.2", 3_000_000, 2_600_000), b"ftyp"),
    Init(Rendition("audio", 0, 0, 0, "mp4a.40.2", 130_000, 128_000, RenditionKind.AUDIO), b"ftyp"),
    PART,
    SegmentEnd("720p"),
    wire.Stats(60, 1, 2, 5.0, 9.0, 2_400_000, (wire.TileStats("ann", 29.9),)),
    TargetState("out_1", is_live=False, trouble=OutputTrouble.REFUSED, detail="NetStream.Publish.BadName"),
    wire.Failed(BroadcastReason.ENGINE_UNREACHABLE, "no engine"),
    wire.Ended(),
]


def framed(header: bytes, body: bytes = b"") -> bytes:
    return struct.pack(">II", len(header), len(body)) + header + body


@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: type(message).__name__)
def test_every_message_comes_back_as_it_was_sent(message: wire.Message) -> None:
    assert list(wire.Decoder().feed(wire.encode(message))) == [message]


@settings(deadline=None)  # the machine may be busy
@given(st.lists(st.integers(1, 4000), max_size=12))
def test_messages_come_in_whatever_pieces_the_bytes_come(cuts: list[int]) -> None:
    stream = b"".join(map(wire.encode, MESSAGES))
    edges = sorted({0, len(stream), *(cut % len(stream) for cut in cuts)})
    decoder = wire.Decoder()
    seen = [m for a, b in pairwise(edges) for m in decoder.feed(stream[a:b])]
    assert seen == MESSAGES


@pytest.mark.parametrize(
    "data",
    [
        framed(b""),
        framed(b"not json"),
        framed(b"[]"),
        framed(b"{}"),
        framed(b'{"type": "unheard of"}'),
        framed(b'{"type": 7}'),
        framed(b'{"type": ["part"]}'),
        framed(b'{"type": "layout"}'),
        framed(b'{"type": "layout", "layout": 7}'),
        framed(b'{"type": "layout", "layout": {}, "more": 1}'),
        framed(b'{"type": "stop"}', b"body"),
        framed(b'{"type": "init", "data": "x"}', b"body"),
        framed(b'{"type": "part", "rendition": "720p"}', b"body"),
        framed(b'{"type": "failed", "reason": "\xff"}'),
        framed(b"[" * 40_000),
    ],
)
def test_what_is_no_message_is_refused(data: bytes) -> None:
    with pytest.raises(wire.WireError):
        list(wire.Decoder().feed(data))


@pytest.mark.parametrize(
    ("header_size", "body_size"),
    [(wire.HEADER_LIMIT_BYTES + 1, 0), (2, wire.BODY_LIMIT_BYTES + 1), (2**32 - 1, 2**32 - 1)],
)
def test_giant_lengths_are_refused_before_anything_is_kept(header_size: int, body_size: int) -> None:
    with pytest.raises(wire.WireError):
        list(wire.Decoder().feed(struct.pack(">II", header_size, body_size)))


def test_a_message_too_large_is_not_sent() -> None:
    with pytest.raises(wire.WireError):
        wire.encode(wire.Failed(BroadcastReason.COMPOSER_DIED, "x" * (wire.HEADER_LIMIT_BYTES + 1)))


@settings(deadline=None)  # the machine may be busy
@given(st.binary(max_size=400))
def test_noise_never_makes_anything_but_a_wire_error(noise: bytes) -> None:
    header = json.dumps({"type": "layout"}).encode() + noise
    for data in (noise, framed(noise or b"x"), framed(header)):
        with contextlib.suppress(wire.WireError):
            list(wire.Decoder().feed(data))


def test_the_engine_token_is_not_in_the_text_of_a_start() -> None:
    assert "secret-token" not in repr(START)
