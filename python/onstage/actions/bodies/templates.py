"""What makes and changes templates. What is left out is filled in from the role's level."""

from typing import TYPE_CHECKING, Annotated, Any

from pydantic import Field, StringConstraints

from onstage.actions.bodies.base import Body
from onstage.actions.bodies.patches import patch_of
from onstage.model.broadcast_defaults import BroadcastDefaults
from onstage.model.permission import Permission
from onstage.model.role import SEAT_DEFAULTS, STAGE_DEFAULTS, Level, PublishLimits, Role, Source
from onstage.model.room_settings import RoomSettings
from onstage.model.template import Template

if TYPE_CHECKING:  # a class made at run time is no type to mypy
    BroadcastPatch = Body
    SettingsPatch = Body
    LimitsPatch = Body
else:
    BroadcastPatch = patch_of(BroadcastDefaults)
    SettingsPatch = patch_of(RoomSettings)
    LimitsPatch = patch_of(PublishLimits)

MOST_ROLES = 32
_PRIORITIES = {Level.STAGE: 5, Level.AUDIENCE: 8, Level.VIEWER: 9}

TemplateName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
RoleName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$")]
Permissions = Annotated[list[Permission], Field(max_length=len(Permission))]
RoleNames = Annotated[list[RoleName], Field(max_length=MOST_ROLES)]
Priority = Annotated[int, Field(ge=1, le=10, description="1 ranks highest.")]
MostParticipants = Annotated[int, Field(ge=1, le=10_000_000)]
StateKeyPatterns = Annotated[
    list[Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._:*?{}-]{1,128}$")]], Field(max_length=32)
]


class RoleBody(Body):
    """A role. On stage it publishes everything unless it says what; below, nothing."""

    level: Level
    publish: dict[Source, PublishLimits] | None = None
    subscribe_to: RoleNames | None = Field(default=None, description="Null: everybody's tracks.")
    permissions: Permissions | None = None
    priority: Priority | None = None
    max_participants: MostParticipants | None = Field(default=None, description="Null is no limit.")
    state_keys: StateKeyPatterns = Field(default_factory=list)

    def role(self, name: str) -> Role:
        """The role of that name, with what its level brings."""
        is_on_stage = self.level is Level.STAGE
        permissions = STAGE_DEFAULTS if is_on_stage else SEAT_DEFAULTS
        publish = dict.fromkeys(Source, PublishLimits()) if is_on_stage else {}
        return Role(
            name=name,
            level=self.level,
            permissions=permissions if self.permissions is None else frozenset(self.permissions),
            publish=publish if self.publish is None else self.publish,
            subscribe_to=None if self.subscribe_to is None else tuple(self.subscribe_to),
            priority=_PRIORITIES[self.level] if self.priority is None else self.priority,
            max_participants=self.max_participants,
            state_keys=tuple(self.state_keys),
        )


class TemplateBody(Body):
    """What a template says."""

    roles: dict[RoleName, RoleBody] = Field(min_length=1, max_length=MOST_ROLES)
    promote_role: RoleName | None = Field(default=None, description="Null: the lowest in rank on stage.")
    demote_role: RoleName | None = Field(default=None, description="Null: the lowest in rank below it.")
    broadcast: BroadcastDefaults = BroadcastDefaults()
    settings: RoomSettings = RoomSettings()

    def template(self, name: str) -> Template:
        """The template of that name, whether it makes sense or not."""
        roles = tuple(body.role(role) for role, body in self.roles.items())
        stage = [role for role in roles if role.level is Level.STAGE]
        seats = [role for role in roles if role.level is not Level.STAGE]
        return Template(
            name=name,
            roles=roles,
            promote_role=self.promote_role or _lowest(stage) or "",
            demote_role=self.demote_role or _lowest(seats),
            broadcast=self.broadcast,
            settings=self.settings,
        )


def _lowest(roles: list[Role]) -> str | None:
    """The last of the lowest rank."""
    return max(enumerate(roles), key=lambda one: (one[1].priority, one[0]))[1].name if roles else None


class CreateTemplate(TemplateBody):
    """POST /v1/templates."""

    name: TemplateName


class CloneTemplate(Body):
    """POST /v1/templates/{template}/clone."""

    name: TemplateName


class RolePatch(Body):
    """A change of a role: what is absent stays, null is the default of its level."""

    level: Level | None = None
    publish: dict[Source, LimitsPatch | None] | None = None
    subscribe_to: RoleNames | None = None
    permissions: Permissions | None = None
    priority: Priority | None = None
    max_participants: MostParticipants | None = None
    state_keys: StateKeyPatterns | None = None


class UpdateTemplate(Body):
    """PATCH /v1/templates/{template}: a merge patch (RFC 7396). A role that is null goes, a new name is a new role."""

    if_version: int | None = Field(
        default=None, ge=1, le=2**31 - 1, description="Only if the template is of this version now."
    )
    roles: dict[RoleName, RolePatch | None] | None = Field(default=None, max_length=2 * MOST_ROLES)
    promote_role: RoleName | None = None
    demote_role: RoleName | None = None
    broadcast: BroadcastPatch | None = None
    settings: SettingsPatch | None = None

    def patch(self) -> dict[str, Any]:
        """What was given, null included."""
        return self.model_dump(mode="json", exclude_unset=True, exclude={"if_version"})
