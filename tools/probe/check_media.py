"""What the bytes must be: times, keyframes, slices, and whether they decode."""

import io
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import av

from tools.probe.boxes import Run, Track, avc_codec, runs, tracks
from tools.probe.ledger import Ledger
from tools.probe.playlist import PartLine, SegmentLines, Variant

_ENCODED_AGAIN = 1e-3
"""Durations in lists are rounded; a millisecond is forgiven on top of a frame."""


@dataclass(slots=True)
class MediaChecker:
    """Follows one rendition's bytes in order."""

    ledger: Ledger
    variant: Variant
    tracks: dict[int, Track] = field(default_factory=dict)
    _init: bytes = b""
    _next: dict[int, int] = field(default_factory=dict)
    _offset_s: float | None = None
    _has_decoded: bool = False

    def take_init(self, data: bytes) -> None:
        """A new init segment applies: times may start anew."""
        self._init, self._next, self._offset_s = data, {}, None
        self.tracks = tracks(data)
        codec, told = avc_codec(data), self.variant.attributes.get("CODECS", "")
        if codec is not None:
            self.ledger.check("media.codecs", codec.lower() in told.lower(), f"{codec} is not in {told!r}")
        kinds = {track.handler for track in self.tracks.values()}
        has_sound = ("mp4a" in told or "opus" in told.lower()) and "AUDIO" not in self.variant.attributes
        is_told = not told or ("soun" in kinds) == has_sound
        self.ledger.check("media.codecs", is_told, f"{kinds} but {told!r}")

    def take_part(self, where: str, part: PartLine, data: bytes, date: datetime | None) -> None:
        """A part, in order. `date` is the segment's where the part is its first."""
        found = runs(data)
        for run in found:
            expected = self._next.get(run.track, run.decode_time)
            self.ledger.check("media.tfdt", run.decode_time == expected, f"{where}: {run}, expected {expected}")
            self._next[run.track] = run.decode_time + run.duration
        lead = self._lead(found)
        if lead is None:
            return
        self.ledger.check("media.independent", lead.starts_with_sync == part.is_independent, f"{where}: {lead}")
        self._check_duration(where, self._seconds(lead, lead.duration), part.duration_s)
        if date is not None:
            self._check_date(where, date, self._seconds(lead, lead.decode_time))

    def take_segment(self, segment: SegmentLines, data: bytes, parts: list[bytes] | None) -> None:
        """A complete segment, with the bodies of its parts where all were seen."""
        where = f"segment {segment.msn}"
        if parts is not None:
            self.ledger.check("media.same-bytes", b"".join(parts) == data, f"{where} is not its parts")
        found = [run for run in runs(data) if self._is_lead(run)]
        duration_s = segment.duration_s or 0.0
        if found:
            self.ledger.check("media.idr", found[0].starts_with_sync, where)
            self._check_duration(where, self._seconds(found[0], sum(run.duration for run in found)), duration_s)
        if segment.parts:
            total_s = sum(part.duration_s for part in segment.parts)
            is_held = abs(total_s - duration_s) <= self.variant.frame_s + _ENCODED_AGAIN
            self.ledger.check("media.extinf-sum", is_held, f"{where}: parts {total_s}, EXTINF {duration_s}")
        bandwidth = int(self.variant.attributes.get("BANDWIDTH", 0))
        if bandwidth and duration_s > 0.5:
            bps = len(data) * 8 / duration_s
            self.ledger.check("media.bandwidth", bps <= 1.25 * bandwidth, f"{where}: {bps:.0f} b/s of {bandwidth}")
        if not self._has_decoded:
            self._has_decoded = True
            problem = decoding_problem(self._init + data)
            self.ledger.check("media.decodes", problem is None, f"{where}: {problem}")

    def _check_duration(self, where: str, true_s: float, told_s: float) -> None:
        is_held = abs(true_s - told_s) <= self.variant.frame_s + _ENCODED_AGAIN
        self.ledger.check("media.true-duration", is_held, f"{where}: {true_s:.4f} s, told {told_s}")

    def _check_date(self, where: str, date: datetime, media_s: float) -> None:
        offset_s = (date - timedelta(seconds=media_s)).timestamp()
        if self._offset_s is None:
            self._offset_s = offset_s
        drift_s = abs(offset_s - self._offset_s)
        self.ledger.check("media.date-drift", drift_s < self.variant.frame_s, f"{where}: {drift_s:.4f} s")

    def _lead(self, found: list[Run]) -> Run | None:
        return next((run for run in found if self._is_lead(run)), None)

    def _is_lead(self, run: Run) -> bool:
        """The track that rules the times: video, or the only one."""
        track = self.tracks.get(run.track)
        return track is not None and (track.handler == "vide" or len(self.tracks) == 1)

    def _seconds(self, run: Run, time: int) -> float:
        return time / self.tracks[run.track].timescale


def decoding_problem(data: bytes) -> str | None:
    """Why `data` (init segment and media) does not decode completely; None when it does."""
    try:
        with av.open(io.BytesIO(data), "r", options={"err_detect": "explode"}) as container:
            pictures = 0
            for packet in container.demux():
                pictures += len(packet.decode())
    except (av.FFmpegError, ValueError) as problem:
        return f"{type(problem).__name__}: {problem}"
    return None if pictures else "not one frame came out"
