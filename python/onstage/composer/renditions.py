"""The renditions of a composer, each with its packager.

What is said of them is constant, and the same at every start (invariant 8).
"""

from dataclasses import dataclass

from onstage.composer.boxes import AudioConfig, VideoConfig
from onstage.composer.encoder import iframe_peak_bps, peak_bps
from onstage.composer.packager import Packager
from onstage.model.media import AUDIO_RENDITION, Init, LatencyProfile, Rendition, RenditionKind, Rung


@dataclass(frozen=True, slots=True)
class Output:
    """A rendition in the making."""

    rendition: Rendition
    packager: Packager

    @property
    def init(self) -> Init:
        """Its init segment."""
        return Init(self.rendition, self.packager.init)


def picture_output(rung: Rung, video: VideoConfig, audio: AudioConfig | None, profile: LatencyProfile) -> Output:
    """A rung's rendition; `audio` is the sound in it."""
    segment_s = profile.segment_frames / profile.frame_rate
    audio_bps = 0 if audio is None else audio.bitrate_bps
    rendition = Rendition(
        name=rung.name,
        width=rung.width,
        height=rung.height,
        frame_rate=profile.frame_rate,
        codecs=video.codec if audio is None else f"{video.codec},{audio.codec}",
        peak_bps=peak_bps(rung.video_bps, segment_s) + audio_bps,
        average_bps=rung.video_bps + audio_bps,
        kind=RenditionKind.VIDEO if audio is None else RenditionKind.MUXED,
        channels=0 if audio is None else audio.channels,
        iframe_peak_bps=iframe_peak_bps(rung.video_bps, segment_s),
    )
    return Output(rendition, Packager(rung.name, video, audio))


def sound_output(audio: AudioConfig) -> Output:
    """The rendition of the sound alone."""
    rendition = Rendition(
        name=AUDIO_RENDITION,
        width=0,
        height=0,
        frame_rate=0,
        codecs=audio.codec,
        peak_bps=audio.bitrate_bps,
        average_bps=audio.bitrate_bps,
        kind=RenditionKind.AUDIO,
        channels=audio.channels,
    )
    return Output(rendition, Packager(AUDIO_RENDITION, None, audio))
