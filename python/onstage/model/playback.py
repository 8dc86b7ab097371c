"""Who may play a room's shows, from which pages, and what takes that back (design §10.13)."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import Field

from onstage.errors import ErrorCode, OnstageError
from onstage.model.page_origins import PageOrigin
from onstage.model.view import View

LONGEST_LIFE = timedelta(days=90)
DEFAULT_LIFE_S = 21_600
_LONGEST_LIFE_S = int(LONGEST_LIFE.total_seconds())
_DIGEST_CHARS = 20  # 80 bits: they only have to tell those of one room apart


class PlaybackAccess(StrEnum):
    """Who may play."""

    PUBLIC = "public"
    SIGNED = "signed"


class PlaybackSettings(View):
    """Who may play the room's shows and recordings; a change holds from the next request on."""

    access: PlaybackAccess = Field(
        default=PlaybackAccess.PUBLIC,
        description="`signed`: only with a playback token in the path, which joining gives.",
    )
    allowed_origins: list[PageOrigin] | None = Field(
        default=None,
        max_length=20,
        description="Origins of pages whose scripts may read playlists and media; null is any. Browsers keep to it.",
    )
    viewer_token_ttl_s: int = Field(
        default=DEFAULT_LIFE_S, ge=60, le=_LONGEST_LIFE_S, description="Seconds for which the token of a join plays."
    )

    @property
    def is_signed(self) -> bool:
        """Whether a token is needed."""
        return self.access is PlaybackAccess.SIGNED


@dataclass(frozen=True, slots=True)
class PlaybackGrant:
    """What a playback token says: whoever has it may play the shows of this room."""

    room_id: str
    token_id: str
    issued_at: datetime
    expires_at: datetime
    holder: str | None = None  # `digest` of the identity that it was made for
    via: str | None = None  # `digest` of the participant token by which they had joined
    key_id: str | None = None  # the project's key behind that


def digest(room_id: str, text: str) -> str:
    """What stands for an identity in a path, which caches write into their logs."""
    return hashlib.sha256(f"{room_id}\0{text}".encode()).hexdigest()[:_DIGEST_CHARS]


@dataclass(frozen=True, slots=True)
class PlaybackPolicy:
    """What a room's door goes by: its settings, and what was taken back."""

    room_id: str
    settings: PlaybackSettings
    revoked_ids: frozenset[str] = frozenset()
    revoked_holders: Mapping[str, datetime] = field(default_factory=dict)  # tokens made until then
    revoked_vias: frozenset[str] = frozenset()
    dead_keys: frozenset[str] = frozenset()

    def require(self, grant: PlaybackGrant) -> None:
        """Nothing, if the grant is for this room and was not taken back.

        Raises:
            OnstageError: `playback_token_wrong_room`, `playback_token_revoked`.
        """
        if grant.room_id != self.room_id:
            raise OnstageError(ErrorCode.PLAYBACK_TOKEN_WRONG_ROOM)
        if self._is_revoked(grant):
            raise OnstageError(ErrorCode.PLAYBACK_TOKEN_REVOKED)

    def _is_revoked(self, grant: PlaybackGrant) -> bool:
        until = None if grant.holder is None else self.revoked_holders.get(grant.holder)
        return (
            grant.token_id in self.revoked_ids
            or grant.via in self.revoked_vias
            or grant.key_id in self.dead_keys
            or (until is not None and grant.issued_at <= until)
        )
