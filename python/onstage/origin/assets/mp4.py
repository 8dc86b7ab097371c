"""One rendition and its sound as one MP4: the same coded pictures and sounds, none of them encoded anew.

Its index stands in front of the media (`faststart`), so that players begin before they have all of it.
"""

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

import av

from onstage.model.media import TICKS_PER_SECOND
from onstage.origin.assets.parameters import with_parameters
from onstage.origin.assets.source import Shift, Source, Tape, positions, shifts
from onstage.origin.recordings.film import Reel

if TYPE_CHECKING:
    from av.audio.stream import AudioStream
    from av.container import InputContainer, OutputContainer
    from av.video.stream import VideoStream

    _Stream = VideoStream | AudioStream

_Packet: TypeAlias = "av.Packet[Any]"

_OPTIONS = {"movflags": "+faststart"}


@dataclass(frozen=True, slots=True)
class _Sample:
    """A packet on the film's timeline: `at` in seconds, `dts` in its track's units. `kind`: video or audio."""

    at: Fraction
    kind: str
    dts: int
    packet: _Packet
    config: bytes  # what its decoder is set up with


def write_mp4(path: Path, source: Source, reel: Reel, *, title: str) -> None:
    """Write the reel, with the sound that goes with it.

    Raises:
        av.FFmpegError: the media can't be read.
        BaseError: storage is away.
        OSError: the disk takes no more.
    """
    starts = positions(reel)
    tracks = [_samples(source, reel, shift) for shift in shifts(reel, starts)]
    sound = source.sound
    sounds = [] if sound is None else [_samples(source, sound, shift) for shift in shifts(sound, starts)]
    with av.open(str(path), "w", format="mp4", options=_OPTIONS) as file:
        file.metadata["title"] = title
        writer = _Writer(file)
        for one in (reel, sound):
            if one is not None:
                writer.add_tracks(source, one)
        for sample in heapq.merge(_chained(tracks), _chained(sounds), key=lambda one: one.at):
            writer.write(sample)


def _chained(tracks: list[Iterator[_Sample]]) -> Iterator[_Sample]:
    for samples in tracks:
        yield from samples


def _samples(source: Source, reel: Reel, shift: Shift) -> Iterator[_Sample]:
    """What is coded in a run, in the order it lies there."""
    with av.open(Tape(source, reel.rendition.name, shift.run), "r", format="mp4") as container:
        streams = _streams(container)
        configs = {one.index: one.codec_context.extradata or b"" for one in streams}
        for packet in container.demux(streams):
            if packet.dts is None or packet.pts is None or packet.time_base is None:  # the end, told by an empty one
                continue
            moved = round(Fraction(shift.ticks, TICKS_PER_SECOND) / packet.time_base)
            dts = packet.dts + moved
            packet.dts, packet.pts = dts, packet.pts + moved
            yield _Sample(dts * packet.time_base, packet.stream.type, dts, packet, configs[packet.stream.index])


class _Writer:
    """Puts samples into the tracks of a file."""

    def __init__(self, file: "OutputContainer") -> None:
        self._file = file
        self._tracks: dict[str, _Stream] = {}
        self._configs: dict[str, bytes] = {}
        self._ends: dict[str, int] = {}

    def add_tracks(self, source: Source, reel: Reel) -> None:
        """Make tracks for what is in a reel, all before the first sample."""
        with av.open(Tape(source, reel.rendition.name, reel.segments[:1]), "r", format="mp4") as container:
            for stream in _streams(container):
                track = self._file.add_stream_from_template(stream)
                track.time_base = stream.time_base
                self._tracks[stream.type] = track
                self._configs[stream.type] = stream.codec_context.extradata or b""

    def write(self, sample: _Sample) -> None:
        """Add a sample. Where a new composer's sound overlaps the end of the old one's, that is left out."""
        if sample.dts <= self._ends.get(sample.kind, sample.dts - 1):
            return
        self._ends[sample.kind] = sample.dts
        packet = sample.packet
        if sample.kind == "video" and sample.config != self._configs["video"] and packet.is_keyframe:
            packet = with_parameters(packet, sample.config)
        packet.stream = self._tracks[sample.kind]
        self._file.mux(packet)


def _streams(container: "InputContainer") -> "list[_Stream]":
    return [*container.streams.video, *container.streams.audio]
