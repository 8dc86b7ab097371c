"""What changes people: on stage, in the seats, silent."""

from datetime import timedelta
from typing import Literal

from pydantic import Field

from onstage.actions.bodies.base import Body
from onstage.actions.promotion import PromotionRequest
from onstage.model.permission import Permission
from onstage.model.role import MediaAllowed, Source


class Promote(Body):
    """POST …/promote. Without `force` the participant is asked."""

    role: str | None = None
    permissions: list[Permission] | None = None
    media_allowed: MediaAllowed = MediaAllowed.ALL
    join_audio_muted: bool = False
    join_video_muted: bool = False
    force: bool = False
    expires_in_s: int = Field(default=60, ge=5, le=3_600)

    def asked(self) -> PromotionRequest:
        """As the action takes it."""
        return PromotionRequest(
            role=self.role,
            permissions=None if self.permissions is None else frozenset(self.permissions),
            media_allowed=self.media_allowed,
            join_audio_muted=self.join_audio_muted,
            join_video_muted=self.join_video_muted,
            force=self.force,
            expires_in=timedelta(seconds=self.expires_in_s),
        )


class Demote(Body):
    """POST …/demote. Without `role`: back to where they were."""

    role: str | None = None


class Mute(Body):
    """POST …/mute. Without `source`: all they send. Nobody but themselves can unmute."""

    source: Source | None = None
    muted: Literal[True] = True
