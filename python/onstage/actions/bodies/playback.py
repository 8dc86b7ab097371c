"""What makes playback tokens."""

from datetime import timedelta

from pydantic import Field

from onstage.actions.bodies.base import Body, Identity, Name
from onstage.actions.playback import NewPlaybackToken
from onstage.model.playback import DEFAULT_LIFE_S, LONGEST_LIFE


class CreatePlaybackToken(Body):
    """POST /v1/rooms/{room}/playback_tokens."""

    ttl_s: int = Field(default=DEFAULT_LIFE_S, ge=30, le=int(LONGEST_LIFE.total_seconds()))
    label: Name | None = Field(default=None, description="To find it again in the list; nobody who plays sees it.")
    identity: Identity | None = Field(
        default=None, description="Whom it is for: removing or banning them in the room revokes it."
    )

    def new(self) -> NewPlaybackToken:
        """As the action takes it."""
        return NewPlaybackToken(timedelta(seconds=self.ttl_s), self.label, self.identity)
