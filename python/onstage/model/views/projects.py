"""Projects, keys and revoked tokens in JSON."""

from onstage.model.permission import Permission
from onstage.model.records import Project, ProjectKey, Revocation
from onstage.model.view import Timestamp, View


class ProjectView(View):
    """A tenant. `allowed_origins`: whose pages may call; null: everybody's."""

    id: str
    name: str
    allowed_origins: list[str] | None
    created_at: Timestamp

    @classmethod
    def of(cls, project: Project) -> "ProjectView":
        """The project as its servers see it."""
        origins = project.allowed_origins
        return cls(
            id=project.id,
            name=project.name,
            allowed_origins=None if origins is None else list(origins),
            created_at=project.created_at,
        )


class KeyView(View):
    """A project's key, without its secret. `last_used_at` is told to the minute, or so."""

    id: str
    name: str
    roles: list[str] | None
    permissions: list[Permission] | None
    created_at: Timestamp
    last_used_at: Timestamp | None
    expires_at: Timestamp | None
    revoked_at: Timestamp | None

    @classmethod
    def of(cls, key: ProjectKey) -> "KeyView":
        """The key as its project sees it."""
        return cls(
            id=key.id,
            name=key.name,
            roles=None if key.roles is None else list(key.roles),
            permissions=None if key.permissions is None else sorted(key.permissions),
            created_at=key.created_at,
            last_used_at=key.last_used_at,
            expires_at=key.expires_at,
            revoked_at=key.revoked_at,
        )


class NewKeyView(View):
    """A key that was just made, with its secret, which is shown this once."""

    key: KeyView
    secret: str

    @classmethod
    def of_new(cls, key: ProjectKey, secret: str) -> "NewKeyView":
        """The key and its secret."""
        return cls(key=KeyView.of(key), secret=secret)


class NewProjectView(View):
    """A project that was just made, and its first key with the secret, which is shown this once."""

    project: ProjectView
    key: KeyView
    secret: str


class RevocationView(View):
    """Tokens that are refused: the one of that `jti`, or those of the identity that were made until `issued_until`."""

    room_id: str | None
    jti: str | None
    identity: str | None
    issued_until: Timestamp

    @classmethod
    def of(cls, revocation: Revocation) -> "RevocationView":
        """The revocation as the project sees it."""
        return cls(
            room_id=revocation.room_id,
            jti=revocation.jti,
            identity=revocation.identity,
            issued_until=revocation.issued_until,
        )
