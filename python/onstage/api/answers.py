"""What only REST answers with; everything else is a view of the model."""

from pydantic import BaseModel, Field

from onstage.actions.tokens import MintedToken
from onstage.model.records import RoomCode
from onstage.model.role import Level
from onstage.model.views import ParticipantView, RoleView, RoomView, Timestamp


def page_path(level: Level) -> str:
    """The page that suits somebody of that level."""
    return "/studio" if level is Level.STAGE else "/watch"


class TokenView(BaseModel):
    """A participant token. `join_url` opens the ready-made page with it."""

    token: str
    jti: str
    join_url: str
    gateway_url: str
    expires_at: Timestamp

    @classmethod
    def of(cls, minted: MintedToken, public_url: str, gateway_url: str) -> "TokenView":
        """The token with the places to use it."""
        # In the fragment, so that it reaches neither a log nor a Referer header.
        return cls(
            token=minted.token,
            jti=minted.grant.token_id or "",
            join_url=f"{public_url}{page_path(minted.role.level)}#token={minted.token}",
            gateway_url=gateway_url,
            expires_at=minted.grant.expires_at,
        )


class CodeView(BaseModel):
    """A short join link."""

    code: str
    role: str
    room_id: str
    url: str
    created_at: Timestamp
    max_uses: int | None
    uses: int
    last_used_at: Timestamp | None
    expires_at: Timestamp | None

    @classmethod
    def of(cls, code: RoomCode, level: Level, public_url: str) -> "CodeView":
        """The code with its link, to the page for that level."""
        return cls(
            code=code.code,
            role=code.role,
            room_id=code.room_id,
            url=f"{public_url}{page_path(level)}/{code.code}",
            created_at=code.created_at,
            max_uses=code.max_uses,
            uses=code.uses,
            last_used_at=code.last_used_at,
            expires_at=code.expires_at,
        )


class EngineView(BaseModel):
    """How to connect to the stage with any LiveKit client; the token lives a minute, for joining only."""

    url: str
    token: str


class PlaybackView(BaseModel):
    """Where the show that is on plays, or, while there is none, one that begins as the room's template says."""

    url: str
    dvr_url: str | None = Field(description="The list that goes further back; null where there is none.")
    profile: str = Field(description="The latency profile.")
    expires_at: Timestamp | None = Field(
        description="When the token in `url` expires; join again for another. Null where anybody may play."
    )


class JoinView(BaseModel):
    """Everything a client needs to take part. `engine` is null for viewers."""

    participant: ParticipantView
    room: RoomView
    roles: dict[str, RoleView] = Field(description="Those of the room's template, for a page to offer and to follow.")
    token: str
    gateway_url: str
    engine: EngineView | None
    playback: PlaybackView
