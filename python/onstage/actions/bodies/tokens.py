"""What makes and revokes tokens, makes codes, and joins with them."""

from datetime import timedelta
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from onstage.actions.bodies.base import Attributes, Body, Identity, Metadata, Name
from onstage.actions.codes import NewCode
from onstage.actions.revoking import RevokedTokens
from onstage.actions.tokens import NewToken
from onstage.grants import LONGEST_PARTICIPANT_LIFE, LONGEST_REMOVE_AFTER_S, LONGEST_TOKEN_CHARS, AutoCreate
from onstage.model.permission import Permission
from onstage.model.role import MediaAllowed
from onstage.model.view import Moment

TokenId = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=r"^[\x21-\x7e]*$")]


class CreateToken(Body):
    """POST /v1/rooms/{room}/tokens. `permissions` come on top of the role's."""

    identity: Identity
    name: Name | None = None
    role: str = Field(max_length=100)
    permissions: list[Permission] = Field(default_factory=list, max_length=100)
    metadata: Metadata = Field(default_factory=dict)
    attributes: Attributes = Field(default_factory=dict)
    ttl_s: int = Field(default=21_600, ge=30, le=int(LONGEST_PARTICIPANT_LIFE.total_seconds()))
    join_from: Moment | None = Field(default=None, description="Before it nobody joins with the token.")
    join_until: Moment | None = Field(default=None, description="From then on nobody joins with the token.")
    remove_at: Moment | None = Field(default=None, description="When its holder is removed.")
    remove_after_s: int | None = Field(
        default=None, ge=1, le=LONGEST_REMOVE_AFTER_S, description="Seconds after joining until they are removed."
    )
    media_allowed: MediaAllowed = MediaAllowed.ALL
    join_audio_muted: bool = False
    join_video_muted: bool = False
    auto_create: AutoCreate | None = Field(
        default=None, description="Makes the room, when the first holder joins and there is none of that name."
    )

    def new(self) -> NewToken:
        """As the action takes it."""
        return NewToken(
            identity=self.identity,
            name=self.name or self.identity,
            role=self.role,
            permissions=tuple(self.permissions),
            metadata=self.metadata,
            attributes=self.attributes,
            ttl=timedelta(seconds=self.ttl_s),
            join_from=self.join_from,
            join_until=self.join_until,
            remove_at=self.remove_at,
            remove_after_s=self.remove_after_s,
            media_allowed=self.media_allowed,
            join_audio_muted=self.join_audio_muted,
            join_video_muted=self.join_video_muted,
            auto_create=self.auto_create,
        )


class RevokeTokens(Body):
    """POST …/tokens/revoke: one token by its `jti`, or every token of an identity that was made until now."""

    jti: TokenId | None = None
    identity: Identity | None = None

    @model_validator(mode="after")
    def _is_one(self) -> Self:
        if (self.jti is None) == (self.identity is None):
            raise ValueError("give `jti` or `identity`, and not both")
        return self

    def revoked(self) -> RevokedTokens:
        """As the action takes it."""
        return RevokedTokens(self.jti, self.identity)


class CreateCode(Body):
    """POST /v1/rooms/{room}/codes."""

    role: str = Field(max_length=100)
    max_uses: int | None = Field(default=None, ge=1, le=1_000_000, description="How many may join; null: any number.")
    expires_at: Moment | None = None

    def new(self) -> NewCode:
        """As the action takes it."""
        return NewCode(self.role, self.max_uses, self.expires_at)


class Join(Body):
    """POST /v1/join: with a token, or with a room code and a name."""

    token: str | None = Field(default=None, max_length=LONGEST_TOKEN_CHARS)
    code: str | None = Field(default=None, max_length=64)
    name: Name | None = None
    connection_id: str | None = Field(
        default=None,
        max_length=80,
        description="The gateway connection you hold, to join again beside it where the room refuses a second one.",
    )
