"""The multivariant playlist: a line for each rung, and the groups that go with them (RFC 8216bis §4.4.6)."""

from collections.abc import Iterator, Sequence

from onstage.model.captions import CaptionTrack
from onstage.model.media import Rendition, RenditionKind
from onstage.origin.playlists.captions_list import captions_lines
from onstage.origin.playlists.playlist import VERSION

FIRST_LINE_BPS = 4_000_000
"""Players begin with the first line, and go on to what they measure. Few viewers can't have this much at once."""
_WITHOUT_PICTURES = {RenditionKind.AUDIO, RenditionKind.TEXT}
_SOUND_GROUP = "sound"
_CAPTIONS_GROUP = "captions"


def multivariant_playlist(
    renditions: Sequence[Rendition], prefix: str = "", captions: Sequence[CaptionTrack] = ()
) -> str:
    """The list of `renditions`; `prefix` leads from its URL to the broadcast's folder."""
    rungs = in_order([one for one in renditions if one.kind not in _WITHOUT_PICTURES])
    sound = next((one for one in renditions if one.kind is RenditionKind.AUDIO), None)
    lines = ["#EXTM3U", f"#EXT-X-VERSION:{VERSION}", "#EXT-X-INDEPENDENT-SEGMENTS"]
    if sound is not None:
        lines.append(_sound(sound, prefix))
    lines += captions_lines(captions, _CAPTIONS_GROUP, prefix)
    groups = f',SUBTITLES="{_CAPTIONS_GROUP}"' if captions else ""
    for rung in rungs:
        lines += _rung(rung, sound, prefix, groups)
    lines += [_iframes(rung, prefix) for rung in rungs if rung.iframe_peak_bps]
    return "\n".join(lines) + "\n"


def in_order(rungs: Sequence[Rendition]) -> list[Rendition]:
    """Best first, but at the head the best that nearly everybody can have at once."""
    best_first = sorted(rungs, key=lambda one: -one.peak_bps)
    first = next((one for one in best_first if one.peak_bps <= FIRST_LINE_BPS), None)
    return best_first if first is None else [first, *(one for one in best_first if one is not first)]


def _sound(sound: Rendition, prefix: str) -> str:
    return (
        f'#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="{_SOUND_GROUP}",NAME="Sound",DEFAULT=YES,AUTOSELECT=YES'
        f',CHANNELS="{sound.channels}",URI="{prefix}{sound.name}/index.m3u8"'
    )


def _rung(rung: Rendition, sound: Rendition | None, prefix: str, groups: str) -> Iterator[str]:
    """Bit rates are of everything that is fetched to play the rung (§4.4.6.2).

    It says that no captions are in the pictures: players would look for them, some in media that is not there yet.
    """
    peak_bps, average_bps, codecs, group = rung.peak_bps, rung.average_bps, rung.codecs, ""
    if sound is not None:
        peak_bps, average_bps = peak_bps + sound.peak_bps, average_bps + sound.average_bps
        codecs, group = f"{codecs},{sound.codecs}", f',AUDIO="{_SOUND_GROUP}"'
    yield (
        f"#EXT-X-STREAM-INF:BANDWIDTH={peak_bps},AVERAGE-BANDWIDTH={average_bps}"
        f',CODECS="{codecs}",RESOLUTION={rung.width}x{rung.height},FRAME-RATE={rung.frame_rate:.3f}{group}{groups}'
        ",CLOSED-CAPTIONS=NONE"
    )
    yield f"{prefix}{rung.name}/index.m3u8"


def _iframes(rung: Rendition, prefix: str) -> str:
    video = rung.codecs.split(",")[0]
    return (
        f'#EXT-X-I-FRAME-STREAM-INF:BANDWIDTH={rung.iframe_peak_bps},CODECS="{video}"'
        f',RESOLUTION={rung.width}x{rung.height},URI="{prefix}{rung.name}/iframes.m3u8"'
    )
