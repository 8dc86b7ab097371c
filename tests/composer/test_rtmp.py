"""RTMP without a network: what a server may send, in whatever pieces, and what we make of it."""

import struct
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onstage.composer.outputs import amf, flv
from onstage.composer.outputs.chunks import LARGEST_MESSAGE_BYTES, ChunkReader, Kind, Message, ProtocolError, chunked
from onstage.composer.outputs.rtmp import Publisher, RefusedError, Stage
from onstage.composer.packager import Sample
from onstage.model.targets import TargetUrl
from tests.composer.media import Studio

TARGET = TargetUrl("rtmp", "live.example.com", 1935, "app", "the-key?token=t")
GREETING = b"\x03" + bytes(2 * 1536)

values = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(min_size=1, max_size=5), inner, max_size=3),
    max_leaves=6,
)


@settings(deadline=None)  # the machine may be busy
@given(st.lists(values, max_size=4))
def test_values_come_back_as_they_were(given_values: list[amf.Value]) -> None:
    assert amf.decode(amf.encode(*given_values)) == given_values


@settings(deadline=None)  # the machine may be busy
@given(st.binary(max_size=200))
def test_what_is_no_amf_is_an_error_and_nothing_worse(data: bytes) -> None:
    with suppress(amf.AmfError):
        amf.decode(data)


@settings(deadline=None)  # the machine may be busy
@given(st.binary(max_size=10_000), st.integers(0, 2**33), st.integers(1, 500), st.integers(128, 5000))
def test_a_message_comes_back_from_its_chunks_in_whatever_pieces(
    body: bytes, at_ms: int, piece: int, chunk_bytes: int
) -> None:
    size = chunked(Message(Kind.SET_CHUNK_SIZE, struct.pack(">I", chunk_bytes)), chunk_stream=2)
    data = size + chunked(Message(Kind.VIDEO, body, at_ms, 1), chunk_stream=6, chunk_bytes=chunk_bytes)
    reader = ChunkReader()
    pieces = [data[at : at + piece] for at in range(0, len(data), piece)]
    found = [message for one in pieces for message in reader.feed(one)]
    assert found[1:] == [Message(Kind.VIDEO, body, stream=1)]


def test_headers_may_leave_out_what_is_as_before() -> None:
    """The three shorter forms of §5.3.1.2, which servers use and we do not."""
    first = chunked(Message(Kind.COMMAND, b"abc", stream=1), chunk_stream=3)
    second = b"\x43" + bytes(3) + b"\0\0\x04" + bytes([Kind.COMMAND]) + b"defg"
    third = b"\x83" + bytes(3) + b"hijk"
    fourth = b"\xc3" + b"lmno"
    found = list(ChunkReader().feed(first + second + third + fourth))
    assert [(one.body, one.stream) for one in found] == [(b"abc", 1), (b"defg", 1), (b"hijk", 1), (b"lmno", 1)]


@settings(deadline=None)  # the machine may be busy
@given(st.binary(max_size=400))
def test_what_is_no_rtmp_is_an_error_and_nothing_worse(data: bytes) -> None:
    publisher = Publisher(TARGET)
    with suppress(ProtocolError, RefusedError):
        list(publisher.receive(GREETING + data))


def test_a_message_too_large_is_refused_before_it_is_kept() -> None:
    head = b"\x03" + bytes(3) + (LARGEST_MESSAGE_BYTES + 1).to_bytes(3, "big") + bytes([Kind.COMMAND]) + bytes(4)
    with pytest.raises(ProtocolError):
        list(ChunkReader().feed(head))


def command(*said: amf.Value) -> bytes:
    return chunked(Message(Kind.COMMAND, amf.encode(*said)), chunk_stream=3, chunk_bytes=128)


def asked(answer: bytes) -> list[amf.Value]:
    """The commands that we sent."""
    return [amf.decode(one.body) for one in ChunkReader().feed(answer) if one.kind == Kind.COMMAND]


def creating() -> Publisher:
    publisher = Publisher(TARGET)
    list(publisher.receive(GREETING))
    list(publisher.receive(command("_result", 1.0, {}, {})))
    return publisher


def test_a_stream_is_asked_for_step_by_step() -> None:
    publisher = Publisher(TARGET)
    assert len(publisher.begin()) == 1537
    (greeted,) = publisher.receive(GREETING)
    [connect] = asked(greeted[1536:])
    assert connect[0] == "connect"
    assert isinstance(connect[2], dict)
    assert (connect[2]["app"], connect[2]["tcUrl"]) == ("app", "rtmp://live.example.com/app")
    (created,) = publisher.receive(command("_result", 1.0, {}, {}))
    assert [one[0] for one in asked(created)] == ["releaseStream", "FCPublish", "createStream"]
    assert list(publisher.receive(command("_error", 2.0, None, {"code": "NetStream.Unknown"}))) == [b""]
    (published,) = publisher.receive(command("_result", 4.0, None, 7.0))
    assert asked(published) == [["publish", 5.0, None, TARGET.key, "live"]]
    list(publisher.receive(command("onStatus", 0.0, None, {"level": "status", "code": "NetStream.Publish.Start"})))
    assert publisher.stage is Stage.LIVE
    assert [one[0] for one in asked(publisher.finish())] == ["FCUnpublish", "deleteStream"]


def test_what_a_server_says_is_quoted_without_the_key() -> None:
    said = {
        "level": "error",
        "code": "NetStream.Publish.BadName",
        "description": "the-key is\x07 in use, the-key?token=t",
    }
    with pytest.raises(RefusedError, match=r"^NetStream\.Publish\.BadName: … is in use, …$"):
        list(creating().receive(command("onStatus", 0.0, None, said)))


def test_a_ping_is_answered() -> None:
    ping = chunked(Message(Kind.USER_CONTROL, struct.pack(">HI", 6, 4711)), chunk_stream=2)
    (pong,) = creating().receive(ping)
    [message] = ChunkReader().feed(pong)
    assert message.body == struct.pack(">HI", 7, 4711)


def test_the_servers_window_is_acknowledged() -> None:
    publisher = creating()
    window = chunked(Message(Kind.WINDOW_SIZE, struct.pack(">I", 100)), chunk_stream=2)
    answers = b"".join(publisher.receive(window + command("onBWDone", 0.0, None, "x" * 60)))
    assert [one.kind for one in ChunkReader().feed(answers)] == [Kind.ACKNOWLEDGEMENT]


def test_the_decoder_is_told_what_the_init_segment_tells() -> None:
    studio = Studio()
    record = flv.video_config(studio.video.config)[5:]
    assert record in studio.packager.init
    assert flv.audio_config(studio.audio.config)[2:] in studio.packager.init


def test_a_picture_keeps_its_bytes() -> None:
    assert flv.picture(Sample(b"\0\0\0\x01e", 0, 3000, is_sync=True)) == b"\x17\x01\0\0\0" + b"\0\0\0\x01e"
    assert flv.picture(Sample(b"x", 0, 3000, is_sync=False))[0] == 0x27
