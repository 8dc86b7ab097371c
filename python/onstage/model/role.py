"""Levels, sources, roles and the built-in templates."""

from dataclasses import dataclass
from enum import StrEnum

from onstage.model.permission import ALL_PERMISSIONS, Permission


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


@dataclass(frozen=True, slots=True)
class Role:
    """A named set of rights. Only roles of level `stage` publish."""

    name: str
    level: Level
    permissions: frozenset[Permission]
    sources: frozenset[Source] = frozenset()
    max_participants: int | None = None

    def __post_init__(self) -> None:
        if self.sources and self.level is not Level.STAGE:
            raise ValueError(f"role {self.name}: only a role of level stage publishes")


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


_SEAT = frozenset({Permission.MESSAGE_SEND, Permission.HAND_RAISE})

INTERACTIVE_LIVE_STREAM = Template(
    name="interactive-live-stream",
    roles=(
        Role("host", Level.STAGE, ALL_PERMISSIONS, ALL_SOURCES, max_participants=9),
        Role("guest", Level.STAGE, frozenset({Permission.MESSAGE_SEND}), ALL_SOURCES, max_participants=16),
        Role("audience", Level.AUDIENCE, _SEAT),
        Role("viewer", Level.VIEWER, _SEAT),
    ),
    promote_role="guest",
    demote_role="viewer",
)

TEMPLATES = {INTERACTIVE_LIVE_STREAM.name: INTERACTIVE_LIVE_STREAM}
