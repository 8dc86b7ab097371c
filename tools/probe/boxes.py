"""As much of ISO/IEC 14496-12 as the checks need: tracks of an init segment, times and sync flags of a fragment."""

import struct
from collections.abc import Iterator
from dataclasses import dataclass

_NON_SYNC = 0x00010000


@dataclass(frozen=True, slots=True)
class Track:
    """A track of an init segment. `handler` is its four letters, such as `vide` and `soun`."""

    id: int
    timescale: int
    handler: str


@dataclass(frozen=True, slots=True)
class Run:
    """What a fragment has of one track."""

    track: int
    decode_time: int
    duration: int
    starts_with_sync: bool


def boxes(data: bytes, start: int = 0, end: int | None = None) -> Iterator[tuple[bytes, int, int]]:
    """(type, start of payload, end) of the boxes in a range; stops at what is no box."""
    at, end = start, len(data) if end is None else end
    while at + 8 <= end:
        size, kind = struct.unpack_from(">I4s", data, at)
        head = 8
        if size == 1 and at + 16 <= end:
            (size,) = struct.unpack_from(">Q", data, at + 8)
            head = 16
        if size < head or at + size > end:
            return
        yield kind, at + head, at + size
        at += size


def find(data: bytes, path: bytes, start: int = 0, end: int | None = None) -> Iterator[tuple[int, int]]:
    """Payload ranges of all boxes at a path such as b"moov/trak/mdia"."""
    kind, _, rest = path.partition(b"/")
    for found, payload, stop in boxes(data, start, end):
        if found == kind:
            yield from find(data, rest, payload, stop) if rest else [(payload, stop)]


def tracks(init: bytes) -> dict[int, Track]:
    """Tracks of an init segment by id."""
    found = {}
    for start, end in find(init, b"moov/trak"):
        (head, _), (media, _), (handler, _) = (
            next(find(init, path, start, end)) for path in (b"tkhd", b"mdia/mdhd", b"mdia/hdlr")
        )
        (number,) = struct.unpack_from(">I", init, head + (20 if init[head] else 12))
        (timescale,) = struct.unpack_from(">I", init, media + (20 if init[media] else 12))
        found[number] = Track(number, timescale, init[handler + 8 : handler + 12].decode("latin-1"))
    return found


def avc_codec(init: bytes) -> str | None:
    """`avc1.PPCCLL` of the init segment's AVC configuration."""
    at = init.find(b"avcC")
    return None if at < 0 else "avc1." + init[at + 5 : at + 8].hex().upper()


def runs(fragment: bytes) -> list[Run]:
    """The track runs of all `moof`s in a part or segment, in order."""
    return [_run(fragment, start, end) for start, end in find(fragment, b"moof/traf")]


def _run(data: bytes, start: int, end: int) -> Run:
    track, default_duration, default_flags = _defaults(data, *next(find(data, b"tfhd", start, end)))
    time_at, _ = next(find(data, b"tfdt", start, end))
    (decode_time,) = struct.unpack_from(">Q" if data[time_at] else ">I", data, time_at + 4)
    duration, first_flags = 0, None
    for run_at, _ in find(data, b"trun", start, end):
        run_duration, flags = _samples(data, run_at, default_duration, default_flags)
        duration += run_duration
        first_flags = flags if first_flags is None else first_flags
    return Run(track, decode_time, duration, not (first_flags or 0) & _NON_SYNC)


def _defaults(data: bytes, at: int, _end: int) -> tuple[int, int, int]:
    flags, track = struct.unpack_from(">II", data, at)
    at += 8 + 8 * bool(flags & 0x1) + 4 * bool(flags & 0x2)
    values = []
    for bit in (0x8, 0x10, 0x20):
        values.append(struct.unpack_from(">I", data, at)[0] if flags & bit else 0)
        at += 4 * bool(flags & bit)
    return track, values[0], values[2]


def _samples(data: bytes, at: int, default_duration: int, default_flags: int) -> tuple[int, int]:
    """(duration of all samples, flags of the first)."""
    flags, count = struct.unpack_from(">II", data, at)
    at += 8 + 4 * bool(flags & 0x1)
    first_flags = default_flags
    if flags & 0x4:
        (first_flags,) = struct.unpack_from(">I", data, at)
        at += 4
    if not flags & 0x500:
        return count * default_duration, first_flags
    width = 4 * sum(bool(flags & bit) for bit in (0x100, 0x200, 0x400, 0x800))
    total = 0
    for index in range(count):
        sample_at = at + index * width
        total += struct.unpack_from(">I", data, sample_at)[0] if flags & 0x100 else default_duration
        if index == 0 and flags & 0x400:
            (first_flags,) = struct.unpack_from(
                ">I", data, sample_at + 4 * sum(bool(flags & bit) for bit in (0x100, 0x200))
            )
    return total, first_flags
