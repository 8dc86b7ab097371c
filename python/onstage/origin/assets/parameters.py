"""H.264 parameter sets within the stream, where a file's head has those of another encoder (ISO/IEC 14496-15 §5.3)."""

import struct
from collections.abc import Iterator
from typing import Any

import av

_SPS_COUNT = 5
_COUNT_BITS = 0x1F


def with_parameters(packet: "av.Packet[Any]", config: bytes) -> "av.Packet[Any]":
    """The same picture behind the parameter sets of its `AVCDecoderConfigurationRecord`; lengths are of four bytes."""
    sets = b"".join(struct.pack(">I", len(one)) + one for one in _parameter_sets(config))
    made: av.Packet[Any] = av.Packet(sets + bytes(packet))
    made.time_base, made.pts, made.dts, made.duration = packet.time_base, packet.pts, packet.dts, packet.duration
    made.is_keyframe = packet.is_keyframe
    return made


def _parameter_sets(config: bytes) -> Iterator[bytes]:
    at = _SPS_COUNT
    for mask in (_COUNT_BITS, 0xFF):  # sequences', then pictures'
        count, at = config[at] & mask, at + 1
        for _ in range(count):
            (size,) = struct.unpack_from(">H", config, at)
            yield config[at + 2 : at + 2 + size]
            at += 2 + size
