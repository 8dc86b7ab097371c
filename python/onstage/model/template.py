"""Templates: named sets of roles, and the built-in ones."""

from dataclasses import dataclass, field

from onstage.model.broadcast_defaults import BroadcastDefaults
from onstage.model.permission import ALL_PERMISSIONS
from onstage.model.role import SEAT_DEFAULTS, STAGE_DEFAULTS, Level, PublishLimits, Role, Source
from onstage.model.room_settings import RoomSettings


@dataclass(frozen=True, slots=True)
class Template:
    """A named set of roles, which of them promotion and demotion lead to, and what its rooms begin with."""

    name: str
    roles: tuple[Role, ...]
    promote_role: str
    demote_role: str | None  # None: there are no seats
    broadcast: BroadcastDefaults = field(default_factory=BroadcastDefaults)
    settings: RoomSettings = field(default_factory=RoomSettings)

    def role(self, name: str) -> Role | None:
        """The role of that name, if there is one."""
        return next((role for role in self.roles if role.name == name), None)

    @property
    def role_names(self) -> list[str]:
        """The names, in the template's order."""
        return [role.name for role in self.roles]


_EVERYTHING = dict.fromkeys(Source, PublishLimits())
_HOST = Role("host", Level.STAGE, ALL_PERMISSIONS, _EVERYTHING, priority=1, max_participants=9, state_keys=("*",))

INTERACTIVE_LIVE_STREAM = Template(
    name="interactive-live-stream",
    roles=(
        _HOST,
        Role("guest", Level.STAGE, STAGE_DEFAULTS, _EVERYTHING, max_participants=16),
        Role("audience", Level.AUDIENCE, SEAT_DEFAULTS, priority=8),
        Role("viewer", Level.VIEWER, SEAT_DEFAULTS, priority=9),
    ),
    promote_role="guest",
    demote_role="viewer",
)
WEBINAR = Template(
    name="webinar",
    roles=(
        _HOST,
        Role("speaker", Level.STAGE, STAGE_DEFAULTS, _EVERYTHING, max_participants=16),
        Role("attendee", Level.AUDIENCE, SEAT_DEFAULTS, priority=8),
    ),
    promote_role="speaker",
    demote_role="attendee",
)
CONFERENCE = Template(
    name="conference",
    roles=(
        _HOST,
        Role("member", Level.STAGE, STAGE_DEFAULTS, _EVERYTHING, max_participants=50),
        Role("listener", Level.AUDIENCE, SEAT_DEFAULTS, priority=8),
    ),
    promote_role="member",
    demote_role="listener",
)

BUILT_IN_TEMPLATES = {one.name: one for one in (INTERACTIVE_LIVE_STREAM, WEBINAR, CONFERENCE)}
