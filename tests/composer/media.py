"""Reading our own output back: boxes, pictures and sound of parts."""

import io
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import av
import numpy as np
import numpy.typing as npt

from onstage.composer.encoder import AudioEncoder, VideoEncoder
from onstage.composer.packager import Packager
from onstage.model.media import DEFAULT_PROFILE, Rung


def boxes(data: bytes) -> Iterator[tuple[str, bytes]]:
    """The boxes on one level, checked to fill `data` exactly."""
    at = 0
    while at < len(data):
        size, kind = struct.unpack_from(">I4s", data, at)
        assert 8 <= size <= len(data) - at, f"box {kind!r} of {size} bytes in {len(data) - at}"
        yield kind.decode(), data[at + 8 : at + size]
        at += size


def find(data: bytes, path: str) -> list[bytes]:
    """The payloads of every box at `path`, e.g. `moof/traf/tfdt`."""
    first, _, rest = path.partition("/")
    here = [payload for kind, payload in boxes(data) if kind == first]
    return [found for payload in here for found in find(payload, rest)] if rest else here


@dataclass(frozen=True)
class Run:
    """One track's samples of one part."""

    track: int
    start: int
    sizes: list[int]
    data_offset: int
    first_is_sync: bool


def runs(part: bytes) -> list[Run]:
    """What each `traf` of a part says."""
    found = []
    for traf in find(part, "moof/traf"):
        (track,) = struct.unpack_from(">4xI", find(traf, "tfhd")[0])
        (start,) = struct.unpack_from(">4xQ", find(traf, "tfdt")[0])
        trun = find(traf, "trun")[0]
        count, offset, flags = struct.unpack_from(">4xIiI", trun)
        sizes = list(struct.unpack_from(f">{count}I", trun, 16))
        found.append(Run(track, start, sizes, offset, flags == 0x02000000))
    return found


def decode_pictures(data: bytes) -> list[npt.NDArray[np.uint8]]:
    """The pictures of init + parts as RGB arrays."""
    with av.open(io.BytesIO(data)) as container:
        return [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]


def decode_sound(data: bytes) -> npt.NDArray[np.float32]:
    """The sound of init + parts, channels x samples."""
    with av.open(io.BytesIO(data)) as container:
        return np.concatenate([frame.to_ndarray() for frame in container.decode(audio=0)], axis=1)


class Studio:
    """Encoders and packager as the process wires them, with a picture of one grey."""

    def __init__(self, width: int = 320, height: int = 180, next_ticks: int = 0) -> None:
        self.video = VideoEncoder(Rung("720p", width, height, 400_000), DEFAULT_PROFILE)
        self.audio = AudioEncoder(bitrate_bps=128_000, start_sample=next_ticks * 8 // 15)
        self.packager = Packager("720p", self.video.config, self.audio.config)
        self.picture = av.VideoFrame(width, height, "yuv420p")

    def paint(self, grey: int) -> None:
        for plane, value in zip(self.picture.planes, (grey, 128, 128), strict=True):
            np.frombuffer(plane, np.uint8)[:] = value  # type: ignore[call-overload]  # a plane is a buffer


def loudest_hz(sound: npt.NDArray[np.float32], count: int = 1) -> list[int]:
    """The frequencies of the strongest peaks, to the nearest 10 Hz."""
    window = sound * np.hanning(len(sound))
    spectrum = np.abs(np.fft.rfft(window))
    found: list[int] = []
    for index in np.argsort(spectrum)[::-1]:
        hz = round(index * 48_000 / len(sound) / 10) * 10
        if all(abs(hz - other) > 40 for other in found):
            found.append(hz)
        if len(found) == count:
            break
    return sorted(found)


def tone(hz: float, samples: int, *, start: int = 0, level: float = 0.5) -> npt.NDArray[np.float32]:
    """A sine at 48 kHz."""
    at = np.arange(start, start + samples, dtype=np.float64)
    return (level * np.sin(2 * np.pi * hz * at / 48_000)).astype(np.float32)


def joined(parts: Sequence[bytes]) -> bytes:
    """Init and parts as one file."""
    return b"".join(parts)
