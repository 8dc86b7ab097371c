"""Levels, sources and roles."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from pydantic import Field

from onstage.model.permission import Permission
from onstage.model.view import View


class Level(StrEnum):
    """How near to the show somebody is (design §1)."""

    STAGE = "stage"
    AUDIENCE = "audience"
    VIEWER = "viewer"

    @property
    def uses_engine(self) -> bool:
        """Stage and audience take part over WebRTC; viewers watch the composed show."""
        return self is not Level.VIEWER


class Source(StrEnum):
    """What a track shows or sounds, in LiveKit's words."""

    CAMERA = "camera"
    MICROPHONE = "microphone"
    SCREEN_SHARE = "screen_share"
    SCREEN_SHARE_AUDIO = "screen_share_audio"


class MediaAllowed(StrEnum):
    """What a promotion lets somebody send."""

    ALL = "all"
    AUDIO_ONLY = "audio-only"
    VIDEO_ONLY = "video-only"


ALL_SOURCES = frozenset(Source)
SOUND_SOURCES = frozenset({Source.MICROPHONE, Source.SCREEN_SHARE_AUDIO})


def allowed_sources(sources: frozenset[Source], allowed: MediaAllowed) -> frozenset[Source]:
    """The part of `sources` that `allowed` leaves."""
    match allowed:
        case MediaAllowed.ALL:
            return sources
        case MediaAllowed.AUDIO_ONLY:
            return sources & SOUND_SOURCES
        case MediaAllowed.VIDEO_ONLY:
            return sources - SOUND_SOURCES


class PublishLimits(View):
    """How much of one source may be sent; what is null has no limit of ours. Sound knows only `max_bitrate_bps`."""

    max_width: int | None = Field(default=None, ge=16, le=7_680)
    max_height: int | None = Field(default=None, ge=16, le=4_320)
    max_frame_rate: int | None = Field(default=None, ge=1, le=120)
    max_bitrate_bps: int | None = Field(default=None, ge=6_000, le=50_000_000)
    simulcast: bool = True


@dataclass(frozen=True, slots=True)
class Role:
    """A named set of rights. `template_rules.py` says which make sense together."""

    name: str
    level: Level
    permissions: frozenset[Permission]
    publish: Mapping[Source, PublishLimits] = field(default_factory=dict)
    subscribe_to: tuple[str, ...] | None = None  # roles whose tracks they get; None: everybody's
    priority: int = 5  # 1 ranks highest, 10 lowest
    max_participants: int | None = None
    state_keys: tuple[str, ...] = ()  # patterns of the keys they may write, as `poll.*`

    @property
    def sources(self) -> frozenset[Source]:
        """What they may send."""
        return frozenset(self.publish)


SEAT_DEFAULTS = frozenset(
    {
        Permission.MESSAGE_SEND,
        Permission.HAND_RAISE,
        Permission.REACTION_SEND,
        Permission.POLL_VOTE,
    }
)
"""What a role of the seats may do when its template does not say."""
STAGE_DEFAULTS = frozenset(
    {Permission.MESSAGE_SEND, Permission.REACTION_SEND, Permission.CUSTOM_SEND, Permission.POLL_VOTE}
)
"""What a role on stage may do when its template does not say."""
