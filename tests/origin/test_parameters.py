"""Pictures of another encoder than a file's head describes bring their own parameter sets."""

import struct
from fractions import Fraction

import av

from onstage.origin.assets.parameters import with_parameters


def test_a_keyframe_begins_with_the_parameter_sets_of_its_encoder() -> None:
    sequence, pictures, picture = b"\x67sequence", (b"\x68one", b"\x68other"), b"\x00\x00\x00\x02\x65x"
    config = b"\x01\x4d\x40\x1f\xff" + b"\xe1" + _counted(sequence) + b"\x02" + b"".join(map(_counted, pictures))
    packet = av.Packet(picture)
    packet.time_base = Fraction(1, 90_000)
    packet.pts, packet.dts, packet.duration, packet.is_keyframe = 900, 600, 300, True
    made = with_parameters(packet, config)
    expected = b"".join(struct.pack(">I", len(one)) + one for one in (sequence, *pictures)) + picture
    assert bytes(made) == expected
    assert (made.pts, made.dts, made.duration, made.is_keyframe) == (900, 600, 300, True)


def _counted(unit: bytes) -> bytes:
    return struct.pack(">H", len(unit)) + unit
