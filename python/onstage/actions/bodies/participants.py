"""What changes people: their role, what they send, what they may say, what is known of them."""

from datetime import timedelta
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from onstage.actions.bodies.base import Body
from onstage.actions.moderation import BanRequest, ParticipantChange
from onstage.actions.muting import MuteRequest
from onstage.actions.promotion import PromotionRequest
from onstage.model.permission import Permission
from onstage.model.role import MediaAllowed, Source
from onstage.model.texts import Identity, Metadata, Name

_A_YEAR_S = 366 * 86_400
_PLAIN = r"^[^\x00-\x1f\x7f]*$"

AttributeName = Annotated[str, StringConstraints(min_length=1, max_length=64, pattern=_PLAIN)]
AttributeValue = Annotated[str, StringConstraints(max_length=1_024)]
SomeRole = Annotated[str, StringConstraints(min_length=1, max_length=100)]
IdOrIdentity = Annotated[str, StringConstraints(min_length=1, max_length=120)]


class _Gift(Body):
    """What comes with a role. Without `force` the participant is asked."""

    permissions: list[Permission] | None = Field(
        default=None, max_length=len(Permission), description="Instead of the role's."
    )
    media_allowed: MediaAllowed = MediaAllowed.ALL
    join_audio_muted: bool = False
    join_video_muted: bool = False
    backstage: bool = Field(default=False, description="On stage, and left out of the show until called.")
    force: bool = False
    expires_in_s: int = Field(default=60, ge=5, le=3_600)

    def _asked(self, role: str | None) -> PromotionRequest:
        return PromotionRequest(
            role=role,
            permissions=None if self.permissions is None else frozenset(self.permissions),
            media_allowed=self.media_allowed,
            join_audio_muted=self.join_audio_muted,
            join_video_muted=self.join_video_muted,
            is_backstage=self.backstage,
            force=self.force,
            expires_in=timedelta(seconds=self.expires_in_s),
        )


class Promote(_Gift):
    """POST …/promote. Without `role`: the template's. Without `force` the participant is asked."""

    role: SomeRole | None = None

    def asked(self) -> PromotionRequest:
        """As the action takes it."""
        return self._asked(self.role)


class SetRole(_Gift):
    """POST …/role: any role to anybody. Without `force` the participant is asked."""

    role: SomeRole

    def asked(self) -> PromotionRequest:
        """As the action takes it."""
        return self._asked(self.role)


class Demote(Body):
    """POST …/demote. Without `role`: back to where they were."""

    role: SomeRole | None = None


class Mute(Body):
    """POST …/mute. Without `source`: all they send. Nobody but themselves can unmute."""

    source: Source | None = None
    muted: Literal[True] = True


class MuteMany(Body):
    """POST /v1/rooms/{room}/mute: all on stage, or all of a role, but for some. The caller is never meant."""

    role: SomeRole | None = Field(default=None, description="Only those in this role.")
    source: Source | None = Field(default=None, description="Only this source; null: all they send.")
    excluded: list[IdOrIdentity] = Field(
        default_factory=list, alias="except", max_length=200, description="Ids or identities."
    )

    def asked(self) -> MuteRequest:
        """As the action takes it."""
        return MuteRequest(self.role, self.source, frozenset(self.excluded))


class RequestUnmute(Body):
    """POST …/request-unmute."""

    source: Source


class MuteChat(Body):
    """POST …/mute-chat."""

    muted: bool = True


class SetBackstage(Body):
    """POST …/backstage: `true` leaves somebody on stage out of the show, `false` calls them into it."""

    backstage: bool


class UpdateParticipant(Body):
    """PATCH …/participants/{participant}; what is absent stays. `attributes` is a merge patch (RFC 7396)."""

    name: Name | None = None
    metadata: Metadata | None = None
    attributes: dict[AttributeName, AttributeValue | None] | None = Field(default=None, max_length=64)

    def change(self) -> ParticipantChange:
        """As the action takes it."""
        return ParticipantChange(self.name, self.metadata, self.attributes)


class Remove(Body):
    """POST …/remove. The reason is told to the one who goes, and to all who hear of it."""

    reason: Name | None = None


class Ban(Body):
    """POST …/ban."""

    reason: Name | None = None
    expires_in_s: int | None = Field(default=None, ge=1, le=_A_YEAR_S, description="Null: until it is taken back.")

    def asked(self) -> BanRequest:
        """As the action takes it."""
        expires_in = None if self.expires_in_s is None else timedelta(seconds=self.expires_in_s)
        return BanRequest(self.reason, expires_in)


class BanIdentity(Ban):
    """POST /v1/rooms/{room}/bans: somebody who need not be there."""

    identity: Identity
