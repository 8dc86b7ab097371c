"""Roles and templates in JSON, as they are answered and as they are stored."""

from pydantic import Field

from onstage.model.broadcast_defaults import BroadcastDefaults
from onstage.model.permission import Permission
from onstage.model.records import StoredTemplate
from onstage.model.role import Level, PublishLimits, Role, Source
from onstage.model.room_settings import RoomSettings
from onstage.model.template import Template
from onstage.model.view import Timestamp, View


class RoleView(View):
    """What a role gives."""

    level: Level
    publish: dict[Source, PublishLimits] = Field(
        description="What they may send, and how much of it. The engine holds them to the sources, clients to the rest."
    )
    subscribe_to: list[str] | None = Field(
        description="The roles whose tracks they get; null: everybody's. The engine enforces an empty list, clients "
        "follow any other."
    )
    permissions: list[Permission]
    priority: int = Field(description="Their rank: 1 is the highest, 10 the lowest.")
    max_participants: int | None = Field(description="How many may be present in the role; null is no limit.")
    state_keys: list[str] = Field(description="Patterns of the keys they may write with `state.set`.")

    @classmethod
    def of(cls, role: Role) -> "RoleView":
        """The role as others see it."""
        return cls(
            level=role.level,
            publish=dict(role.publish),
            subscribe_to=None if role.subscribe_to is None else list(role.subscribe_to),
            permissions=sorted(role.permissions),
            priority=role.priority,
            max_participants=role.max_participants,
            state_keys=list(role.state_keys),
        )

    def role(self, name: str) -> Role:
        """The role of that name it describes."""
        return Role(
            name=name,
            level=self.level,
            permissions=frozenset(self.permissions),
            publish=self.publish,
            subscribe_to=None if self.subscribe_to is None else tuple(self.subscribe_to),
            priority=self.priority,
            max_participants=self.max_participants,
            state_keys=tuple(self.state_keys),
        )


class TemplateContent(View):
    """What a template says, whatever its name and version."""

    roles: dict[str, RoleView]
    promote_role: str = Field(description="Where a promotion leads that names no role.")
    demote_role: str | None = Field(description="Where somebody goes back to who came in on stage.")
    broadcast: BroadcastDefaults
    settings: RoomSettings = Field(description="What a room of this template begins with.")

    @classmethod
    def of_template(cls, template: Template) -> "TemplateContent":
        """The content of a template."""
        return cls(
            roles={role.name: RoleView.of(role) for role in template.roles},
            promote_role=template.promote_role,
            demote_role=template.demote_role,
            broadcast=template.broadcast,
            settings=template.settings,
        )

    def template(self, name: str) -> Template:
        """The template of that name with this content."""
        return Template(
            name=name,
            roles=tuple(view.role(role) for role, view in self.roles.items()),
            promote_role=self.promote_role,
            demote_role=self.demote_role,
            broadcast=self.broadcast,
            settings=self.settings,
        )


class TemplateView(TemplateContent):
    """A named set of roles. A built-in one has neither id nor moments, and can't be changed."""

    id: str | None
    name: str
    version: int
    built_in: bool
    created_at: Timestamp | None
    updated_at: Timestamp | None

    @classmethod
    def of(cls, stored: StoredTemplate) -> "TemplateView":
        """The template as servers see it."""
        content = TemplateContent.of_template(stored.template)
        return cls(
            **dict(content),
            id=stored.id,
            name=stored.template.name,
            version=stored.version,
            built_in=stored.is_built_in,
            created_at=stored.created_at,
            updated_at=stored.updated_at,
        )
