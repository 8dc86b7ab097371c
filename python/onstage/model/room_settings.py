"""What a room is set to: the same object in REST, in the store and in the snapshot."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import Field, StringConstraints, model_validator

from onstage.model.merge_patch import merged
from onstage.model.playback import PlaybackSettings
from onstage.model.view import Moment, View

PosterUrl = Annotated[
    str, StringConstraints(max_length=2_000, pattern=r"^(https?://[\x21-\x7e]+|/[\x21-\x2e\x30-\x7e][\x21-\x7e]*)$")
]
"""An image for browsers: an http(s) URL, or a path of the server that the page is from."""


class DuplicateIdentity(StrEnum):
    """What happens when an identity that is connected joins again."""

    REPLACE = "replace"
    REFUSE = "refuse"


class Capacity(View):
    """How many may be present at each level, and in all; null is no limit but the roles'."""

    stage: int | None = Field(default=None, ge=1, le=1_000_000)
    audience: int | None = Field(default=None, ge=0, le=1_000_000)
    viewer: int | None = Field(default=None, ge=0, le=10_000_000)
    total: int | None = Field(default=None, ge=1, le=10_000_000)


class ChatSettings(View):
    """Whether people may chat, and how often each of them."""

    enabled: bool = True
    slow_mode_s: int = Field(default=0, ge=0, le=3_600, description="Seconds between two messages of one person.")


class BroadcastSettings(View):
    """When the room goes on air by itself, and off."""

    auto_start: bool = Field(
        default=False, description="Start a broadcast when somebody is on stage, once a session unless one has run."
    )
    auto_stop_s: int | None = Field(
        default=None,
        ge=0,
        le=86_400,
        description="Seconds of an empty stage after which a broadcast stops; 0 is never, null the server's setting.",
    )


class RoomSettings(View):
    """Everything about a room that its owner chooses, besides name, title and metadata."""

    capacity: Capacity = Capacity()
    chat: ChatSettings = ChatSettings()
    broadcast: BroadcastSettings = BroadcastSettings()
    playback: PlaybackSettings = PlaybackSettings()
    duplicate_identity: DuplicateIdentity = DuplicateIdentity.REPLACE
    poster_url: PosterUrl | None = Field(
        default=None,
        description="An image that pages show before and after a show; browsers fetch it, the server doesn't. "
        "An http(s) URL, or a path of this server.",
    )
    join_from: Moment | None = Field(default=None, description="Nobody comes in before.")
    join_until: Moment | None = Field(default=None, description="Nobody comes in from then on.")
    ends_at: Moment | None = Field(
        default=None, description="When the room's session is ended; nobody comes in from then on."
    )
    max_session_s: int | None = Field(
        default=None, ge=60, le=7 * 86_400, description="Seconds after its start at which a session is ended."
    )
    idle_end_s: int | None = Field(
        default=None,
        ge=5,
        le=86_400,
        description="Seconds of an empty stage, once somebody was on it, after which the session is ended.",
    )

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        for name, end in (("join_until", self.join_until), ("ends_at", self.ends_at)):
            if self.join_from is not None and end is not None and end <= self.join_from:
                raise ValueError(f"{name} must be after join_from")
        return self

    @property
    def closes_at(self) -> datetime | None:
        """From when on nobody comes in."""
        return min((end for end in (self.join_until, self.ends_at) if end is not None), default=None)

    def session_ends_at(self, started_at: datetime) -> datetime | None:
        """When a session that began then is ended at the latest."""
        longest = None if self.max_session_s is None else started_at + timedelta(seconds=self.max_session_s)
        return min((end for end in (self.ends_at, longest) if end is not None), default=None)

    def patched(self, patch: Mapping[str, Any], defaults: "RoomSettings") -> "RoomSettings":
        """These settings with a merge patch (RFC 7396) applied; what it takes away is as in `defaults` again.

        Raises:
            ValidationError: the outcome is no settings.
        """
        left = merged(self.model_dump(mode="json"), patch)
        return RoomSettings.model_validate(merged(defaults.model_dump(mode="json"), left))
