"""Levels, sources, roles and the built-in templates."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from pydantic import Field

from onstage.model.permission import ALL_PERMISSIONS, Permission
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
_AUDIO = frozenset({Source.MICROPHONE, Source.SCREEN_SHARE_AUDIO})


def allowed_sources(sources: frozenset[Source], allowed: MediaAllowed) -> frozenset[Source]:
    """The part of `sources` that `allowed` leaves."""
    match allowed:
        case MediaAllowed.ALL:
            return sources
        case MediaAllowed.AUDIO_ONLY:
            return sources & _AUDIO
        case MediaAllowed.VIDEO_ONLY:
            return sources - _AUDIO


class PublishLimits(View):
    """How much of one source may be sent; what is null has no limit of ours. Sound knows only `max_bitrate_bps`."""

    max_width: int | None = Field(default=None, ge=16, le=7_680)
    max_height: int | None = Field(default=None, ge=16, le=4_320)
    max_frame_rate: int | None = Field(default=None, ge=1, le=120)
    max_bitrate_bps: int | None = Field(default=None, ge=6_000, le=50_000_000)
    simulcast: bool = True


@dataclass(frozen=True, slots=True)
class Role:
    """A named set of rights. Only roles of level `stage` publish."""

    name: str
    level: Level
    permissions: frozenset[Permission]
    publish: Mapping[Source, PublishLimits] = field(default_factory=dict)
    subscribe_to: tuple[str, ...] | None = None  # roles whose tracks they get; None: everybody's
    priority: int = 5  # 1 ranks highest, 10 lowest
    max_participants: int | None = None
    state_keys: tuple[str, ...] = ()  # patterns of the keys they may write, as `poll.*`

    def __post_init__(self) -> None:
        if self.publish and self.level is not Level.STAGE:
            raise ValueError(f"role {self.name}: only a role of level stage publishes")

    @property
    def sources(self) -> frozenset[Source]:
        """What they may send."""
        return frozenset(self.publish)


@dataclass(frozen=True, slots=True)
class Template:
    """A named set of roles, and which of them a promotion leads to."""

    name: str
    roles: tuple[Role, ...]
    promote_role: str
    demote_role: str

    def role(self, name: str) -> Role | None:
        """The role of that name, if there is one."""
        return next((role for role in self.roles if role.name == name), None)

    @property
    def role_names(self) -> list[str]:
        """The names, in the template's order."""
        return [role.name for role in self.roles]


_SEAT = frozenset(
    {
        Permission.MESSAGE_SEND,
        Permission.HAND_RAISE,
        Permission.REACTION_SEND,
        Permission.POLL_VOTE,
    }
)
_GUEST = frozenset({Permission.MESSAGE_SEND, Permission.REACTION_SEND, Permission.CUSTOM_SEND, Permission.POLL_VOTE})
_EVERYTHING = dict.fromkeys(Source, PublishLimits())

INTERACTIVE_LIVE_STREAM = Template(
    name="interactive-live-stream",
    roles=(
        Role(
            "host",
            Level.STAGE,
            ALL_PERMISSIONS,
            _EVERYTHING,
            priority=1,
            max_participants=9,
            state_keys=("*",),
        ),
        Role("guest", Level.STAGE, _GUEST, _EVERYTHING, max_participants=16),
        Role("audience", Level.AUDIENCE, _SEAT, priority=8),
        Role("viewer", Level.VIEWER, _SEAT, priority=9),
    ),
    promote_role="guest",
    demote_role="viewer",
)

BUILT_IN_TEMPLATES = {INTERACTIVE_LIVE_STREAM.name: INTERACTIVE_LIVE_STREAM}
