"""x264 and AAC through PyAV: a frame in, its coded bytes out.

Parameter sets are the same at every start, so a restarted composer's media fits the init segment that players already
have (invariant 8).
"""

from fractions import Fraction

import av
import numpy as np
import numpy.typing as npt
from av.video.frame import PictureType

from onstage.composer.boxes import AUDIO_TIMESCALE, AudioConfig, VideoConfig
from onstage.composer.codecs import VBV_S, Effort, open_audio, open_video
from onstage.composer.packager import Sample
from onstage.model.media import AAC_FRAME_SAMPLES, TICKS_PER_SECOND, LatencyProfile, Rung, VideoEncoderName

CHANNELS = 2

LOOK_AHEAD_FRAMES = 2
"""AAC frames that the encoder wants to see before it gives one."""

_PARAMETER_SETS = {7, 8}
_DELIMITERS_AND_SEI = {6, 9}


class VideoEncoder:
    """One rung's H.264: a picture in, its access unit out at once."""

    def __init__(
        self,
        rung: Rung,
        profile: LatencyProfile,
        *,
        name: VideoEncoderName = VideoEncoderName.X264,
        effort: Effort = Effort.VERYFAST,
        threads: int = 1,
    ) -> None:
        """As `open_video`."""
        self._rung = rung
        self._profile = profile
        self._name = name
        self._threads = threads
        self._effort = effort
        self._wanted_effort = effort
        self._ticks = TICKS_PER_SECOND // profile.frame_rate
        self._codec = open_video(rung, profile, name=name, effort=effort, threads=threads)
        sets = {unit[0] & 0x1F: unit for unit in nal_units(bytes(self._codec.extradata or b""))}
        self.config = VideoConfig(rung.width, rung.height, sps=sets[7], pps=sets[8])

    def want(self, effort: Effort) -> None:
        """Take so much trouble from the next IDR on. Other encoders than x264 have only one way."""
        self._wanted_effort = effort

    def encode(self, picture: av.VideoFrame, *, start_ticks: int, is_idr: bool) -> Sample:
        """Encode `picture`, which may be painted on again when this returns."""
        if is_idr and self._wanted_effort is not self._effort:
            self._change_effort()
        picture.pts = start_ticks
        picture.time_base = Fraction(1, TICKS_PER_SECOND)
        picture.pict_type = PictureType.I if is_idr else PictureType.NONE
        (packet,) = self._codec.encode(picture)
        return Sample(_length_prefixed(bytes(packet)), start_ticks, self._ticks, is_sync=packet.is_keyframe)

    def _change_effort(self) -> None:
        """The old encoder holds nothing back, so there is nothing to flush."""
        self._effort = self._wanted_effort
        if self._name is VideoEncoderName.X264:
            self._codec = open_video(self._rung, self._profile, effort=self._effort, threads=self._threads)


def peak_bps(bitrate_bps: int, segment_s: float) -> int:
    """The most one segment can take at `bitrate_bps`: the VBV lets it spend a full buffer on top."""
    return round(bitrate_bps * (1 + VBV_S / segment_s))


def iframe_peak_bps(bitrate_bps: int, segment_s: float) -> int:
    """The most that fetching one picture of each segment can take: no picture is larger than the VBV."""
    return round(bitrate_bps * VBV_S / segment_s)


def nal_units(annex_b: bytes) -> list[bytes]:
    """The NAL units of a byte stream with start codes (H.264 Annex B), without the start codes."""
    return [unit.rstrip(b"\0") for unit in annex_b.split(b"\0\0\1")[1:]]  # a unit never ends with 0 (§7.4.1)


def _length_prefixed(annex_b: bytes) -> bytes:
    """The access unit as 14496-15 stores it, without what the init segment has and no decoder needs."""
    units = [u for u in nal_units(annex_b) if u[0] & 0x1F not in _PARAMETER_SETS | _DELIMITERS_AND_SEI]
    return b"".join(len(unit).to_bytes(4, "big") + unit for unit in units)


class AudioEncoder:
    """AAC-LC, 48 kHz, stereo: samples in, whole frames out.

    The encoder's first frame holds only its own run-up (priming) and is left out; every later one is stamped with the
    samples it decodes to, not with those that were put in when it came out.

    Sound begins with as much silence as the encoder looks ahead (43 ms). So whatever has been put in up to a moment has
    come out up to that moment, and every part's sound ends where its pictures end: players trip over less.
    """

    def __init__(self, *, bitrate_bps: int, start_sample: int) -> None:
        self._codec = open_audio(bitrate_bps)
        self._start_sample = start_sample
        self._rest: npt.NDArray[np.float32] = np.zeros((CHANNELS, LOOK_AHEAD_FRAMES * AAC_FRAME_SAMPLES), np.float32)
        self._fed = 0
        config = bytes(self._codec.extradata or b"")
        self.config = AudioConfig(CHANNELS, bitrate_bps, specific_config=config)

    def encode(self, sound: npt.NDArray[np.float32]) -> list[Sample]:
        """Encode `sound` (channels x samples, -1 to 1); what does not fill a frame waits for the next call."""
        waiting = np.concatenate((self._rest, sound), axis=1)
        samples: list[Sample] = []
        whole = waiting.shape[1] // AAC_FRAME_SAMPLES * AAC_FRAME_SAMPLES
        for at in range(0, whole, AAC_FRAME_SAMPLES):
            samples += self._encode_frame(waiting[:, at : at + AAC_FRAME_SAMPLES])
        self._rest = waiting[:, whole:]
        return samples

    def _encode_frame(self, sound: npt.NDArray[np.float32]) -> list[Sample]:
        frame = av.AudioFrame.from_ndarray(np.ascontiguousarray(sound), format="fltp", layout="stereo")
        frame.sample_rate = AUDIO_TIMESCALE
        frame.time_base = Fraction(1, AUDIO_TIMESCALE)
        frame.pts = self._fed
        self._fed += AAC_FRAME_SAMPLES
        return [
            Sample(bytes(packet), self._start_sample + packet.pts, AAC_FRAME_SAMPLES)
            for packet in self._codec.encode(frame)
            if packet.pts is not None and packet.pts >= 0  # below 0: priming
        ]
