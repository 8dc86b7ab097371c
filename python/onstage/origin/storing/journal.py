"""The journal of an open segment: one record per part, appended as they arrive, read back up to the first tear.

A record is `u32 header length, u32 body length, u32 CRC-32 of both` (big endian), a header in JSON, and the part.
"""

import json
import struct
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from onstage.origin.segments.segment import Segment, WindowPart

_LENGTHS = struct.Struct(">III")


@dataclass(frozen=True, slots=True)
class JournalRecord:
    """A part, with what its segment needs should this be the segment's first."""

    start_ticks: int
    duration_ticks: int
    is_independent: bool
    program_date_time: datetime
    init_number: int
    is_discontinuity: bool
    data: bytes = field(repr=False)

    def encode(self) -> bytes:
        """The record's bytes in the journal."""
        header = json.dumps(
            {
                "start_ticks": self.start_ticks,
                "duration_ticks": self.duration_ticks,
                "is_independent": self.is_independent,
                "program_date_time": self.program_date_time.isoformat(),
                "init_number": self.init_number,
                "is_discontinuity": self.is_discontinuity,
            }
        ).encode()
        return (
            _LENGTHS.pack(len(header), len(self.data), zlib.crc32(self.data, zlib.crc32(header))) + header + self.data
        )


def read_journal(data: bytes) -> Iterator[JournalRecord]:
    """The whole records of a journal; what follows a tear is not there."""
    at = 0
    while len(data) - at >= _LENGTHS.size:
        header_length, body_length, checksum = _LENGTHS.unpack_from(data, at)
        body_at = at + _LENGTHS.size + header_length
        end = body_at + body_length
        header = data[at + _LENGTHS.size : body_at]
        if end > len(data) or zlib.crc32(data[body_at:end], zlib.crc32(header)) != checksum:
            return
        facts = json.loads(header)
        facts["program_date_time"] = datetime.fromisoformat(facts["program_date_time"])
        yield JournalRecord(**facts, data=data[body_at:end])
        at = end


def segment_of(msn: int, records: Sequence[JournalRecord]) -> Segment:
    """The segment that `records` make: the open segment of a server that died, closed with its whole parts."""
    first = records[0]
    parts = tuple(WindowPart(record.duration_ticks, record.is_independent, record.data) for record in records)
    return Segment(
        msn=msn,
        start_ticks=first.start_ticks,
        duration_ticks=sum(part.duration_ticks for part in parts),
        program_date_time=first.program_date_time,
        init_number=first.init_number,
        is_discontinuity=first.is_discontinuity,
        parts=parts,
    ).complete()
