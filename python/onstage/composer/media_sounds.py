"""The sound of a file, one piece after the other, at the rate at which the composer mixes."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np
from av.audio.resampler import AudioResampler

from onstage.composer.audio import CHANNELS, Sound
from onstage.composer.media_file import LONGEST_S, SAMPLE_RATES, MediaError, opened, sound_stream, start_s
from onstage.model.media import SAMPLE_RATE

MOST_BROKEN = 100
"""Packets in a row that can't be decoded, until it is given up."""
_MOST_SAMPLES = 192_000  # of a frame; a real one has a few thousand
_ROUNDING = SAMPLE_RATE // 50  # samples


@dataclass(frozen=True, slots=True)
class TimedSound:
    """A piece of sound, and at which of the file's samples (48 kHz) it begins."""

    start: int
    sound: Sound

    @property
    def end(self) -> int:
        """The sample behind the last."""
        return self.start + int(self.sound.shape[1])


class SoundReader:
    """Reads sound as 48 kHz stereo. A single channel goes to both, more than two are mixed down."""

    def __init__(self, path: Path) -> None:
        """Open the file.

        Raises:
            MediaError: it is not to be played.
        """
        with ExitStack() as open_now:
            self._container = open_now.enter_context(opened(path))
            self._stream = sound_stream(self._container)
            self._start_s = start_s(self._container)
            self._open = open_now.pop_all()
        self._resampler: AudioResampler | None = None
        self._shape: tuple[str, str, int] | None = None
        self._pieces: Iterator[TimedSound] = self._resampled()

    @property
    def has_sound(self) -> bool:
        """Whether there is any in the file."""
        return self._stream is not None

    def close(self) -> None:
        """Close the file."""
        self._open.close()

    def seek(self, at_s: float) -> None:
        """Go on with the piece that is heard at that second, or a little before."""
        self._container.seek(round((self._start_s + at_s) * av.time_base))
        self._resampler = None
        first = round(at_s * SAMPLE_RATE)
        self._pieces = (piece for piece in self._resampled() if piece.end > first)

    def next(self) -> TimedSound | None:
        """The next piece; None behind the last.

        Raises:
            MediaError: it can't be decoded.
        """
        return next(self._pieces, None)

    def _resampled(self) -> Iterator[TimedSound]:
        at = 0
        for frame in self._decoded():
            for piece in self._fit_resampler(frame).resample(frame):
                made = self._piece(piece, at)
                at = made.end
                yield made
        for piece in [] if self._resampler is None else self._resampler.resample(None):
            made = self._piece(piece, at)
            at = made.end
            yield made

    def _piece(self, frame: av.AudioFrame, expected: int) -> TimedSound:
        pcm = np.asarray(frame.to_ndarray(), np.float32)
        sound: Sound = pcm if pcm.shape[0] == CHANNELS else np.repeat(pcm[:1], CHANNELS, axis=0)
        at_s = None if frame.pts is None or frame.time is None else float(frame.time) - self._start_s
        if at_s is not None and at_s > LONGEST_S:
            raise MediaError("it has sound at a time that can't be")
        # Within a frame of video it is rounding (milliseconds in WebM), and following it would crackle.
        is_rounding = at_s is None or abs(at_s * SAMPLE_RATE - expected) < _ROUNDING
        return TimedSound(expected if is_rounding or at_s is None else round(at_s * SAMPLE_RATE), np.nan_to_num(sound))

    def _fit_resampler(self, frame: av.AudioFrame) -> AudioResampler:
        """The same one as long as what comes has the same form."""
        shape = (frame.format.name, frame.layout.name, frame.sample_rate)
        if frame.samples > _MOST_SAMPLES or frame.sample_rate not in SAMPLE_RATES:
            raise MediaError("its sound has a form that is not played here")
        if self._resampler is None or shape != self._shape:
            layout = "mono" if frame.layout.nb_channels == 1 else "stereo"  # FFmpeg makes mono as stereo 3 dB softer
            self._resampler = AudioResampler(format="fltp", layout=layout, rate=SAMPLE_RATE)
            self._shape = shape
        return self._resampler

    def _decoded(self) -> Iterator[av.AudioFrame]:
        broken = 0
        for packet in [] if self._stream is None else self._container.demux(self._stream):
            try:
                frames = packet.decode()
            except av.FFmpegError as cause:
                broken += 1
                if broken > MOST_BROKEN:
                    raise MediaError("its sound can't be decoded") from cause
                continue
            broken = 0 if frames else broken
            yield from frames
