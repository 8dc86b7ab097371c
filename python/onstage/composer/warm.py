"""Does once what a composer's first picture would wait for: loads the libraries, opens the fonts, starts the codecs."""

from datetime import UTC, datetime

from livekit import rtc

from onstage.composer import wire
from onstage.composer.fonts import fonts
from onstage.composer.show import Show
from onstage.composer.stage import Stage
from onstage.model.media import PROFILES, SAMPLE_RATE, Rung
from onstage.model.presentation import Presentation

_PROFILE = "default"
_LETTERS = "Aé1"


def warm_up() -> None:
    """Make one small part of an empty stage, and throw it away."""
    for is_bold in (False, True):
        for letter in _LETTERS:
            fonts(is_bold=is_bold).has(letter)
    rtc.AudioResampler(SAMPLE_RATE, SAMPLE_RATE)  # the SDK loads its native half with the first thing it makes
    show = Show(_start(), Stage(lambda: 0.0))
    for _ in range(PROFILES[_PROFILE].part_frames):
        list(show.tick(datetime.now(UTC)))


def _start() -> wire.Start:
    return wire.Start(
        broadcast_id="",
        engine_url="",
        engine_token="",
        rungs=(Rung("180p", 320, 180, 200_000),),
        audio_bps=64_000,
        is_audio_apart=False,
        profile=_PROFILE,
        presentation=Presentation(_LETTERS),
    )
