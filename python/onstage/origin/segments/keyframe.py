"""Where the first picture of a fragment is, for lists of keyframes (RFC 8216bis §4.4.3.6)."""

import struct
from collections.abc import Iterator

_HEAD = struct.Struct(">I4s")
_DATA_OFFSET = 0x01
_FIRST_SAMPLE_FLAGS = 0x04
_SAMPLE_SIZES = 0x200


def keyframe_bytes(data: bytes) -> int:
    """Bytes from the beginning of `data` (perhaps `emsg`, `moof`, then `mdat`) to the end of its first sample.

    That is what a player must fetch to show one picture. 0 for what does not begin with a fragment as our composer
    writes it.
    """
    found = _first_sample(data)
    return found if 0 < found <= len(data) else 0


def _first_sample(data: bytes) -> int:
    try:
        moof_at, moof = next((at, payload) for at, kind, payload in _boxes(memoryview(data)) if kind == b"moof")
        traf = next(payload for _, kind, payload in _boxes(moof) if kind == b"traf")
        trun = next(payload for _, kind, payload in _boxes(traf) if kind == b"trun")
        flags, offset = struct.unpack_from(">I4xi", trun)
        if not flags & _DATA_OFFSET or not flags & _SAMPLE_SIZES:
            return 0
        (size,) = struct.unpack_from(">I", trun, 16 if flags & _FIRST_SAMPLE_FLAGS else 12)
    except (StopIteration, struct.error):
        return 0
    return moof_at + int(offset) + int(size)


def _boxes(data: memoryview) -> Iterator[tuple[int, bytes, memoryview]]:
    """The boxes on one level and where each begins, up to the first that is none (ISO/IEC 14496-12 §4.2)."""
    at = 0
    while at + _HEAD.size <= len(data):
        size, kind = _HEAD.unpack_from(data, at)
        if not _HEAD.size <= size <= len(data) - at:
            return
        yield at, kind, data[at + _HEAD.size : at + size]
        at += size
