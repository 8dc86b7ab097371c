"""The event message box with an ID3 tag, by which timed metadata travels within a part.

ISO/IEC 23009-1 §5.10.3.3 (`emsg`, version 1); https://aomedia.org/emsg/ID3 (the scheme that players look for);
ID3v2.4 §3.1, §4.2.6 (TXXX).
"""

import struct

from onstage.model.media import TICKS_PER_SECOND

SCHEME = b"https://aomedia.org/emsg/ID3\0"
_NO_VALUE = b"\0"
_VERSION_1 = 1 << 24
_UTF_8 = b"\3"


def emsg(*, number: int, at_ticks: int, duration_ticks: int, key: str, text: str) -> bytes:
    """The box: `text` under `key`, at `at_ticks` of the media's own timeline (90 kHz)."""
    tag = id3(key, text)
    times = struct.pack(">IIQII", _VERSION_1, TICKS_PER_SECOND, at_ticks, duration_ticks, number)
    size = 8 + len(times) + len(SCHEME) + len(_NO_VALUE) + len(tag)
    return b"".join((struct.pack(">I4s", size, b"emsg"), times, SCHEME, _NO_VALUE, tag))


def id3(key: str, text: str) -> bytes:
    """An ID3v2.4 tag with one TXXX frame."""
    frame = _UTF_8 + key.encode() + b"\0" + text.encode()
    whole = b"TXXX" + _synchsafe(len(frame)) + b"\0\0" + frame
    return b"ID3\4\0\0" + _synchsafe(len(whole)) + whole


def _synchsafe(size: int) -> bytes:
    """28 bits in four bytes whose highest bit is 0 (ID3v2.4 §6.2)."""
    return bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0))
