"""The rungs of the ladder: one composed picture, scaled and encoded for all of them side by side."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import av
from av.video.reformatter import Interpolation, VideoReformatter

from onstage.composer.boxes import VideoConfig
from onstage.composer.codecs import Effort
from onstage.composer.encoder import VideoEncoder
from onstage.composer.machine import Means
from onstage.composer.packager import Sample
from onstage.composer.threads import name_this_thread
from onstage.model.media import LatencyProfile, Rung, VideoEncoderName


class RungEncoder:
    """Scales the canvas to one rung's size and encodes it."""

    def __init__(self, rung: Rung, encoder: VideoEncoder) -> None:
        self.rung = rung
        self._encoder = encoder
        self._scaler = VideoReformatter()

    @property
    def config(self) -> VideoConfig:
        """What a decoder must know."""
        return self._encoder.config

    def want(self, effort: Effort) -> None:
        """Take so much trouble from the next IDR on."""
        self._encoder.want(effort)

    def encode(self, canvas: av.VideoFrame, *, start_ticks: int, is_idr: bool) -> Sample:
        """Encode the picture on `canvas`, which is as large as the rung or larger."""
        size = (self.rung.width, self.rung.height)
        if size != (canvas.width, canvas.height):
            # Averages the pixels that fall together: the cheapest way in which small things don't flicker.
            canvas = self._scaler.reformat(canvas, *size, interpolation=Interpolation.AREA, threads=1)
        return self._encoder.encode(canvas, start_ticks=start_ticks, is_idr=is_idr)


class Rungs:
    """The encoders of all rungs. PyAV lets go of the GIL while it scales and encodes, so that threads help."""

    def __init__(
        self, rungs: Sequence[Rung], profile: LatencyProfile, means: Means, *, encoder: VideoEncoderName
    ) -> None:
        """Open `encoder` for each; `means` is what the machine has for them."""
        self.effort = means.effort
        opened = (
            VideoEncoder(rung, profile, name=encoder, effort=means.effort, threads=means.threads) for rung in rungs
        )
        self.encoders = [RungEncoder(rung, one) for rung, one in zip(rungs, opened, strict=True)]
        # The largest is encoded by whoever calls; the others, which together take less, by a second thread.
        self._second = ThreadPoolExecutor(1, "rungs", lambda: name_this_thread("rungs"))

    def want(self, effort: Effort) -> None:
        """Take so much trouble from the next IDR on."""
        self.effort = effort
        for one in self.encoders:
            one.want(effort)

    def encode(self, canvas: av.VideoFrame, *, start_ticks: int, is_idr: bool) -> list[Sample]:
        """One coded picture for each rung, in their order; `canvas` may be painted on again when this returns."""
        largest, *others = self.encoders
        waiting = [self._second.submit(one.encode, canvas, start_ticks=start_ticks, is_idr=is_idr) for one in others]
        first = largest.encode(canvas, start_ticks=start_ticks, is_idr=is_idr)
        return [first, *(one.result() for one in waiting)]

    def close(self) -> None:
        """End the second thread."""
        self._second.shutdown()
