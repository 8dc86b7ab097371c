"""Projects, their keys, templates, and what makes a token useless."""

from dataclasses import dataclass
from datetime import datetime

from onstage.model.ids import KeyId, ProjectId, TemplateId
from onstage.model.permission import Permission
from onstage.model.template import Template


@dataclass(frozen=True, slots=True)
class Project:
    """A tenant. `allowed_origins` None: pages of any origin may call."""

    id: ProjectId
    name: str
    allowed_origins: tuple[str, ...] | None
    created_at: datetime
    deleted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ProjectKey:
    """A project's secret: its hash for HTTP Basic, and itself, sealed, for what is signed with it.

    `roles` and `permissions` bound what the key's tokens may grant (`grants.Bounds`). A key of before sealing has no
    `sealed_secret`, and can't sign.
    """

    id: KeyId
    project_id: ProjectId
    name: str
    secret_hash: str
    sealed_secret: str | None
    roles: tuple[str, ...] | None
    permissions: frozenset[Permission] | None
    created_at: datetime
    last_used_at: datetime | None = None
    expires_at: datetime | None = None
    revoked_at: datetime | None = None

    @property
    def is_bounded(self) -> bool:
        """Whether it only makes tokens and room codes, and only some."""
        return self.roles is not None or self.permissions is not None

    def is_live(self, now: datetime) -> bool:
        """Whether it is still good."""
        return self.revoked_at is None and (self.expires_at is None or now < self.expires_at)


@dataclass(frozen=True, slots=True)
class Revocation:
    """Tokens that are good no more: one by its `jti`, or all of an identity that were issued until `issued_until`."""

    project_id: ProjectId
    room_id: str | None  # None: in every room of the project
    jti: str | None
    identity: str | None
    issued_until: datetime
    forget_at: datetime  # when every token it concerns has expired anyway


@dataclass(frozen=True, slots=True)
class StoredTemplate:
    """A version of a project's template, or one of the built-in ones, which have no ids and no moments."""

    id: TemplateId | None
    project_id: ProjectId | None
    version: int
    template: Template
    created_at: datetime | None
    updated_at: datetime | None

    @property
    def is_built_in(self) -> bool:
        """Whether it belongs to no project."""
        return self.id is None
