"""What a room is set to: the same object in REST, in the store and in the snapshot."""

from enum import StrEnum

from pydantic import Field

from onstage.model.view import Moment, View


class DuplicateIdentity(StrEnum):
    """What happens when an identity that is connected joins again."""

    REPLACE = "replace"
    REFUSE = "refuse"


class Capacity(View):
    """How many may be present at each level, and in all; null is no limit but the role's."""

    stage: int | None = Field(default=None, ge=1, le=1_000_000)
    audience: int | None = Field(default=None, ge=0, le=1_000_000)
    viewer: int | None = Field(default=None, ge=0, le=10_000_000)
    total: int | None = Field(default=None, ge=1, le=10_000_000)


class ChatSettings(View):
    """Whether people may chat, and how often each of them."""

    enabled: bool = True
    slow_mode_s: int = Field(default=0, ge=0, le=3_600, description="Seconds between two messages of one person.")


class BroadcastSettings(View):
    """When the room goes on air by itself. `auto_stop_s` null takes the server's setting; 0 never stops."""

    auto_start: bool = False
    auto_stop_s: int | None = Field(default=None, ge=0, le=86_400)


class RoomSettings(View):
    """Everything about a room that its owner chooses, besides name, title and metadata."""

    capacity: Capacity = Capacity()
    chat: ChatSettings = ChatSettings()
    broadcast: BroadcastSettings = BroadcastSettings()
    duplicate_identity: DuplicateIdentity = DuplicateIdentity.REPLACE
    join_from: Moment | None = None
    join_until: Moment | None = None
    ends_at: Moment | None = Field(default=None, description="When the room's session is ended.")
    max_session_s: int | None = Field(default=None, ge=60, le=7 * 86_400)
    idle_end_s: int | None = Field(
        default=None, ge=5, le=86_400, description="Seconds without anybody on stage after which the session ends."
    )
