"""What makes tokens and codes, and joins with them."""

from datetime import timedelta

from pydantic import Field

from onstage.actions.bodies.base import Body, Identity, Metadata, Name
from onstage.actions.tokens import NewToken
from onstage.model.permission import Permission


class CreateToken(Body):
    """POST /v1/rooms/{room}/tokens. `permissions` come on top of the role's."""

    identity: Identity
    name: Name | None = None
    role: str
    permissions: list[Permission] = Field(default_factory=list)
    metadata: Metadata = Field(default_factory=dict)
    ttl_s: int = Field(default=21_600, ge=30, le=7 * 86_400)

    def new(self) -> NewToken:
        """As the action takes it."""
        return NewToken(
            identity=self.identity,
            name=self.name or self.identity,
            role=self.role,
            permissions=tuple(self.permissions),
            metadata=self.metadata,
            ttl=timedelta(seconds=self.ttl_s),
        )


class CreateCode(Body):
    """POST /v1/rooms/{room}/codes."""

    role: str


class Join(Body):
    """POST /v1/join: with a token, or with a room code and a name."""

    token: str | None = Field(default=None, max_length=16_384)
    code: str | None = Field(default=None, max_length=64)
    name: Name | None = None
