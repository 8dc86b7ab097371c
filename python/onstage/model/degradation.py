"""What a broadcast may go on without: words for programs."""

from enum import StrEnum


class Degradation(StrEnum):
    """What is not as it should be. All but `composer_restarted`, which is a moment, last until they are over."""

    COMPOSER_RESTARTED = "composer_restarted"
    ENCODER_EFFORT = "encoder_effort"
    """The machine is short of time: the encoder takes less trouble (x264 superfast), for the same bits."""
    REPEATED_PICTURES = "repeated_pictures"
    """It still is: fewer different pictures a second. Sound, ladder and latency stay."""
    STORAGE_AWAY = "storage_away"
    STORAGE_FULL = "storage_full"


OF_COMPOSER = frozenset({Degradation.ENCODER_EFFORT, Degradation.REPEATED_PICTURES})
OF_STORAGE = frozenset({Degradation.STORAGE_AWAY, Degradation.STORAGE_FULL})
